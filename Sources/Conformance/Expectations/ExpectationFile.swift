import Yams

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Why an expectation file cannot be used; one sentence with file and line.
public struct ExpectationFileError: Error, CustomStringConvertible {
    /// The sentence.
    public let description: String
}

/// Reads and writes `Conformance/expectations/PRODUCT-VERSION.yaml`: a YAML list, an entry a known departure.
///
/// ```yaml
/// - case: container/wait/removed          # an id, or a glob as `check` takes it
///   verdict: timeout                      # fail (default), timeout, error, flaky, or a list of them
///   when: { driver: cli, transport: tcp } # optional
///   reason: answers before the container is removed
///   link: https://github.com/containers/podman/issues/…
/// ```
public enum ExpectationFile {
    private static let known = ["case", "verdict", "when", "reason", "link"]
    private static let allowed: [Verdict] = [.fail, .timeout, .error, .flaky]

    /// The entries of a file.
    ///
    /// - Throws: `ExpectationFileError` for an unreadable file, text that is not YAML, or a wrong entry.
    public static func read(path: String) throws(ExpectationFileError) -> [Expectation] {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw ExpectationFileError(description: "cannot read the expectation file \(path). Does it exist?")
        }
        return try parse(text, file: path)
    }

    /// The entries in a text; `file` names it in errors.
    public static func parse(_ text: String, file: String) throws(ExpectationFileError) -> [Expectation] {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw ExpectationFileError(description: "\(file): not YAML: \(error)")
        } catch {
            throw ExpectationFileError(description: "\(file): not YAML: \(error)")
        }
        guard let root, root.scalar?.string.isEmpty != true else { return [] }
        guard let list = root.sequence else {
            throw ExpectationFileError(
                description: "\(file):1: expected a list of entries, each starting with `- case:`")
        }
        var entries: [Expectation] = []
        for node in list { entries.append(try entry(node, file: file)) }
        return entries
    }

    private static func entry(_ node: Node, file: String) throws(ExpectationFileError) -> Expectation {
        let line = node.mark?.line ?? 1
        func wrong(_ reason: String) -> ExpectationFileError {
            ExpectationFileError(description: "\(file):\(line): \(reason)")
        }
        guard let mapping = node.mapping else { throw wrong("an entry is a mapping with `case` and `reason`") }
        for (key, _) in mapping {
            guard let name = key.string, known.contains(name) else {
                let word = key.string ?? "?"
                let hint = Nearest.word(to: word, in: known).map { " Did you mean \($0)?" } ?? ""
                throw wrong("unknown key \(word).\(hint) Known: \(known.joined(separator: ", ")).")
            }
        }
        guard let id = mapping["case"]?.string, !id.isEmpty else {
            throw wrong("an entry needs `case`, an id or a glob")
        }
        guard let reason = mapping["reason"]?.string, !reason.isEmpty else {
            throw wrong("the entry for \(id) needs a `reason`: what the product does instead, and how that was seen")
        }
        let words = mapping["verdict"].map {
            $0.array(of: String.self).isEmpty ? [$0.string ?? ""] : $0.array(of: String.self)
        }
        var verdicts: Set<Verdict> = []
        for word in words ?? ["fail"] {
            guard let verdict = Verdict(rawValue: word), allowed.contains(verdict) else {
                throw wrong("\(word) is not a verdict to expect: use fail, timeout, error or flaky")
            }
            verdicts.insert(verdict)
        }
        return Expectation(
            cases: Glob(id), verdicts: verdicts, reason: reason, link: mapping["link"]?.string,
            condition: try condition(mapping["when"], wrong), line: line)
    }

    private static func condition(
        _ node: Node?, _ wrong: (String) -> ExpectationFileError
    ) throws(ExpectationFileError) -> Expectation.Condition {
        guard let node else { return .init() }
        guard let mapping = node.mapping else { throw wrong("`when` is a mapping, e.g. { driver: cli }") }
        var condition = Expectation.Condition()
        for (key, value) in mapping {
            switch (key.string, value.string) {
            case ("driver", let word?) where ["api", "cli"].contains(word): condition.driver = word
            case ("transport", let word?) where ["unix", "tcp"].contains(word): condition.transport = word
            default:
                throw wrong("`when` knows driver (api or cli) and transport (unix or tcp), not \(key.string ?? "?")")
            }
        }
        return condition
    }
}

extension ExpectationFile {
    /// A file's text for these results: an entry for each that is not as expected, to be given reasons by a person.
    ///
    /// Entries in force that still apply are kept with their reasons; entries of cases that pass now are dropped.
    public static func skeleton(product: Product, results: [CaseResult], keeping current: ExpectationSet) -> String {
        var lines = [
            "# What \(product) is known to do otherwise than documented. Give each entry its reason and a link."
        ]
        let judged = results.filter { [.fail, .timeout, .flaky, .xfail].contains($0.verdict) }
        let ran = Set(results.map(\.identity.id))
        let untouched = current.entries.filter { entry in !entry.cases.isWild && !ran.contains(entry.cases.pattern) }
        var entries = untouched
        for result in judged.sorted(by: { $0.identity.id < $1.identity.id }) {
            let known = result.expectation
            var entry = Expectation(
                cases: Glob(result.identity.id), verdicts: known?.verdicts ?? [result.observed],
                reason: known?.reason ?? draft(result), link: known?.link)
            entry.condition = known?.condition ?? .init()
            entries.append(entry)
        }
        for entry in entries { lines += text(of: entry) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func draft(_ result: CaseResult) -> String {
        guard let first = result.departures.first else {
            return result.reason.isEmpty ? result.observed.phrase : result.reason
        }
        return "line \(first.line): expected \(first.expected), got \(first.got)"
    }

    private static func text(of entry: Expectation) -> [String] {
        var lines = ["", "- case: \(entry.cases.pattern)"]
        let verdicts = allowed.filter(entry.verdicts.contains).map(\.rawValue)
        lines.append("  verdict: \(verdicts.count == 1 ? verdicts[0] : "[\(verdicts.joined(separator: ", "))]")")
        let when = [
            entry.condition.driver.map { "driver: \($0)" }, entry.condition.transport.map { "transport: \($0)" },
        ].compactMap(\.self)
        if !when.isEmpty { lines.append("  when: { \(when.joined(separator: ", ")) }") }
        lines.append("  reason: \(quoted(entry.reason))")
        if let link = entry.link { lines.append("  link: \(link)") }
        return lines
    }

    /// A double-quoted YAML scalar; YAML's escapes are a superset of JSON's.
    private static func quoted(_ text: String) -> String {
        JSONText.quoted(String(text.prefix(400)))
    }
}
