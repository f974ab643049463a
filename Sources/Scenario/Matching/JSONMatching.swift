import RawJSON

extension JSONPattern {
    /// Matches a value and collects every mismatch with its path, `body` being the value itself.
    public func match(_ value: JSONValue, variables: Variables) -> MatchResult {
        var matcher = JSONMatcher(variables: variables)
        matcher.match(self, value, at: "")
        return matcher.result
    }
}

/// Walks a pattern and a value together.
struct JSONMatcher {
    let variables: Variables
    private(set) var result = MatchResult()

    init(variables: Variables) {
        self.variables = variables
    }

    private var known: Variables { variables.adding(result.captures) }

    mutating func match(_ pattern: JSONPattern, _ value: JSONValue?, at path: String) {
        if case .absent = pattern.form {
            if value != nil { fail(pattern, value, path) }
            return
        }
        switch pattern.form {
        // A combination may hold `absent`, so it sees a missing member too.
        case .either(let patterns): return either(pattern, patterns, value, path)
        case .all(let patterns):
            for inner in patterns { match(inner, value, at: path) }
            return
        case .not(let inner):
            if probe(inner, value) != nil { fail(pattern, value, path) }
            return
        default: break
        }
        guard let value else { return fail(pattern, nil, path) }
        matchPresent(pattern, value, path)
    }

    private mutating func matchPresent(_ pattern: JSONPattern, _ value: JSONValue, _ path: String) {
        switch pattern.form {
        case .any, .absent, .either, .all, .not: break
        case .literal(let literal): require(value == literal, pattern, value, path)
        case .number(let text): require(value.numberText == text, pattern, value, path)
        case .regex(let regex): require(value.string.map { regex.matchesWhole($0) } ?? false, pattern, value, path)
        case .kind(let kind): require(kind.accepts(value), pattern, value, path)
        case .variable(let name): require(known[name] != nil && value.capturedText == known[name], pattern, value, path)
        case .compare(let comparison, let operand):
            require(compare(value, comparison, operand), pattern, value, path)
        case .length(let count): require(value.length.map { count.accepts($0) } ?? false, pattern, value, path)
        case .string(let line):
            guard let text = value.string, let captures = line.match(text, variables: known) else {
                return fail(pattern, value, path)
            }
            result.captures.merge(captures) { $1 }
        case .capture(let name, let inner):
            let before = result.mismatches.count
            match(inner, value, at: path)
            if result.mismatches.count == before { result.captures[name] = value.capturedText }
        case .each(let inner):
            guard let elements = value.array else { return fail(pattern, value, path) }
            for (index, element) in elements.enumerated() { match(inner, element, at: "\(path)[\(index)]") }
        case .object(let members, let exactly): object(pattern, members, exactly, value, path)
        case .array(let elements, let unordered):
            guard let values = value.array else { return fail(pattern, value, path) }
            unordered ? matchUnordered(pattern, elements, values, path) : matchOrdered(pattern, elements, values, path)
        }
    }

    private mutating func require(_ holds: Bool, _ pattern: JSONPattern, _ value: JSONValue, _ path: String) {
        if !holds { fail(pattern, value, path) }
    }

    private mutating func fail(_ pattern: JSONPattern, _ value: JSONValue?, _ path: String) {
        let got = value.map { Excerpt.bounded($0.text()) } ?? "no such member"
        fail(pattern.line, path, Excerpt.bounded(pattern.source), got)
    }

    private mutating func fail(_ line: Int, _ path: String, _ expected: String, _ got: String) {
        result.mismatches.append(
            Mismatch(line: line, location: path.isEmpty ? "body" : path, expected: expected, got: got))
    }

    /// The captures where the pattern matches; nothing is recorded.
    private func probe(_ pattern: JSONPattern, _ value: JSONValue?) -> [String: String]? {
        var inner = JSONMatcher(variables: known)
        inner.match(pattern, value, at: "")
        return inner.result.isMatch ? inner.result.captures : nil
    }

    private mutating func either(
        _ pattern: JSONPattern, _ patterns: [JSONPattern], _ value: JSONValue?, _ path: String
    ) {
        for inner in patterns {
            if let captures = probe(inner, value) { return result.captures.merge(captures) { $1 } }
        }
        fail(pattern, value, path)
    }

    private func compare(_ value: JSONValue, _ comparison: Comparison, _ operand: JSONPattern.Operand) -> Bool {
        let text: String
        switch operand {
        case .number(let number): text = number
        case .variable(let name):
            guard let known = known[name] else { return false }
            text = known
        }
        if let left = value.string.flatMap({ Timestamp($0) }), let right = Timestamp(text) {
            return comparison.holds(left, right)
        }
        if let left = value.int64, let right = Int64(text) { return comparison.holds(left, right) }
        guard let left = value.double, let right = Double(text) else { return false }
        return comparison.holds(left, right)
    }

    private mutating func object(
        _ pattern: JSONPattern, _ members: [JSONPattern.Member], _ exactly: Bool, _ value: JSONValue, _ path: String
    ) {
        guard let object = value.object else { return fail(pattern, value, path) }
        var names: Set<String> = []
        for member in members {
            let name: String
            do {
                name = try member.name.expand(known)
            } catch {
                fail(member.value.line, path, member.name.source, error.description)
                continue
            }
            names.insert(name)
            match(member.value, object[name], at: JSONPath.appending(name, to: path))
        }
        guard exactly else { return }
        for other in object.members where !names.contains(other.name) {
            fail(
                pattern.line, JSONPath.appending(other.name, to: path), "no other member",
                Excerpt.bounded(other.value.text()))
        }
    }

    private mutating func matchOrdered(
        _ pattern: JSONPattern, _ elements: [JSONPattern.Element], _ values: [JSONValue], _ path: String
    ) {
        let patterns = elements.patterns
        if patterns.count == elements.count, patterns.count == values.count {
            for (index, pair) in zip(patterns, values).enumerated() { match(pair.0, pair.1, at: "\(path)[\(index)]") }
            return
        }
        let items = elements.map { element -> SequenceMatching.Item<JSONPattern> in
            if case .value(let inner) = element { .pattern(inner) } else { .gap }
        }
        var captures: [String: String] = [:]
        let base = known
        do {
            _ = try SequenceMatching.match(items, elementCount: values.count) { inner, index in
                var matcher = JSONMatcher(variables: base.adding(captures))
                matcher.match(inner, values[index], at: "")
                captures.merge(matcher.result.captures) { $1 }
                return matcher.result.isMatch
            }
            result.captures.merge(captures) { $1 }
        } catch {
            switch error {
            case .leftOver(let index):
                fail(pattern.line, "\(path)[\(index)]", "no further element", Excerpt.bounded(values[index].text()))
            case .pattern(let item, let index):
                guard case .pattern(let inner) = items[item] else { return }
                if let index { return match(inner, values[index], at: "\(path)[\(index)]") }
                let got = Excerpt.bounded(JSONValue.array(values).text())
                fail(inner.line, path, "an element \(Excerpt.bounded(inner.source))", got)
            }
        }
    }

    private mutating func matchUnordered(
        _ pattern: JSONPattern, _ elements: [JSONPattern.Element], _ values: [JSONValue], _ path: String
    ) {
        let patterns = elements.patterns
        let places = SequenceMatching.pair(patternCount: patterns.count, elementCount: values.count) {
            probe(patterns[$0], values[$1]) != nil
        }
        for (inner, place) in zip(patterns, places) {
            if let place {
                match(inner, values[place], at: "\(path)[\(place)]")
            } else {
                fail(
                    inner.line, path, "an element \(Excerpt.bounded(inner.source))",
                    Excerpt.bounded(JSONValue.array(values).text()))
            }
        }
        guard patterns.count == elements.count else { return }
        let taken = Set(places.compactMap { $0 })
        for index in values.indices where !taken.contains(index) {
            fail(pattern.line, "\(path)[\(index)]", "no further element", Excerpt.bounded(values[index].text()))
        }
    }
}

extension [JSONPattern.Element] {
    /// The values that must be there.
    fileprivate var patterns: [JSONPattern] { compactMap { if case .value(let pattern) = $0 { pattern } else { nil } } }
}

/// Names places in a JSON value: `State.Status`, `Mounts[0]`, `Ports["80/tcp"]`.
enum JSONPath {
    static func appending(_ name: String, to path: String) -> String {
        let isPlain = !name.isEmpty && name.unicodeScalars.allSatisfy(PatternScanner.isNameScalar)
        if !isPlain { return "\(path)[\(JSONValue.string(name).text())]" }
        return path.isEmpty ? name : "\(path).\(name)"
    }
}
