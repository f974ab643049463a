extension TextPattern {
    /// Matches lines in order.
    func match(lines: [OutputLine], variables: Variables, location: String) -> MatchResult {
        let hasGaps = items.contains { if case .gap = $0 { true } else { false } }
        if !hasGaps, lines.count == items.count { return matchEach(lines, variables, location) }
        var captures: [String: String] = [:]
        let sequence = items.map { item -> SequenceMatching.Item<LinePattern> in
            if case .line(let line) = item { .pattern(line) } else { .gap }
        }
        do {
            _ = try SequenceMatching.match(sequence, elementCount: lines.count) { pattern, index in
                guard let found = pattern.match(lines[index], variables: variables.adding(captures)) else {
                    return false
                }
                captures.merge(found) { $1 }
                return true
            }
            return MatchResult(captures: captures)
        } catch {
            return MatchResult(mismatches: [mismatch(error, lines, location)], captures: captures)
        }
    }

    private func matchEach(_ lines: [OutputLine], _ variables: Variables, _ location: String) -> MatchResult {
        var result = MatchResult()
        for (index, (pattern, line)) in zip(self.lines, lines).enumerated() {
            if let found = pattern.match(line, variables: variables.adding(result.captures)) {
                result.captures.merge(found) { $1 }
            } else {
                result.mismatches.append(
                    Mismatch(
                        line: pattern.line, location: "\(location) line \(index + 1)", expected: pattern.shown,
                        got: pattern.got(line)))
            }
        }
        return result
    }

    private func mismatch(_ failure: SequenceMatching.Failure, _ lines: [OutputLine], _ location: String) -> Mismatch {
        switch failure {
        case .leftOver(let element):
            let line: Int
            switch items.last {
            case .line(let pattern): line = pattern.line
            case .gap(let number): line = number
            case nil: line = 0
            }
            return Mismatch(
                line: line, location: "\(location) line \(element + 1)",
                expected: items.isEmpty ? "nothing" : "no further line",
                got: Excerpt.quoted(bytes: lines[element].shown))
        case .pattern(let item, let element):
            guard case .line(let pattern) = items[item] else {
                return Mismatch(line: 0, location: location, expected: "...", got: "nothing")
            }
            if let element {
                return Mismatch(
                    line: pattern.line, location: "\(location) line \(element + 1)", expected: pattern.shown,
                    got: pattern.got(lines[element]))
            }
            return Mismatch(
                line: pattern.line, location: location, expected: pattern.shown, got: Self.noSuchLine(lines))
        }
    }

    private static func noSuchLine(_ lines: [OutputLine]) -> String {
        guard let last = lines.last else { return "no output" }
        return "no such line; the last of \(lines.count) is \(Excerpt.quoted(bytes: last.shown))"
    }

    /// Matches lines in any order; a gap lets further lines be there.
    func matchUnordered(lines: [OutputLine], variables: Variables, location: String) -> MatchResult {
        let patterns = self.lines
        let places = SequenceMatching.pair(patternCount: patterns.count, elementCount: lines.count) {
            patterns[$0].match(lines[$1], variables: variables) != nil
        }
        var result = MatchResult()
        for (pattern, place) in zip(patterns, places) {
            if let place, let found = pattern.match(lines[place], variables: variables) {
                result.captures.merge(found) { $1 }
            } else {
                result.mismatches.append(
                    Mismatch(line: pattern.line, location: location, expected: pattern.shown, got: "no such line"))
            }
        }
        guard patterns.count == items.count else { return result }
        let taken = Set(places.compactMap { $0 })
        for index in lines.indices where !taken.contains(index) {
            result.mismatches.append(
                Mismatch(
                    line: patterns.last?.line ?? 0, location: "\(location) line \(index + 1)",
                    expected: "no further line",
                    got: Excerpt.quoted(bytes: lines[index].shown)))
        }
        return result
    }
}

extension LinePattern {
    /// As messages show it.
    var shown: String { source.isEmpty ? "an empty line" : Excerpt.bounded(source) }

    /// What came, with a word about the newline where that alone is wrong.
    func got(_ line: OutputLine) -> String {
        let text = Excerpt.quoted(bytes: line.shown)
        if line.hasNewline != endsWithoutNewline { return text }
        return line.hasNewline ? "\(text) with a newline" : "\(text) without a newline"
    }
}
