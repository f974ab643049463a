import RawJSON

/// `--mount type=bind,src=…,dst=…,readonly,…`.
struct MountSpec: Sendable {
    private var type = "volume"
    private var source = ""
    private var target = ""
    private var isReadOnly = false
    private var consistency = ""
    private var bind: [String: JSONValue] = [:]
    private var volume: [String: JSONValue] = [:]
    private var image: [String: JSONValue] = [:]
    private var tmpfs: [String: JSONValue] = [:]
    private var labels: [String: String] = [:]
    private var driverName = ""
    private var driverOptions: [String: String] = [:]

    private static let valueless: Set<String> = [
        "readonly", "ro", "volume-nocopy", "bind-nonrecursive", "bind-create-src",
    ]

    init(_ text: String, currentDirectory: String) throws(ValueError) {
        guard !text.isEmpty else { throw ValueError("value is empty") }
        for field in CSV.fields(text) {
            let pair = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let key = pair[0].lowercased()
            guard pair.count == 2 || Self.valueless.contains(key) else {
                throw ValueError("invalid field '\(field)' must be a key=value pair")
            }
            try set(key, pair.count == 2 ? pair[1] : "true", field: field, currentDirectory: currentDirectory)
        }
        guard !type.isEmpty else { throw ValueError("type is required") }
        guard !target.isEmpty else { throw ValueError("target is required") }
        func mixed(_ kind: String, _ used: Bool) throws(ValueError) {
            if used && type != kind { throw ValueError("cannot mix '\(kind)-*' options with mount type '\(type)'") }
        }
        try mixed("volume", !volume.isEmpty || !labels.isEmpty || !driverName.isEmpty || !driverOptions.isEmpty)
        try mixed("image", !image.isEmpty)
        try mixed("bind", !bind.isEmpty)
        try mixed("tmpfs", !tmpfs.isEmpty)
    }

    private mutating func set(
        _ key: String, _ value: String, field: String, currentDirectory: String
    ) throws(ValueError) {
        func flag() throws(ValueError) -> JSONValue {
            guard let flag = GoValue.bool(value) else { throw ValueError("invalid value for \(key): \(value)") }
            return .bool(flag)
        }
        switch key {
        case "type": type = value.lowercased()
        case "source", "src":
            source = value
            if value == "." || value == ".." || value.hasPrefix("./") || value.hasPrefix("../") {
                source = PathName.clean(currentDirectory + "/" + value)
            }
        case "target", "dst", "destination": target = value
        case "readonly", "ro": isReadOnly = try flag() == true
        case "consistency": consistency = value.lowercased()
        case "bind-propagation": bind["Propagation"] = .string(value.lowercased())
        case "bind-nonrecursive": bind["NonRecursive"] = try flag()
        case "bind-create-src": bind["CreateMountpoint"] = try flag()
        case "bind-recursive":
            switch value {
            case "enabled": break
            case "disabled": bind["NonRecursive"] = true
            case "writable": bind["ReadOnlyNonRecursive"] = true
            case "readonly": bind["ReadOnlyForceRecursive"] = true
            default:
                throw ValueError(
                    "invalid value for \(key): \(value) (must be \"enabled\", \"disabled\", \"writable\", or \"readonly\")"
                )
            }
        case "volume-nocopy": volume["NoCopy"] = try flag()
        case "volume-subpath": volume["Subpath"] = .string(value)
        case "volume-label": labels.merge(Environment.keyValues([value])) { $1 }
        case "volume-driver": driverName = value
        case "volume-opt": driverOptions.merge(Environment.keyValues([value])) { $1 }
        case "image-subpath": image["Subpath"] = .string(value)
        case "tmpfs-size":
            guard let size = try? ByteSize.ram(value) else { throw ValueError("invalid value for \(key): \(value)") }
            tmpfs["SizeBytes"] = .number(JSONNumber(size))
        case "tmpfs-mode":
            guard let mode = UInt32(value, radix: 8) else { throw ValueError("invalid value for \(key): \(value)") }
            tmpfs["Mode"] = .number(JSONNumber(mode))
        default: throw ValueError("unexpected key '\(key)' in '\(field)'")
        }
    }

    /// The mount as `HostConfig.Mounts` carries it.
    var json: JSONValue {
        var object = JSONObject(members: [.init(name: "Type", value: .string(type))])
        if !source.isEmpty { object["Source"] = .string(source) }
        object["Target"] = .string(target)
        if isReadOnly { object["ReadOnly"] = true }
        if !consistency.isEmpty { object["Consistency"] = .string(consistency) }
        if !bind.isEmpty {
            object["BindOptions"] = Self.object(
                bind,
                ["Propagation", "NonRecursive", "CreateMountpoint", "ReadOnlyNonRecursive", "ReadOnlyForceRecursive"])
        }
        if !volume.isEmpty || !labels.isEmpty || !driverName.isEmpty || !driverOptions.isEmpty {
            var options = JSONObject()
            if volume["NoCopy"] == true { options["NoCopy"] = true }
            if !labels.isEmpty { options["Labels"] = .strings(labels) }
            if let path = volume["Subpath"] { options["Subpath"] = path }
            var driver = JSONObject()
            if !driverName.isEmpty { driver["Name"] = .string(driverName) }
            if !driverOptions.isEmpty { driver["Options"] = .strings(driverOptions) }
            options["DriverConfig"] = .object(driver)
            object["VolumeOptions"] = .object(options)
        }
        if !image.isEmpty { object["ImageOptions"] = Self.object(image, ["Subpath"]) }
        if !tmpfs.isEmpty { object["TmpfsOptions"] = Self.object(tmpfs, ["SizeBytes", "Mode"]) }
        return .object(object)
    }

    private static func object(_ values: [String: JSONValue], _ order: [String]) -> JSONValue {
        .object(
            JSONObject(
                members: order.compactMap { name in
                    values[name].flatMap { $0 == false ? nil : JSONObject.Member(name: name, value: $0) }
                }))
    }
}

extension JSONValue {
    /// An object of strings, keys sorted as Go's encoding/json sorts maps.
    static func strings(_ values: [String: String]) -> JSONValue {
        .object(
            JSONObject(members: values.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: .string($0.value)) })
        )
    }

    static func strings(_ values: [String]) -> JSONValue { .array(values.map(JSONValue.string)) }

    /// An array of strings; `null` where there are none, as Go writes a nil slice.
    static func stringsOrNull(_ values: [String]) -> JSONValue { values.isEmpty ? .null : .strings(values) }

    static func int(_ value: some BinaryInteger) -> JSONValue { .number(JSONNumber(value)) }
}

/// Path names as text.
enum PathName {
    /// The shortest equal path, as Go's `filepath.Clean`.
    static func clean(_ path: String) -> String {
        let isAbsolute = path.hasPrefix("/")
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else if part != ".." || !isAbsolute {
                parts.append(part)
            }
        }
        let joined = parts.joined(separator: "/")
        return isAbsolute ? "/" + joined : (joined.isEmpty ? "." : joined)
    }
}
