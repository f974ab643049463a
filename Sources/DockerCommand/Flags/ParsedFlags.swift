/// The flags of one command line, as read.
struct ParsedFlags: Sendable {
    /// Values by the flag's name, in order; booleans as `true` or `false`.
    private(set) var values: [String: [String]] = [:]

    mutating func record(_ value: String, for flag: FlagSpec) {
        let name = flag.aliasOf ?? flag.name
        switch flag.kind {
        case .list: values[name, default: []].append(value)
        case .strings: values[name, default: []] += CSV.fields(value)
        case .bool: values[name] = [GoValue.bool(value) == true ? "true" : "false"]
        case .single: values[name] = [value]
        }
    }

    /// Whether the flag stands on the command line.
    func isSet(_ name: String) -> Bool { values[name] != nil }
    func bool(_ name: String, default value: Bool = false) -> Bool { values[name].map { $0 == ["true"] } ?? value }
    func string(_ name: String, default value: String = "") -> String { values[name]?.last ?? value }
    func list(_ name: String) -> [String] { values[name] ?? [] }
    func int(_ name: String, default value: Int64 = 0) -> Int64 {
        values[name]?.last.flatMap { GoValue.int($0) } ?? value
    }
    /// Bytes as `--memory` takes them; -1 stays -1.
    func bytes(_ name: String) throws(ValueError) -> Int64 {
        guard let text = values[name]?.last else { return 0 }
        return text == "-1" ? -1 : try ByteSize.ram(text)
    }
    /// Nanoseconds.
    func duration(_ name: String) throws(ValueError) -> Int64 {
        guard let text = values[name]?.last else { return 0 }
        return try GoDuration.parse(text)
    }
}
