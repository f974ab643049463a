/// Reads the lines of an `http` block.
struct HTTPParser {
    private let fence: Int
    private let raw: Bool
    private let malformed: Bool
    private var lines: ArraySlice<SourceLine>
    private var within: Duration?
    private var timeout: Duration?

    init(fence: Int, flags: Set<String>, lines: [SourceLine]) {
        self.fence = fence
        raw = flags.contains("raw")
        malformed = flags.contains("malformed")
        self.lines = lines[...]
    }

    mutating func parse() throws(SyntaxFault) -> HTTPStep {
        skipBlank()
        while let line = lines.first, let directive = try Directive.parse(line) {
            try limit(directive)
            lines.removeFirst()
            skipBlank()
        }
        guard let first = lines.popFirst() else {
            throw SyntaxFault("an http block without a request", hint: "Write `METHOD /path`", line: fence)
        }
        if first.text.hasPrefix("fg ") || first.text == "fg" { return try continuation(first) }
        return try exchange(first)
    }

    private mutating func skipBlank() {
        while lines.first?.isBlank ?? false { lines.removeFirst() }
    }

    private mutating func limit(_ directive: Directive) throws(SyntaxFault) {
        switch directive.name {
        case .within where within == nil: within = try directive.duration()
        case .timeout where timeout == nil: timeout = try directive.duration()
        case .within, .timeout: throw directive.fault("[\(directive.name.rawValue)] stands twice")
        default:
            throw directive.fault(
                "[\(directive.name.rawValue)] cannot stand here",
                hint: "Before the request stand [within …] and [timeout …] only")
        }
    }

    private mutating func continuation(_ first: SourceLine) throws(SyntaxFault) -> HTTPStep {
        let words = first.text.split(separator: " ")
        guard words.count == 2, words[1].hasPrefix("%"), isJobName(words[1].dropFirst()) else {
            throw SyntaxFault("`\(first.text)` needs one job", hint: "Write `fg %name`", line: first.number)
        }
        let expectation = lines
        let tail = try self.tail(isText: false)
        guard within == nil else {
            throw SyntaxFault("[within] repeats a request; `fg` sends none", line: first.number)
        }
        return step(first, .foreground(job: String(words[1].dropFirst())), nil, nil, tail, expectation)
    }

    private mutating func exchange(_ first: SourceLine) throws(SyntaxFault) -> HTTPStep {
        let (method, target, background) = try requestLine(first)
        let headers = try requestHeaders()
        let body = try requestBody(headers)
        skipBlank()
        let expectation = lines
        guard let statusLine = lines.popFirst() else {
            throw SyntaxFault(
                "the request has no status line below it", hint: "Write the status that is expected, for example 200",
                line: first.number)
        }
        let status = try StatusPattern(parsing: statusLine)
        let responseHeaders = try self.responseHeaders()
        let isText = responseHeaders.contains { header in
            guard header.name.lowercased() == "content-type", case .text(let value) = header.value else { return false }
            return value.source.hasPrefix("text/plain")
        }
        let tail = try self.tail(isText: isText)
        if background != nil, within != nil {
            throw SyntaxFault("[within] repeats a request, so it cannot be a job", line: first.number)
        }
        let request = HTTPRequestTemplate(method: method, target: target, headers: headers, body: body)
        let response = ResponsePattern(line: statusLine.number, status: status, headers: responseHeaders)
        return step(first, .request(request), background, response, tail, expectation)
    }

    private func step(
        _ first: SourceLine, _ action: HTTPStep.Action, _ background: String?, _ response: ResponsePattern?,
        _ tail: HTTPTail, _ expectation: ArraySlice<SourceLine>
    ) -> HTTPStep {
        var written = expectation
        while written.last?.isBlank ?? false { written.removeLast() }
        let start = written.first?.number ?? first.number + 1
        return HTTPStep(
            line: fence, requestLine: first.number, raw: raw, action: action, background: background,
            within: tail.within ?? within, timeout: tail.timeout ?? timeout, response: response, body: tail.body,
            conversation: tail.conversation, ending: tail.ending,
            expectationLines: start..<((written.last?.number ?? start - 1) + 1), bodyLines: tail.bodyLines)
    }

    private func isJobName(_ name: some StringProtocol) -> Bool {
        !name.isEmpty && name.unicodeScalars.allSatisfy(PatternScanner.isNameScalar)
    }

    private func requestLine(
        _ line: SourceLine
    ) throws(SyntaxFault) -> (String, HTTPRequestTemplate.Target, String?) {
        var words = line.text.split(separator: " ").map(String.init)
        var background: String?
        if words.count > 2, let last = words.last, last.hasPrefix("&"), isJobName(last.dropFirst()) {
            background = String(last.dropFirst())
            words.removeLast()
        }
        guard words.count == 2 else {
            throw SyntaxFault(
                "`\(line.text)` is not a request line", hint: "Write `METHOD /path`, and `&name` behind it for a job",
                line: line.number)
        }
        let known = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]
        if !known.contains(words[0]), known.contains(words[0].uppercased()) || !words[0].allSatisfy(\.isUppercase) {
            throw SyntaxFault(
                "`\(words[0])` is not a method", hint: Suggestion.hint(for: words[0], in: known, called: "methods"),
                line: line.number)
        }
        let text = words[1]
        let template = try Template(parsing: text.hasPrefix("//") ? String(text.dropFirst()) : text, line: line.number)
        if text.hasPrefix("http://") { return (words[0], .absolute(template), background) }
        guard text.hasPrefix("/") else {
            throw SyntaxFault(
                "`\(text)` is not a path", hint: "Paths begin with `/`, URLs with http://", line: line.number)
        }
        let asWritten = text.hasPrefix("//") || text == "/_ping" || Self.hasVersion(text)
        return (words[0], asWritten ? .asWritten(template) : .versioned(template), background)
    }

    /// `/v1.41/…`, also with a variable or nonsense for a version: `/v${api}/`, `/v1.x/`.
    private static func hasVersion(_ path: String) -> Bool {
        guard path.hasPrefix("/v"), let next = path.dropFirst(2).first else { return false }
        return next.isNumber || next == "$"
    }

    private mutating func requestHeaders() throws(SyntaxFault) -> [HTTPRequestTemplate.Header] {
        var headers: [HTTPRequestTemplate.Header] = []
        while let line = lines.first, let (name, value) = line.header {
            lines.removeFirst()
            let isEncoded =
                ["x-registry-auth", "x-registry-config"].contains(name.lowercased()) && value.hasPrefix("{")
            headers.append(
                .init(name: name, value: try Template(parsing: value, line: line.number), isEncodedJSON: isEncoded))
        }
        return headers
    }

    /// The body ends before the status line: the first line that is one and follows a blank line or a JSON body's end.
    private mutating func requestBody(
        _ headers: [HTTPRequestTemplate.Header]
    ) throws(SyntaxFault) -> HTTPRequestTemplate.Body {
        skipBlank()
        guard let first = lines.first, !first.isStatus else { return .none }
        if first.text.hasPrefix("@") {
            lines.removeFirst()
            let name = String(first.trimmed.dropFirst())
            guard isFileName(name) else {
                throw SyntaxFault(
                    "`\(first.trimmed)` is not the plain name of a file", hint: "Write @NAME", line: first.number)
            }
            return .file(name)
        }
        let isJSON = first.trimmed.hasPrefix("{") || first.trimmed.hasPrefix("[")
        var body: [SourceLine] = []
        while let line = lines.first, !(line.isStatus && (isJSON || body.last?.isBlank ?? false)) {
            body.append(line)
            lines.removeFirst()
        }
        guard !lines.isEmpty else {
            throw SyntaxFault(
                "the request has no status line below its body",
                hint: "Write the status that is expected, for example 200",
                line: first.number)
        }
        while body.last?.isBlank ?? false { body.removeLast() }
        let text = body.map(\.text).joined(separator: "\n")
        let type = headers.first { $0.name.lowercased() == "content-type" }?.value.source
        guard isJSON, type?.contains("json") ?? true else {
            return .text(try Template(parsing: text, line: first.number))
        }
        return .json(try JSONTemplate(parsing: text, line: first.number, malformed: malformed))
    }

    private mutating func responseHeaders() throws(SyntaxFault) -> [HeaderPattern] {
        var headers: [HeaderPattern] = []
        while let line = lines.first, let (name, text) = line.header {
            lines.removeFirst()
            let value: HeaderPattern.Value
            switch text {
            case "absent": value = .absent
            case "any": value = .any
            case _ where text.hasPrefix("base64 "):
                var parser = JSONPatternParser(String(text.dropFirst("base64 ".count)), line: line.number)
                let items = try parser.stream()
                guard items.count == 1, case .value(let pattern) = items[0] else {
                    throw SyntaxFault(
                        "`base64` needs one JSON pattern", hint: "Write for example base64 { \"name\": \"f\" }",
                        line: line.number)
                }
                value = .encodedJSON(pattern)
            default:
                var scanner = PatternScanner(text, line: line.number)
                if scanner.current == "/", let regex = try wholeRegex(&scanner) {
                    value = .regex(regex)
                } else {
                    value = .text(try LinePattern(parsing: text, line: line.number))
                }
            }
            headers.append(HeaderPattern(line: line.number, name: name, value: value))
        }
        return headers
    }

    private func wholeRegex(_ scanner: inout PatternScanner) throws(SyntaxFault) -> RegexPattern? {
        guard scanner.scalars.dropFirst().contains("/") else { return nil }
        let regex = try scanner.regex()
        return scanner.isAtEnd ? regex : nil
    }

    private mutating func tail(isText: Bool) throws(SyntaxFault) -> HTTPTail {
        var tail = HTTPTail(lines: Array(lines), isText: isText)
        try tail.parse()
        lines = []
        return tail
    }
}

extension SourceLine {
    /// `200`, `2xx`, `200|204` alone on a line.
    var isStatus: Bool {
        let parts = trimmed.split(separator: "|", omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            part.count == 3 && part.first.map { ("1"..."5").contains($0) } ?? false
                && part.dropFirst().allSatisfy { ("0"..."9").contains($0) || $0 == "x" }
        }
    }

    /// `Name: value`, where the line is a header.
    var header: (name: String, value: String)? {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let name = text[..<colon]
        let value = text[text.index(after: colon)...]
        guard let first = name.first, first.isASCII, first.isLetter,
            name.unicodeScalars.allSatisfy(PatternScanner.isNameScalar), value.isEmpty || value.hasPrefix(" ")
        else { return nil }
        return (String(name), value.trimmingSpaces)
    }
}

extension StatusPattern {
    init(parsing line: SourceLine) throws(SyntaxFault) {
        guard line.isStatus else {
            throw SyntaxFault(
                "`\(Excerpt.bounded(line.trimmed))` is not a status",
                hint: "Write the status that is expected: 200, 2xx or 200|204",
                line: line.number)
        }
        let ranges = line.trimmed.split(separator: "|").compactMap { part -> ClosedRange<Int>? in
            guard let low = Int(part.replacing("x", with: "0")), let high = Int(part.replacing("x", with: "9")) else {
                return nil
            }
            return low <= high ? low...high : nil
        }
        self.init(description: line.trimmed, ranges: ranges)
    }
}
