/// What stands below the head of a response: directives, body, conversation.
struct HTTPTail {
    private let lines: [SourceLine]
    private let isText: Bool
    private(set) var body = BodyPattern.notAsserted
    private(set) var bodyLines = 0..<0
    private(set) var conversation: [ConversationItem] = []
    private(set) var ending: HTTPStep.Ending?
    private(set) var within: Duration?
    private(set) var timeout: Duration?

    init(lines: [SourceLine], isText: Bool) {
        self.lines = lines
        self.isText = isText
    }

    mutating func parse() throws(SyntaxFault) {
        let isConversation = lines.contains { Self.isConversation($0) }
        var rest: [SourceLine] = []
        for line in lines {
            guard let directive = try Directive.parse(line) else {
                rest.append(line)
                if isConversation, !line.isBlank { conversation.append(try Self.item(line)) }
                continue
            }
            try take(directive, isConversation: isConversation)
            // A directive between body lines would be lost on the reader of the body.
            rest.append(SourceLine(text: "", number: line.number))
        }
        guard !isConversation else { return }
        while rest.first?.isBlank ?? false { rest.removeFirst() }
        while rest.last?.isBlank ?? false { rest.removeLast() }
        guard let first = rest.first, let last = rest.last else { return }
        bodyLines = first.number..<(last.number + 1)
        body = try BodyPattern(parsing: rest, isText: isText)
    }

    private mutating func take(_ directive: Directive, isConversation: Bool) throws(SyntaxFault) {
        switch directive.name {
        case .within where within == nil: within = try directive.duration()
        case .timeout where timeout == nil: timeout = try directive.duration()
        case .within, .timeout: throw directive.fault("[\(directive.name.rawValue)] stands twice")
        case .halfClose:
            try directive.withoutArgument()
            conversation.append(.halfClose(line: directive.line))
        case .closed:
            try directive.withoutArgument()
            conversation.append(.closed(line: directive.line))
        case .open, .ended:
            try directive.withoutArgument()
            if isConversation, directive.name == .open {
                conversation.append(.open(line: directive.line))
                return
            }
            guard ending == nil else { throw directive.fault("[\(directive.name.rawValue)] and another ending") }
            ending = HTTPStep.Ending(rawValue: directive.name.rawValue)
        case .exit, .unordered, .eof, .resize, .running, .tty:
            throw directive.fault("[\(directive.name.rawValue)] belongs into a console block")
        }
    }

    private static func isConversation(_ line: SourceLine) -> Bool {
        line.text.hasPrefix("> \"") || ["[half-close]", "[closed]"].contains(line.trimmed)
            || ["stdout", "stderr", "raw", "frame"].contains { line.text.hasPrefix("< \($0) ") }
    }

    private static func item(_ line: SourceLine) throws(SyntaxFault) -> ConversationItem {
        var scanner = PatternScanner(line.trimmed, line: line.number)
        if scanner.take("> ") {
            scanner.skipSpaces()
            guard scanner.current == "\"" else {
                throw scanner.fault("expected the bytes to send in quotes", hint: "Write > \"text\\n\"")
            }
            let template = try Template(quoted: &scanner)
            try end(scanner)
            return .send(template)
        }
        guard scanner.take("< ") else {
            throw scanner.fault(
                "`\(Excerpt.bounded(line.trimmed))` is not a line of a conversation",
                hint:
                    "Lines begin with `> \"`, `< stdout`, `< stderr`, `< raw` or `< frame`, or are [half-close], [closed], [open]"
            )
        }
        scanner.skipSpaces()
        let word = scanner.takeWhile { $0 != " " }
        scanner.skipSpaces()
        if word == "frame" { return .frame(try frame(&scanner)) }
        guard let channel = StreamChannel(rawValue: word) else {
            let known = StreamChannel.allCases.map(\.rawValue) + ["frame"]
            throw scanner.fault(
                "unknown channel `\(word)`", hint: Suggestion.hint(for: word, in: known, called: "channels"))
        }
        switch scanner.current {
        case "\"":
            let pattern = try LinePattern(quoted: &scanner)
            try end(scanner)
            return .expect(ChannelPattern(channel: channel, content: .text(pattern)))
        case "/":
            let regex = try scanner.regex()
            try end(scanner)
            return .expect(ChannelPattern(channel: channel, content: .line(regex, line: line.number)))
        default: throw scanner.fault("expected \"text\" or /regex/ after `< \(word)`")
        }
    }

    private static func frame(_ scanner: inout PatternScanner) throws(SyntaxFault) -> FramePattern {
        let channel = UInt8(scanner.takeWhile { $0 != " " })
        scanner.skipSpaces()
        let length = Int(scanner.takeWhile { $0 != " " })
        scanner.skipSpaces()
        guard let channel, let length, length >= 0, scanner.current == "\"" else {
            throw scanner.fault("a frame needs channel, length and payload", hint: "Write < frame 1 6 \"hello\\n\"")
        }
        let line = scanner.line
        let payload = try LinePattern(quoted: &scanner)
        try end(scanner)
        return FramePattern(line: line, channel: channel, length: length, payload: payload)
    }

    private static func end(_ scanner: PatternScanner) throws(SyntaxFault) {
        guard scanner.isAtEnd else { throw scanner.fault("text behind the end of the line's pattern") }
    }
}

extension BodyPattern {
    /// Words that begin a JSON pattern where no bracket does.
    private static let jsonWords = [
        "exactly ", "unordered ", "each ", "length ", "any", "null", "true", "false", "not ",
    ]

    init(parsing lines: [SourceLine], isText: Bool) throws(SyntaxFault) {
        let first = lines[0]
        let rest = Array(lines.dropFirst())
        if first.trimmed == "tar" {
            self = .tar(try TarPattern(parsing: rest, line: first.number))
        } else if first.trimmed == "(text)" {
            self = .text(try TextPattern(parsing: rest))
        } else if first.trimmed == "(json)" {
            self = try Self.json(rest, line: first.number)
        } else if first.trimmed.hasPrefix("("), first.trimmed.hasSuffix(")"), !isText, lines.count == 1 {
            self = try Self.parenthesised(first)
        } else if !isText, Self.looksLikeJSON(lines) {
            self = try Self.json(lines, line: first.number)
        } else {
            self = .text(try TextPattern(parsing: lines))
        }
    }

    private static func parenthesised(_ line: SourceLine) throws(SyntaxFault) -> BodyPattern {
        let words = line.trimmed.dropFirst().dropLast().split(separator: " ").map(String.init)
        if words == ["empty"] { return .empty(line: line.number) }
        if words.first == "bytes", (2...3).contains(words.count), let count = Int(words[words.count - 1]),
            let comparison = words.count == 2 ? .equal : Comparison(rawValue: words[1])
        {
            return .byteCount(CountPattern(comparison: comparison, count: count), line: line.number)
        }
        throw SyntaxFault(
            "`\(line.trimmed)` is not a body", hint: "Known: (empty), (bytes N), (bytes >= N), (text), (json)",
            line: line.number)
    }

    private static func looksLikeJSON(_ lines: [SourceLine]) -> Bool {
        guard let first = lines.map(\.trimmed).first(where: { $0 != "..." && !$0.isEmpty && !$0.hasPrefix("#") }) else {
            return false
        }
        return ["{", "[", "\""].contains { first.hasPrefix($0) }
            || jsonWords.contains { first == $0.trimmingSpaces || ($0.hasSuffix(" ") && first.hasPrefix($0)) }
    }

    private static func json(_ lines: [SourceLine], line: Int) throws(SyntaxFault) -> BodyPattern {
        let text = lines.map(\.text).joined(separator: "\n")
        var parser = JSONPatternParser(text, line: lines.first?.number ?? line)
        let items = try parser.stream()
        if items.count == 1, case .value(let pattern) = items[0] { return .json(pattern) }
        guard !items.isEmpty else { throw SyntaxFault("a body without a value", line: line) }
        return .jsonStream(JSONStreamPattern(items: items))
    }
}
