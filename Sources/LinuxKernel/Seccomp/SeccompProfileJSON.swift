import RawJSON

extension SeccompProfile {
    /// The largest profile that is read, in bytes.
    public static let sizeLimit = 1 << 20

    /// A profile in docker's JSON (docker run `--security-opt seccomp=PROFILE`, whose client sends the file's contents).
    ///
    /// Unknown members are passed over, as docker does.
    public init(json: some Collection<UInt8>) throws(SeccompError) {
        guard json.count <= Self.sizeLimit else {
            throw SeccompError("Decoding seccomp profile failed: it has more than \(Self.sizeLimit) bytes")
        }
        let value: JSONValue
        do {
            value = try JSONValue.parse(json)
        } catch {
            throw SeccompError("Decoding seccomp profile failed: \(error)")
        }
        if value.isNull {
            self.init()
        } else {
            try self.init(try Members(value, "the profile"))
        }
    }

    private init(_ members: Members) throws(SeccompError) {
        defaultAction = try members.name("defaultAction").map { name throws(SeccompError) in try Self.action(name) }
        defaultErrno = try members.number("defaultErrnoRet").map { UInt32(truncatingIfNeeded: $0) }
        architectures = try members.names("architectures")
        flags = members.has("flags") ? try members.names("flags") : nil
        for family in try members.list("archMap") {
            families.append(
                ArchitectureFamily(
                    architecture: try family.name("architecture") ?? "",
                    subArchitectures: try family.names("subArchitectures")))
        }
        guard architectures.isEmpty || families.isEmpty else {
            throw SeccompError(
                "both 'architectures' and 'archMap' are specified in the seccomp profile, "
                    + "use either 'architectures' or 'archMap'")
        }
        for rule in try members.list("syscalls") { rules.append(try Self.rule(rule)) }
    }

    private static func rule(_ members: Members) throws(SeccompError) -> Rule {
        var names = try members.names("names")
        if let name = try members.name("name") {
            guard names.isEmpty else {
                throw SeccompError(
                    "both 'name' and 'names' are specified in the seccomp profile, use either 'name' or 'names'")
            }
            names = [name]
        }
        var rule = Rule(names: names, action: try action(try members.name("action") ?? ""))
        rule.errno = try members.number("errnoRet").map { UInt32(truncatingIfNeeded: $0) }
        for argument in try members.list("args") {
            let index = try argument.number("index") ?? 0
            guard index < 6 else { throw SeccompError("syscalls only have up to 6 arguments (\(index) given)") }
            let name = try argument.name("op") ?? ""
            guard let comparison = Operator(rawValue: name) else {
                throw SeccompError("string \(name) is not a valid operator for seccomp")
            }
            rule.arguments.append(
                Argument(
                    index: UInt32(index), value: try argument.number("value") ?? 0,
                    valueTwo: try argument.number("valueTwo") ?? 0, comparison: comparison))
        }
        if let filter = try members.object("includes") { rule.includes = try self.filter(filter) }
        if let filter = try members.object("excludes") { rule.excludes = try self.filter(filter) }
        return rule
    }

    private static func filter(_ members: Members) throws(SeccompError) -> Filter {
        var filter = Filter(architectures: try members.names("arches"), capabilities: try members.names("caps"))
        guard let text = try members.name("minKernel") else { return filter }
        let numbers = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let major = numbers[0], let minor = numbers[1] else {
            throw SeccompError(
                "Decoding seccomp profile failed: invalid kernel version: \"\(text)\", expected \"<kernel>.<major>\"")
        }
        filter.minimumKernel = KernelVersion(major: major, minor: minor)
        return filter
    }

    private static func action(_ name: String) throws(SeccompError) -> Action {
        if name == "SCMP_ACT_NOTIFY" {
            throw SeccompError("SCMP_ACT_NOTIFY is not supported: nothing here listens to notifications")
        }
        guard let action = Action(rawValue: name) else {
            throw SeccompError("string \(name) is not a valid action for seccomp")
        }
        return action
    }
}

/// The members of one object of the profile, each of the type that the format gives it.
private struct Members {
    let object: JSONObject
    let place: String

    init(_ value: JSONValue, _ place: String) throws(SeccompError) {
        guard let object = value.object else { throw Self.wrong(place, "an object", value) }
        self.object = object
        self.place = place
    }

    func has(_ name: String) -> Bool { object[name].map { !$0.isNull } ?? false }

    func name(_ name: String) throws(SeccompError) -> String? {
        guard let value = object[name], !value.isNull else { return nil }
        guard let string = value.string else { throw Self.wrong(name, "a string", value) }
        return string.isEmpty ? nil : string
    }

    func names(_ name: String) throws(SeccompError) -> [String] {
        var names: [String] = []
        for value in try array(name) {
            guard let string = value.string else { throw Self.wrong(name, "strings", value) }
            names.append(string)
        }
        return names
    }

    func number(_ name: String) throws(SeccompError) -> UInt64? {
        guard let value = object[name], !value.isNull else { return nil }
        guard case .number(let number) = value, let plain = UInt64(number.text) else {
            throw Self.wrong(name, "a whole number from 0", value)
        }
        return plain
    }

    func object(_ name: String) throws(SeccompError) -> Members? {
        guard let value = object[name], !value.isNull else { return nil }
        return try Members(value, name)
    }

    func list(_ name: String) throws(SeccompError) -> [Members] {
        var list: [Members] = []
        for value in try array(name) { list.append(try Members(value, name)) }
        return list
    }

    private func array(_ name: String) throws(SeccompError) -> [JSONValue] {
        guard let value = object[name], !value.isNull else { return [] }
        guard let array = value.array else { throw Self.wrong(name, "a list", value) }
        return array
    }

    private static func wrong(_ place: String, _ wanted: String, _ value: JSONValue) -> SeccompError {
        SeccompError("Decoding seccomp profile failed: \(place) must be \(wanted), not \(value.kind)")
    }
}
