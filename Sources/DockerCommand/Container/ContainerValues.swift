/// `--ulimit NAME=SOFT[:HARD]`.
struct Ulimit: Sendable {
    var name: String
    var soft: Int64
    var hard: Int64

    private static let names: Set<String> = [
        "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio",
        "rttime", "sigpending", "stack",
    ]

    init(_ text: String) throws(ValueError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { throw ValueError("invalid ulimit argument: \(text)") }
        guard Self.names.contains(parts[0]) else { throw ValueError("invalid ulimit type: \(parts[0])") }
        let limits = parts[1].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard limits.count <= 2 else {
            throw ValueError("too many limit value arguments - \(parts[1]), can only have up to two, `soft[:hard]`")
        }
        var values: [Int64] = []
        for limit in limits {
            guard let value = Int64(limit) else {
                throw ValueError("strconv.ParseInt: parsing \(GoValue.quote(limit)): invalid syntax")
            }
            values.append(value)
        }
        name = parts[0]
        soft = values[0]
        hard = values.count == 2 ? values[1] : values[0]
        if hard != -1 {
            guard soft != -1 else {
                throw ValueError(
                    "ulimit soft limit must be less than or equal to hard limit: soft: -1 (unlimited), hard: \(hard)")
            }
            guard soft <= hard else {
                throw ValueError("ulimit soft limit must be less than or equal to hard limit: \(soft) > \(hard)")
            }
        }
    }
}

/// `--cpus 1.5` as billionths of a CPU.
enum NanoCPUs {
    static func parse(_ text: String) throws(ValueError) -> Int64 {
        let fraction = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let value = Double(fraction[0]), fraction.count == 1 || Double(fraction[1]).map({ $0 != 0 }) == true
        else {
            throw ValueError("failed to parse \(text) as a rational number")
        }
        let nano = value * 1e9 / (fraction.count == 2 ? Double(fraction[1]) ?? 1 : 1)
        guard nano == nano.rounded(), abs(nano) < 9e18 else { throw ValueError("value is too precise") }
        return Int64(nano)
    }
}

/// `--add-host NAME:IP`, `NAME=IP`.
enum ExtraHost {
    /// `NAME:IP`, whichever separator was written, without brackets around the address.
    static func normalised(_ text: String) -> String? {
        let equals = text.firstIndex(of: "=")
        guard let separator = equals ?? text.firstIndex(of: ":") else { return nil }
        let name = text[..<separator]
        var address = String(text[text.index(after: separator)...])
        if address.hasPrefix("["), address.hasSuffix("]") { address = String(address.dropFirst().dropLast()) }
        guard !name.isEmpty else { return nil }
        return "\(name):\(address)"
    }

    static let check: @Sendable (String) -> String? = { text in
        guard let normal = normalised(text) else { return "bad format for add-host: \(GoValue.quote(text))" }
        let address = String(normal.drop { $0 != ":" }.dropFirst())
        return address == "host-gateway" || IPAddress.isValid(address)
            ? nil : "invalid IP address in add-host: \(GoValue.quote(address))"
    }
}

/// `--restart POLICY[:COUNT]`.
struct RestartPolicy: Sendable {
    var name: String
    var maximumRetryCount: Int64 = 0

    init(_ text: String) throws(ValueError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 1 || !parts[0].isEmpty else {
            throw ValueError("invalid restart policy format: no policy provided before colon")
        }
        guard parts.count <= 2 else { throw ValueError("invalid restart policy format") }
        name = parts[0]
        if parts.count == 2 {
            guard let count = Int64(parts[1]) else {
                throw ValueError("invalid restart policy format: maximum retry count must be an integer")
            }
            maximumRetryCount = count
        }
    }
}

/// `--cap-add` and `--cap-drop` as the CLI sends them: upper case, `CAP_` in front, sorted, `ALL` alone.
enum Capabilities {
    static func effective(add: [String], drop: [String]) -> (add: [String], drop: [String]) {
        let added = set(add), dropped = set(drop)
        return (added.sorted(), dropped.subtracting(added).sorted())
    }

    private static func set(_ names: [String]) -> Set<String> {
        let normal = Set(
            names.map { name in
                let upper = name.trimmingSpaces().uppercased()
                return upper == "ALL" || upper == "RESET" || upper.hasPrefix("CAP_") ? upper : "CAP_" + upper
            })
        return normal.contains("ALL") ? ["ALL"] : normal
    }
}

/// `--device HOST[:CONTAINER[:rwm]]`.
struct DeviceSpec: Sendable {
    var source: String
    var target: String
    var permissions = "rwm"

    init(_ text: String) throws(ValueError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        source = parts[0]
        target = source
        switch parts.count {
        case 1: break
        case 2 where Self.isMode(parts[1]): permissions = parts[1]
        case 2: target = parts[1]
        case 3:
            target = parts[1]
            permissions = parts[2]
        default: throw ValueError("invalid device specification: \(text)")
        }
        if target.isEmpty { target = source }
    }

    private static func isMode(_ text: String) -> Bool {
        !text.isEmpty && Set(text).count == text.count && text.allSatisfy { "rwm".contains($0) }
    }
}

extension String {
    func trimmingSpaces() -> String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
