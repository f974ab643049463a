/// One docker command: how its line is read, and what it does.
struct CommandSpec: Sendable {
    /// How many positional words a command takes.
    enum Arity: Sendable {
        case none
        case exactly(Int)
        case atLeast(Int)
        case atMost(Int)
        case between(Int, Int)
    }

    /// Which positional words name images.
    enum ImagePositions: Sendable {
        case none
        case first
        case second
        case all
    }

    /// Every spelling, the one under its management command first: `["container", "run"]`, `["run"]`.
    var names: [[String]]
    /// The words after the command in the usage line; several lines for `cp`.
    var usage: [String]
    var summary: String
    var flags: [FlagSpec] = []
    var arity: Arity
    /// Whether flags may stand after positional words.
    var interspersed = true
    var images = ImagePositions.none
    /// Whether it makes an object that takes `--label`.
    var takesLabels = false
    /// Whether `--filter` narrows what it lists or removes.
    var takesFilter = false
    /// Whether running it again changes nothing.
    var isRepeatable = false
    var execute: @Sendable (CommandContext) async throws -> Int32
}

extension CommandSpec {
    /// The reason the number of positional words is refused, or `nil`, in docker's words.
    func arityFault(_ count: Int, path: String) -> String? {
        func plural(_ number: Int) -> String { "\(number) argument\(number == 1 ? "" : "s")" }
        func text(_ rule: String, _ pointer: String = "Run") -> String {
            "docker: '\(path)' \(rule)\n\nUsage:  \(usageText(path))\n\n\(pointer) '\(path) --help' for more information"
        }
        switch arity {
        case .none: return count == 0 ? nil : text("accepts no arguments")
        case .exactly(let number): return count == number ? nil : text("requires \(plural(number))")
        case .atLeast(let number): return count >= number ? nil : text("requires at least \(plural(number))", "See")
        case .atMost(let number):  // docker 28 misspells this one pointer.
            return count <= number ? nil : text("requires at most \(plural(number))", "SRun")
        case .between(let low, let high):
            return (low...high).contains(count) ? nil : text("requires at least \(low) and at most \(plural(high))")
        }
    }

    /// `docker run [OPTIONS] IMAGE [COMMAND] [ARG...]`, spelled as typed.
    func usageText(_ path: String) -> String {
        usage.map { $0.isEmpty ? path : "\(path) \($0)" }.joined(separator: "\n\t")
    }

    /// What `--help` prints.
    func help(path: String) -> String {
        var text = "Usage:  \(usageText(path))\n\n\(summary)\n"
        if names.count > 1 {
            text +=
                "\nAliases:\n  " + names.map { "docker " + $0.joined(separator: " ") }.joined(separator: ", ") + "\n"
        }
        let shown = flags.filter { !$0.hidden }.sorted { $0.name < $1.name }
        guard !shown.isEmpty else { return text }
        return text + "\nOptions:\n" + FlagHelp.lines(shown).joined(separator: "\n") + "\n"
    }
}

/// Flags as help lists them.
enum FlagHelp {
    static func lines(_ flags: [FlagSpec]) -> [String] {
        let heads = flags.map { flag in
            (flag.short.map { "  -\($0), " } ?? "      ") + "--\(flag.name)"
                + (flag.typeName.isEmpty ? "" : " \(flag.typeName)")
        }
        let width = (heads.map(\.count).max() ?? 0) + 3
        return zip(flags, heads).map { flag, head in
            let standard =
                flag.defaultText.map { " (default \(flag.typeName == "string" ? GoValue.quote($0) : $0))" } ?? ""
            let words = (flag.usage + standard).split(separator: " ")
            var lines = [head + String(repeating: " ", count: width - head.count)]
            for word in words {
                let last = lines[lines.count - 1]
                if last.count + word.count >= 80 && last.count > width {
                    lines.append(String(repeating: " ", count: width) + word)
                } else {
                    lines[lines.count - 1] += (last.count == width ? "" : " ") + word
                }
            }
            return lines.joined(separator: "\n")
        }
    }
}
