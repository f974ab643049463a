/// Reads the lines of a `console` block.
struct ConsoleParser {
    private let fence: Int
    private let lines: [SourceLine]

    init(fence: Int, lines: [SourceLine]) {
        self.fence = fence
        self.lines = lines
    }

    /// The commands that could be read, and the faults of the others.
    func parse() -> (step: ConsoleStep, faults: [SyntaxFault]) {
        var faults: [SyntaxFault] = []
        var commands: [ConsoleCommand] = []
        let starts = lines.indices.filter { lines[$0].text.hasPrefix("$ ") || lines[$0].text == "$" }
        let first = starts.first ?? lines.endIndex
        if let stray = lines[..<first].first(where: { !$0.isBlank }) {
            faults.append(
                SyntaxFault(
                    "a line before the first command", hint: "A command begins with `$ `: $ docker …",
                    line: stray.number))
        } else if starts.isEmpty {
            faults.append(
                SyntaxFault("a console block without a command", hint: "A command begins with `$ `", line: fence))
        }
        for (index, start) in starts.enumerated() {
            let end = index + 1 < starts.count ? starts[index + 1] : lines.endIndex
            do {
                commands.append(try command(Array(lines[start..<end])))
            } catch { faults.append(error) }
        }
        return (ConsoleStep(line: fence, commands: commands), faults)
    }

    private func command(_ lines: [SourceLine]) throws(SyntaxFault) -> ConsoleCommand {
        let number = lines[0].number
        var source = String(lines[0].text.dropFirst(2))
        var next = 1
        while Self.continues(source) {
            guard next < lines.count else { throw SyntaxFault("the command goes on, but the block ends", line: number) }
            source += "\n" + lines[next].text
            next += 1
        }
        var parser = CommandLineParser(source, line: number)
        let parsed = try parser.parse()
        let line = CommandLine(source: source, line: number, words: parsed.words)
        let action = try Self.action(line, parsed)
        var rest = lines[next...]
        // Blank lines below the last expected one only separate commands for the eye.
        while rest.last?.isBlank ?? false { rest.removeLast() }
        var body = ConsoleExpectations()
        for line in rest { try body.take(line) }
        try body.finish()
        try check(action, parsed, body, number)
        let firstLine = number + next
        return ConsoleCommand(
            line: number, source: source.replacing("\\\n", with: ""), action: action, background: parsed.background,
            standardInput: parsed.standardInput, standardOutput: parsed.standardOutput, events: body.events,
            standardError: body.standardError, exit: body.exit ?? .oneOf([0]), exitIsWritten: body.exit != nil,
            staysRunning: body.running, forcesTerminal: body.terminal, unordered: body.unordered, within: body.within,
            timeout: body.timeout, expectationLines: firstLine..<(firstLine + rest.count))
    }

    /// An odd number of backslashes at the end of the line quotes its newline.
    private static func continues(_ source: String) -> Bool {
        !source.reversed().prefix { $0 == "\\" }.count.isMultiple(of: 2)
    }

    private static func action(
        _ line: CommandLine, _ parsed: CommandLineParser.Result
    ) throws(SyntaxFault) -> ConsoleCommand.Action {
        if line.startsWithDocker { return .docker(line) }
        let words = line.words.map { word -> String in
            if word.parts.count == 1, case .text(let text) = word.parts[0] { text } else { "" }
        }
        switch words.first {
        case "fg":
            guard words.count == 2, let job = jobName(words[1]), parsed.background == nil else {
                throw SyntaxFault("`\(line.source)` needs one job", hint: "Write `fg %name`", line: line.line)
            }
            return .foreground(job: job)
        case "kill":
            guard words.count == 3, words[1].hasPrefix("-"), let job = jobName(words[2]), parsed.background == nil
            else {
                throw SyntaxFault(
                    "`\(line.source)` needs a signal and a job", hint: "Write `kill -INT %name`", line: line.line)
            }
            return .signal(name: try signal(String(words[1].dropFirst()), line.line), job: job)
        case nil: throw SyntaxFault("`$` without a command", hint: "Write `$ docker …`", line: line.line)
        default:
            throw SyntaxFault(
                "`\(words.first ?? "")` is not a command here",
                hint: "Commands are `docker …`, `fg %job` and `kill -SIGNAL %job`",
                line: line.line)
        }
    }

    private static func jobName(_ word: String) -> String? {
        guard word.hasPrefix("%"), word.count > 1,
            word.dropFirst().unicodeScalars.allSatisfy(PatternScanner.isNameScalar)
        else { return nil }
        return String(word.dropFirst())
    }

    private static func signal(_ word: String, _ line: Int) throws(SyntaxFault) -> String {
        let known = ["HUP", "INT", "QUIT", "KILL", "USR1", "USR2", "PIPE", "TERM", "CONT", "STOP", "TSTP", "WINCH"]
        let name = word.hasPrefix("SIG") ? String(word.dropFirst(3)) : word
        guard known.contains(name) else {
            throw SyntaxFault(
                "unknown signal `\(word)`", hint: Suggestion.hint(for: name, in: known, called: "signals"), line: line)
        }
        return name
    }

    private func check(
        _ action: ConsoleCommand.Action, _ parsed: CommandLineParser.Result, _ body: ConsoleExpectations, _ line: Int
    ) throws(SyntaxFault) {
        let interactive = body.events.contains { if case .expect = $0 { false } else { true } }
        if case .signal = action, !body.isEmpty {
            throw SyntaxFault("`kill` has no output of its own", hint: "Expect it at the job: `$ fg %name`", line: line)
        }
        if parsed.background != nil {
            if interactive {
                throw SyntaxFault(
                    "typing into a command in the background", hint: "Type below `$ fg %name`", line: line)
            }
            if body.exit != nil {
                throw SyntaxFault(
                    "a command in the background has no exit code yet", hint: "Expect it below `$ fg %name`", line: line
                )
            }
        } else if body.running, case .docker = action {
            throw SyntaxFault("[running] needs a job", hint: "Write `&name` at the end of the command", line: line)
        }
        if body.running, body.exit != nil { throw SyntaxFault("[running] and [exit] exclude each other", line: line) }
        if body.within != nil, interactive || parsed.background != nil {
            throw SyntaxFault("[within] repeats a command, so nothing can be typed and it cannot be a job", line: line)
        }
        if body.unordered, interactive || parsed.background != nil {
            throw SyntaxFault(
                "[unordered] needs the whole output, so nothing can be typed and it cannot be a job", line: line)
        }
        if parsed.standardOutput != nil, !body.events.isEmpty {
            throw SyntaxFault("stdout goes to a file, so no line can be expected of it", line: line)
        }
        if parsed.standardInput != nil, interactive {
            throw SyntaxFault("stdin comes from a file, so nothing can be typed", line: line)
        }
    }
}

/// What stands below a command.
struct ConsoleExpectations {
    private(set) var events: [ConsoleCommand.Event] = []
    private(set) var exit: ExitPattern?
    private(set) var running = false
    private(set) var terminal = false
    private(set) var unordered = false
    private(set) var within: Duration?
    private(set) var timeout: Duration?
    private(set) var standardError: TextPattern?
    private var outLines: [SourceLine] = []
    private var errorLines: [SourceLine] = []

    var isEmpty: Bool { events.isEmpty && standardError == nil && exit == nil && !running && within == nil }

    mutating func take(_ line: SourceLine) throws(SyntaxFault) {
        if line.text == "!" || line.text.hasPrefix("! ") {
            errorLines.append(SourceLine(text: String(line.text.dropFirst(2)), number: line.number))
        } else if line.text == ">" || line.text.hasPrefix("> ") {
            try flush()
            events.append(.type(try Self.typed(String(line.text.dropFirst(2)), line.number)))
        } else if let directive = try Directive.parse(line) {
            try take(directive)
        } else {
            outLines.append(line)
        }
    }

    mutating func finish() throws(SyntaxFault) {
        try flush()
        if !errorLines.isEmpty { standardError = try TextPattern(parsing: errorLines) }
        guard unordered else { return }
        for case .expect(let pattern) in events {
            let captured = Set(pattern.events.compactMap { if case .capture(let name, _) = $0 { name } else { nil } })
            for case .use(let name, let line) in pattern.events where captured.contains(name) {
                throw SyntaxFault(
                    "${\(name)} is captured in the same unordered output", hint: "Use it from the next command on",
                    line: line)
            }
        }
    }

    private mutating func flush() throws(SyntaxFault) {
        if !outLines.isEmpty { events.append(.expect(try TextPattern(parsing: outLines))) }
        outLines = []
    }

    private mutating func take(_ directive: Directive) throws(SyntaxFault) {
        switch directive.name {
        case .exit: try Self.once(&exit, try directive.exit(), directive)
        case .within: try Self.once(&within, try directive.duration(), directive)
        case .timeout: try Self.once(&timeout, try directive.duration(), directive)
        case .unordered: try Self.set(&unordered, directive)
        case .running: try Self.set(&running, directive)
        case .tty: try Self.set(&terminal, directive)
        case .eof:
            try directive.withoutArgument()
            try flush()
            events.append(.endOfInput(line: directive.line))
        case .resize:
            let size = try directive.size()
            try flush()
            events.append(.resize(rows: size.rows, columns: size.columns, line: directive.line))
        case .ended, .open, .closed, .halfClose:
            throw directive.fault(
                "[\(directive.name.rawValue)] belongs into an http block", hint: "For a job write [running] or [exit N]"
            )
        }
    }

    private static func once<Value>(_ place: inout Value?, _ value: Value, _ directive: Directive) throws(SyntaxFault) {
        guard place == nil else { throw directive.fault("[\(directive.name.rawValue)] stands twice") }
        place = value
    }

    private static func set(_ flag: inout Bool, _ directive: Directive) throws(SyntaxFault) {
        try directive.withoutArgument()
        guard !flag else { throw directive.fault("[\(directive.name.rawValue)] stands twice") }
        flag = true
    }

    /// `^P^Q` types control characters, `text\c` leaves out the newline.
    private static func typed(_ text: String, _ line: Int) throws(SyntaxFault) -> TypedText {
        let scalars = Array(text.unicodeScalars)
        if scalars.count >= 2, scalars.count.isMultiple(of: 2),
            stride(from: 0, to: scalars.count, by: 2).allSatisfy({
                scalars[$0] == "^" && ("@"..."_").contains(scalars[$0 + 1])
            })
        {
            let bytes = stride(from: 1, to: scalars.count, by: 2).map {
                UInt8(truncatingIfNeeded: scalars[$0].value) & 0x1F
            }
            return .control(bytes, source: text, line: line)
        }
        let withNewline = text.hasSuffix("\\c") ? String(text.dropLast(2)) : text + "\n"
        return .text(try Template(parsing: withNewline, line: line))
    }
}
