/// One flag of a docker command: its names, the kind of value it takes, and the check made when it is read.
struct FlagSpec: Sendable {
    enum Kind: Sendable {
        /// `--flag`, `--flag=false`.
        case bool
        /// One value; a repeated flag keeps the last.
        case single
        /// Every value is kept, in order.
        case list
        /// Every value is cut at commas, as CSV.
        case strings
    }

    var name: String
    var short: Character?
    var kind: Kind
    /// The word docker's help writes after the flag: `string`, `list`, `bytes`, …; empty for booleans.
    var typeName: String
    /// What help says of it.
    var usage: String
    var defaultText: String?
    /// The reason a value is refused, in docker's words, or `nil`.
    var check: @Sendable (String) -> String?
    /// Accepted but not shown by help: docker's deprecated spellings.
    var hidden = false
    /// The flag this one is another spelling of.
    var aliasOf: String?
    /// What docker says, on standard output, when a deprecated flag is used.
    var deprecation: String?

    /// The flag as messages name it: `-p, --publish` or `--name`.
    var displayName: String { short.map { "-\($0), --\(name)" } ?? "--\(name)" }
}

extension FlagSpec {
    /// A flag whose names are written as help writes them: `-p, --publish` or `--name`.
    private init(
        _ names: String, _ kind: Kind, type: String, usage: String, default value: String?,
        check: @escaping @Sendable (String) -> String?
    ) {
        let parts = names.split(separator: ",").map { $0.drop { $0 == " " || $0 == "-" } }
        name = String(parts.last ?? "")
        short = parts.count == 2 ? parts[0].first : nil
        self.kind = kind
        typeName = type
        self.usage = usage
        defaultText = value
        self.check = check
    }

    static func bool(_ names: String, default value: Bool = false, _ usage: String) -> FlagSpec {
        FlagSpec(
            names, .bool, type: "", usage: usage, default: value ? "true" : nil,
            check: { GoValue.bool($0) == nil ? "strconv.ParseBool: parsing \(GoValue.quote($0)): invalid syntax" : nil }
        )
    }

    static func string(
        _ names: String, type: String = "string", default value: String? = nil, _ usage: String,
        check: @escaping @Sendable (String) -> String? = { _ in nil }
    ) -> FlagSpec {
        FlagSpec(names, .single, type: type, usage: usage, default: value, check: check)
    }

    static func int(_ names: String, default value: Int64? = nil, _ usage: String) -> FlagSpec {
        FlagSpec(
            names, .single, type: "int", usage: usage, default: value.map { String($0) },
            check: { GoValue.checkInt($0) })
    }

    static func uint(_ names: String, type: String = "uint", maximum: UInt64 = .max, _ usage: String) -> FlagSpec {
        FlagSpec(
            names, .single, type: type, usage: usage, default: nil,
            check: { GoValue.checkUInt($0, maximum: maximum) })
    }

    static func bytes(_ names: String, _ usage: String) -> FlagSpec {
        .string(names, type: "bytes", usage) { text in
            // docker reads -1 as "no limit" for memory-swap only, and refuses it elsewhere as an invalid size.
            if names == "--memory-swap" && text == "-1" { return nil }
            return reason { () throws(ValueError) in _ = try ByteSize.ram(text) }
        }
    }

    static func duration(_ names: String, _ usage: String) -> FlagSpec {
        .string(names, type: "duration", default: "0s", usage) { text in
            reason { () throws(ValueError) in _ = try GoDuration.parse(text) }
        }
    }

    static func list(
        _ names: String, type: String = "list", default value: String? = nil, _ usage: String,
        check: @escaping @Sendable (String) -> String? = { _ in nil }
    ) -> FlagSpec {
        FlagSpec(names, .list, type: type, usage: usage, default: value, check: check)
    }

    static func strings(_ names: String, _ usage: String) -> FlagSpec {
        FlagSpec(names, .strings, type: "strings", usage: usage, default: nil, check: { _ in nil })
    }

    /// The same flag, accepted but unlisted, under another name.
    func alias(_ other: String) -> FlagSpec {
        var copy = self
        copy.name = other
        copy.short = nil
        copy.hidden = true
        copy.aliasOf = name
        return copy
    }

    /// The same flag, accepted with a warning and unlisted.
    func deprecated(_ warning: String) -> FlagSpec {
        var copy = self
        copy.hidden = true
        copy.deprecation = warning
        return copy
    }

    /// The reason a parse was refused.
    static func reason(_ parse: () throws(ValueError) -> Void) -> String? {
        do {
            try parse()
            return nil
        } catch {
            return error.message
        }
    }
}

/// A value docker refuses, in docker's words.
struct ValueError: Error, Sendable {
    var message: String
    init(_ message: String) { self.message = message }
}
