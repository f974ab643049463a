import RawJSON

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension ResponsePattern {
    /// Matches the head of a response.
    public func match(
        status code: Int, headers received: [(name: String, value: String)], variables: Variables
    ) -> MatchResult {
        var result = MatchResult()
        if !status.accepts(code) {
            result.mismatches.append(
                Mismatch(line: line, location: "status", expected: status.description, got: "\(code)"))
        }
        for header in headers {
            let values = received.filter { $0.name.lowercased() == header.name.lowercased() }.map(\.value)
            result.merge(header.match(values, variables: variables.adding(result.captures)))
        }
        return result
    }
}

extension HeaderPattern {
    /// Matches the values of all headers of this name; one of them must be right.
    func match(_ values: [String], variables: Variables) -> MatchResult {
        let shown: String
        switch value {
        case .absent:
            if values.isEmpty { return MatchResult() }
            shown = "absent"
        case .any:
            if !values.isEmpty { return MatchResult() }
            shown = "any"
        case .regex(let regex):
            if values.contains(where: { regex.matchesWhole($0) }) { return MatchResult() }
            shown = regex.description
        case .encodedJSON(let pattern): return matchEncoded(pattern, values, variables)
        case .text(let pattern):
            for value in values {
                if let captures = pattern.match(value, variables: variables) { return MatchResult(captures: captures) }
            }
            shown = pattern.shown
        }
        let got = values.isEmpty ? "no such header" : values.map { Excerpt.quoted($0) }.joined(separator: ", ")
        return MatchResult(mismatches: [Mismatch(line: line, location: "header \(name)", expected: shown, got: got)])
    }

    private func matchEncoded(_ pattern: JSONPattern, _ values: [String], _ variables: Variables) -> MatchResult {
        let location = "header \(name)"
        let expected = "base64 \(Excerpt.bounded(pattern.source))"
        guard let value = values.first else {
            return MatchResult(mismatches: [
                Mismatch(line: line, location: location, expected: expected, got: "no such header")
            ])
        }
        do throws(JSONParseError) {
            var result = pattern.match(try JSONValue.parse(Data(base64Encoded: value) ?? Data()), variables: variables)
            result.mismatches = result.mismatches.map {
                let place = $0.location == "body" ? location : "\(location): \($0.location)"
                return Mismatch(line: $0.line, location: place, expected: $0.expected, got: $0.got)
            }
            return result
        } catch {
            let got = Excerpt.quoted(value)
            return MatchResult(mismatches: [Mismatch(line: line, location: location, expected: expected, got: got)])
        }
    }
}

extension BodyPattern {
    /// Matches a whole body.
    ///
    /// - Parameters:
    ///   - readTar: reads an archive's entries; called for a `tar` pattern only.
    public func match(
        _ body: [UInt8], variables: Variables, readTar: ([UInt8]) throws -> [TarEntrySummary]
    ) -> MatchResult {
        switch self {
        case .notAsserted: return MatchResult()
        case .empty(let line):
            return Self.require(body.isEmpty, line, "(empty)", Excerpt.quoted(bytes: body))
        case .byteCount(let count, let line):
            return Self.require(count.accepts(body.count), line, "\(count) bytes", "\(body.count) bytes")
        case .json(let pattern):
            do throws(JSONParseError) {
                return pattern.match(try JSONValue.parse(body), variables: variables)
            } catch {
                return Self.notJSON(error, body, pattern.line, pattern.source)
            }
        case .jsonStream(let pattern): return pattern.match(body, variables: variables)
        case .text(let pattern): return pattern.matchBody(body, variables: variables)
        case .tar(let pattern):
            do {
                return pattern.match(try readTar(body), variables: variables)
            } catch {
                return Self.require(
                    false, pattern.line, "a tar archive", "\(error): \(Excerpt.quoted(bytes: body.prefix(64)))")
            }
        }
    }

    private static func require(_ holds: Bool, _ line: Int, _ expected: String, _ got: String) -> MatchResult {
        holds
            ? MatchResult()
            : MatchResult(mismatches: [.init(line: line, location: "body", expected: expected, got: got)])
    }

    static func notJSON(_ error: JSONParseError, _ body: [UInt8], _ line: Int, _ source: String) -> MatchResult {
        let got = body.isEmpty ? "an empty body" : "\(Excerpt.quoted(bytes: body)) (\(error))"
        return require(false, line, Excerpt.bounded(source), got)
    }
}

extension TextPattern {
    /// Matches a text body: a last line without its newline counts as a line, as bodies often end without one.
    func matchBody(_ body: [UInt8], variables: Variables) -> MatchResult {
        let endsOpen = lines.last?.endsWithoutNewline ?? false
        let needsNewline = !endsOpen && !body.isEmpty && body.last != 0x0A
        return match(needsNewline ? body + [0x0A] : body, variables: variables, location: "body")
    }
}

extension JSONStreamPattern {
    /// Matches a whole body of values that stand one after the other.
    public func match(_ body: [UInt8], variables: Variables) -> MatchResult {
        var decoder = JSONSequenceDecoder()
        var matcher = JSONStreamMatcher(self, variables: variables, mode: .complete)
        do throws(JSONParseError) {
            for (value, _) in try decoder.append(body) { matcher.append(value) }
            if let (value, _) = try decoder.finish() { matcher.append(value) }
        } catch {
            return BodyPattern.notJSON(error, body, line, "JSON values")
        }
        matcher.finish()
        switch matcher.progress {
        case .matched(let captures): return MatchResult(captures: captures)
        case .failed(let mismatches): return MatchResult(mismatches: mismatches)
        case .incomplete: return MatchResult()
        }
    }

    /// The line on which the pattern begins.
    var line: Int {
        switch items.first {
        case .value(let pattern): pattern.line
        case .gap(let line): line
        case nil: 0
        }
    }
}
