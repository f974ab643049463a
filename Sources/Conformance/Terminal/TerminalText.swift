import DockerCommand

/// Text laid out for a terminal: colours, widths, times.
enum TerminalText {
    /// A colour or weight of SGR (ECMA-48).
    enum Style: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
    }

    /// A duration as a person reads it: `340 ms`, `11.4 s`, `2 min 5 s`.
    static func seconds(_ duration: Duration) -> String {
        let milliseconds = duration.milliseconds
        if milliseconds < 1000 { return "\(Int(milliseconds.rounded())) ms" }
        if milliseconds < 120_000 {
            let tenths = Int((milliseconds / 100).rounded())
            return "\(tenths / 10).\(tenths % 10) s"
        }
        let whole = Int((milliseconds / 1000).rounded())
        return "\(whole / 60) min \(whole % 60) s"
    }

    /// The columns a text takes: combining marks none, East Asian wide characters and emoji two (UAX #11, simplified).
    static func width(_ text: String) -> Int {
        text.reduce(0) { $0 + width($1) }
    }

    static func width(_ character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        if first.properties.generalCategory == .nonspacingMark || first.properties.generalCategory == .format {
            return 0
        }
        return switch first.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            2
        default: 1
        }
    }

    /// The text cut to so many columns, with `…` where something is missing.
    static func cut(_ text: String, to columns: Int) -> String {
        guard width(text) > columns else { return text }
        var kept = ""
        var used = 1
        for character in text {
            used += width(character)
            if used > columns { break }
            kept.append(character)
        }
        return kept + "…"
    }

    /// The text with spaces after it up to so many columns.
    static func padded(_ text: String, to columns: Int) -> String {
        text + String(repeating: " ", count: max(0, columns - width(text)))
    }

    /// The text broken at spaces into lines of at most so many columns.
    static func wrapped(_ text: String, to columns: Int) -> [String] {
        var lines: [String] = []
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var line = ""
            for word in paragraph.split(separator: " ", omittingEmptySubsequences: false) {
                if line.isEmpty {
                    line = String(word)
                } else if width(line) + 1 + width(String(word)) <= columns {
                    line += " " + word
                } else {
                    lines.append(line)
                    line = String(word)
                }
            }
            lines.append(line)
        }
        return lines
    }

    /// Text of a daemon made safe to print: control characters become visible, so that no escape sequence gets through.
    static func visible(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n", "\t": output.unicodeScalars.append(scalar)
            case "\r": output += "␍"
            case "\u{1B}": output += "␛"
            case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}": output += "�"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}

/// What the terminal can show.
public struct TerminalCapabilities: Sendable, Hashable {
    /// Whether lines may be redrawn: a terminal that is not dumb.
    public var redraws: Bool
    /// Whether colours may be used.
    public var colours: Bool
    /// The columns to fill; long lines are not cut where output is no terminal.
    public var columns: Int

    /// Capabilities by parts.
    public init(redraws: Bool, colours: Bool, columns: Int) {
        self.redraws = redraws
        self.colours = colours
        self.columns = columns
    }

    /// When to use colours.
    public enum ColourChoice: String, Sendable, CaseIterable {
        case auto, always, never
    }

    /// What standard output can show, by its terminal and NO_COLOR (no-color.org), CLICOLOR_FORCE and TERM.
    public static func standardOutput(_ choice: ColourChoice, environment: [String: String]) -> Self {
        let terminal = FileStream.standardOutput.isTerminal
        let dumb = ["dumb", ""].contains(environment["TERM"] ?? "")
        let refuses = !(environment["NO_COLOR"] ?? "").isEmpty
        let colours =
            switch choice {
            case .always: true
            case .never: false
            case .auto: terminal && !dumb && !refuses
            }
        return Self(
            redraws: terminal && !dumb, colours: colours,
            columns: terminal ? WindowSize.of(FileStream.standardOutput.descriptor)?.columns ?? 80 : 100)
    }

    func paint(_ text: String, _ style: TerminalText.Style) -> String {
        colours ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}
