/// Reads flags as Go's pflag does: `--name value`, `--name=value`, `-n value`, `-nvalue`, `-n=value`, combined shorts,
/// `--` as the end of flags.
struct FlagParser {
    struct Fault: Error {
        var message: String
    }

    /// Where words stood in the argument list.
    struct Result {
        var flags = ParsedFlags()
        /// Positional words with their index in the whole argument list.
        var positionals: [(index: Int, word: String)] = []
        /// The index after the last flag that may still be preceded by another: where further flags can be put.
        var insertion: Int
        var wantsHelp = false
        var warnings: [String] = []
    }

    let flags: [FlagSpec]
    /// Whether flags may follow positional words (`false` for `run`, `create`, `exec`, `top`).
    let interspersed: Bool

    func parse(_ words: [String], from start: Int) throws(Fault) -> Result {
        var result = Result(insertion: start)
        var index = start
        while index < words.count {
            let word = words[index]
            if word == "--" {
                for rest in words.indices.dropFirst(index + 1) { result.positionals.append((rest, words[rest])) }
                break
            }
            if word.hasPrefix("--") {
                index = try long(word, words, index, &result)
            } else if word.hasPrefix("-") && word.count > 1 {
                index = try shorts(word, words, index, &result)
            } else if interspersed {
                result.positionals.append((index, word))
            } else {
                for rest in words.indices.dropFirst(index) { result.positionals.append((rest, words[rest])) }
                break
            }
            index += 1
            if result.wantsHelp { break }
        }
        return result
    }

    /// Reads `--name[=value]`, and answers the index of the last word it took.
    private func long(
        _ word: String, _ words: [String], _ index: Int, _ result: inout Result
    ) throws(Fault) -> Int {
        let body = word.dropFirst(2)
        let parts = body.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let name = parts.first ?? ""
        guard !name.isEmpty, !name.hasPrefix("-") else { throw Fault(message: "bad flag syntax: \(word)") }
        guard let flag = flags.first(where: { $0.name == name }) else {
            if name == "help" {
                result.wantsHelp = true
                return index
            }
            throw Fault(message: "unknown flag: --\(name)")
        }
        if parts.count == 2 {
            try set(flag, parts[1], &result)
            return index
        }
        if flag.kind == .bool {
            try set(flag, "true", &result)
            return index
        }
        guard index + 1 < words.count else { throw Fault(message: "flag needs an argument: --\(name)") }
        try set(flag, words[index + 1], &result)
        return index + 1
    }

    /// Reads `-abc`, `-pvalue`, `-p value` or `-p=value`, and answers the index of the last word it took.
    private func shorts(
        _ word: String, _ words: [String], _ index: Int, _ result: inout Result
    ) throws(Fault) -> Int {
        var rest = word.dropFirst()
        while let letter = rest.first {
            let whole = rest
            rest = rest.dropFirst()
            guard let flag = flags.first(where: { $0.short == letter }) else {
                if letter == "h" {
                    result.wantsHelp = true
                    result.warnings.append("Flag shorthand -h has been deprecated, use --help")
                    return index
                }
                throw Fault(message: "unknown shorthand flag: '\(letter)' in -\(whole)")
            }
            if rest.first == "=" {
                try set(flag, String(rest.dropFirst()), &result)
                return index
            }
            if flag.kind == .bool {
                try set(flag, "true", &result)
                continue
            }
            if !rest.isEmpty {
                try set(flag, String(rest), &result)
                return index
            }
            guard index + 1 < words.count else {
                throw Fault(message: "flag needs an argument: '\(letter)' in -\(whole)")
            }
            try set(flag, words[index + 1], &result)
            return index + 1
        }
        return index
    }

    private func set(_ flag: FlagSpec, _ value: String, _ result: inout Result) throws(Fault) {
        if let reason = flag.check(value) {
            throw Fault(message: "invalid argument \(GoValue.quote(value)) for \"\(flag.displayName)\" flag: \(reason)")
        }
        if let deprecation = flag.deprecation {
            result.warnings.append("Flag --\(flag.name) has been deprecated, \(deprecation)")
        }
        result.flags.record(value, for: flag)
    }
}
