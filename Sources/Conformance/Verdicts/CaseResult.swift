import Scenario

/// Which case a result is about: the parts of a scenario that reports show.
public struct JudgedCase: Sendable, Hashable {
    /// The path of the scenario below the scenario directory without `.md`, e.g. `container/run/detached-named`.
    public var id: String
    /// One line for a person.
    public var title: String
    /// `must`, `should` or `may` (RFC 2119).
    public var level: String
    /// The first part of the id.
    public var area: String
    /// The scenario file, as a person can open it from where the run started.
    public var file: String

    /// An identity from its parts; the area is the first part of the id.
    public init(id: String, title: String, level: String, file: String) {
        self.id = id
        self.title = title
        self.level = level
        self.file = file
        area = String(id.prefix { $0 != "/" })
    }
}

/// One difference between what a scenario promises and what was seen.
public struct Departure: Sendable, Hashable {
    /// The line of the scenario that makes the promise, counted from 1.
    public var line: Int
    /// The command or request that was replayed, as written.
    public var command: String
    /// What the scenario promises.
    public var expected: String
    /// What was seen.
    public var got: String
    /// What went over the wire for it, one line each; empty where no wire was seen.
    public var wire: [String]

    /// A departure from its parts.
    public init(line: Int, command: String, expected: String, got: String, wire: [String] = []) {
        self.line = line
        self.command = command
        self.expected = expected
        self.got = got
        self.wire = wire
    }
}

/// The verdict on one case with all that a report says about it.
public struct CaseResult: Sendable, Hashable {
    /// The case.
    public var identity: JudgedCase
    /// The verdict, after the expectation file has had its say.
    public var verdict: Verdict
    /// The verdict before the expectation file; differs from `verdict` for xfail and xpass.
    public var observed: Verdict
    /// Wall-clock time of all attempts.
    public var duration: Duration
    /// Why: the reason to skip, what was awaited, what is wrong with the scenario. Empty for a pass.
    public var reason: String
    /// The differences, in the order they were found.
    public var departures: [Departure]
    /// How often the case was replayed.
    public var attempts: Int
    /// The entry of the expectation file that applied.
    public var expectation: Expectation?
    /// The operations of the Engine API that the case asked for.
    public var operations: Set<Operation> = []
    /// The wire of the last attempt as text, credentials redacted; `nil` where it was not kept.
    public var transcript: String?

    /// A result before any expectation is applied.
    public init(
        identity: JudgedCase, verdict: Verdict, duration: Duration, reason: String = "",
        departures: [Departure] = [], attempts: Int = 1, transcript: String? = nil
    ) {
        self.identity = identity
        self.verdict = verdict
        observed = verdict
        self.duration = duration
        self.reason = reason
        self.departures = departures
        self.attempts = attempts
        self.transcript = transcript
    }

    /// Wall-clock time in milliseconds.
    public var milliseconds: Double { duration.milliseconds }

    /// `file:line` of the first departure, or the file alone.
    public var place: String {
        departures.first.map { "\(identity.file):\($0.line)" } ?? identity.file
    }
}

extension Duration {
    /// The duration in milliseconds, rounded to a tenth.
    public var milliseconds: Double {
        let (seconds, attoseconds) = components
        return ((Double(seconds) * 1000 + Double(attoseconds) / 1e15) * 10).rounded() / 10
    }
}

extension CaseResult {
    /// One result for several attempts at the same case: the common verdict, or flaky where attempts disagree.
    ///
    /// The details are those of the first attempt that did not pass.
    public static func merging(_ attempts: [CaseResult]) -> CaseResult? {
        guard var merged = attempts.first(where: { $0.verdict != .pass }) ?? attempts.last else { return nil }
        let verdicts = Set(attempts.map(\.verdict))
        merged.attempts = attempts.count
        merged.duration = attempts.reduce(.zero) { $0 + $1.duration }
        if verdicts.count > 1 {
            let passed = attempts.count { $0.verdict == .pass }
            let others = Verdict.allCases.compactMap { verdict -> String? in
                let count = attempts.count { $0.verdict == verdict }
                return verdict == .pass || count == 0 ? nil : "\(count) \(verdict.phrase)"
            }
            let tally = "\(passed) of \(attempts.count) attempts passed, \(others.joined(separator: ", "))"
            merged.reason = merged.reason.isEmpty ? tally : "\(tally): \(merged.reason)"
            // An error says nothing about the endpoint, so it is not hidden behind the word flaky.
            if !verdicts.contains(.error) {
                merged.verdict = .flaky
                merged.observed = .flaky
            }
        }
        return merged
    }
}
