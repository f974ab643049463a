#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Environment variables and labels as `-e`, `--env-file`, `-l` and `--label-file` give them.
enum Environment {
    static let checkVariable: @Sendable (String) -> String? = { text in
        text.isEmpty || text.hasPrefix("=") ? "invalid environment variable: \(text)" : nil
    }

    static let checkLabel: @Sendable (String) -> String? = { text in
        text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).first?.isEmpty != false
            ? "invalid label '\(text)': empty name" : nil
    }

    /// The variables in docker's order: files first, then flags; `NAME` alone takes its value from the client's
    /// environment, and from a file is left out where there is none.
    static func variables(_ context: CommandContext) throws(ValueError) -> [String] {
        var result: [String] = []
        for file in context.flags.list("env-file") {
            for line in try lines(file, context.io) {
                if line.contains("=") {
                    result.append(line)
                } else if let value = context.io.environment[line] {
                    result.append("\(line)=\(value)")
                }
            }
        }
        for text in context.flags.list("env") {
            if !text.contains("="), let value = context.io.environment[text] {
                result.append("\(text)=\(value)")
            } else {
                result.append(text)
            }
        }
        return result
    }

    /// Labels by key; what a flag says wins over what a file says.
    static func labels(_ context: CommandContext) throws(ValueError) -> [String: String] {
        var lines: [String] = []
        for file in context.flags.list("label-file") {
            // A line without a value is left out, as docker does.
            lines += try self.lines(file, context.io).filter { $0.contains("=") }
        }
        return keyValues(lines + context.flags.list("label"))
    }

    /// `key=value` words as a dictionary; a word without `=` has the empty value.
    static func keyValues(_ words: [String]) -> [String: String] {
        var result: [String: String] = [:]
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            result[parts[0]] = parts.count == 2 ? parts[1] : ""
        }
        return result
    }

    /// The lines of a file that carry something: without white space in front, comments and empty lines.
    private static func lines(_ file: String, _ io: CommandIO) throws(ValueError) -> [String] {
        guard let data = FileManager.default.contents(atPath: io.resolve(file)) else {
            throw ValueError("open \(file): no such file or directory")
        }
        var result: [String] = []
        for raw in String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let line = String(raw.drop { $0.isWhitespace })
            if line.isEmpty || line.hasPrefix("#") { continue }
            let name = line.prefix { $0 != "=" }
            guard !name.contains(where: \.isWhitespace) else {
                throw ValueError("invalid env file (\(file)): variable '\(name)' contains whitespaces")
            }
            guard !name.isEmpty else {
                throw ValueError("invalid env file (\(file)): no variable name on line '\(line)'")
            }
            result.append(line)
        }
        return result
    }
}
