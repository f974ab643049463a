/// One entry of an expectation file: these cases are known to end like this on that product, and why.
public struct Expectation: Sendable, Hashable {
    /// When an entry applies.
    public struct Condition: Sendable, Hashable {
        /// `api` or `cli`; any driver where `nil`.
        public var driver: String?
        /// `unix` or `tcp`; any transport where `nil`.
        public var transport: String?

        /// A condition from its parts.
        public init(driver: String? = nil, transport: String? = nil) {
            self.driver = driver
            self.transport = transport
        }

        /// Whether the condition holds for a run with this driver over this transport.
        public func holds(driver: String, transport: String) -> Bool {
            (self.driver ?? driver) == driver && (self.transport ?? transport) == transport
        }
    }

    /// The case id or glob.
    public var cases: Glob
    /// The verdicts that are expected; one or more of fail, timeout, error, flaky.
    public var verdicts: Set<Verdict>
    /// Why the product departs.
    public var reason: String
    /// Where the bug is tracked.
    public var link: String?
    /// When the entry applies.
    public var condition: Condition
    /// The line of the entry in its file, counted from 1.
    public var line: Int

    /// An entry from its parts.
    public init(
        cases: Glob, verdicts: Set<Verdict>, reason: String, link: String? = nil, condition: Condition = .init(),
        line: Int = 0
    ) {
        self.cases = cases
        self.verdicts = verdicts
        self.reason = reason
        self.link = link
        self.condition = condition
        self.line = line
    }
}

/// The expectations in force for one run.
public struct ExpectationSet: Sendable {
    /// Where they come from, as a person can open it; `nil` where none are in force.
    public var file: String?
    /// The entries that apply to this run's driver and transport.
    public var entries: [Expectation]

    /// No expectations.
    public static let none = ExpectationSet(file: nil, entries: [])

    /// The entries of a file that apply to this driver and transport.
    public init(file: String?, entries: [Expectation], driver: String = "", transport: String = "") {
        self.file = file
        self.entries = entries.filter { $0.condition.holds(driver: driver, transport: transport) }
    }

    /// The entry for a case: one that names it exactly goes before a glob, the first before later ones.
    public func entry(for id: String) -> Expectation? {
        entries.first { $0.cases.pattern == id } ?? entries.first { $0.cases.matches(id) }
    }

    /// The result after the expectation has had its say: a failure as expected becomes xfail, a pass becomes xpass.
    ///
    /// A case expected to be flaky may pass; a failure of another kind than the expected one stays what it is.
    public func apply(to result: CaseResult) -> CaseResult {
        guard let entry = entry(for: result.identity.id) else { return result }
        var judged = result
        switch result.observed {
        case .pass where !entry.verdicts.contains(.flaky): judged.verdict = .xpass
        case .fail where entry.verdicts.contains(.flaky): judged.verdict = .xfail
        case let verdict where entry.verdicts.contains(verdict): judged.verdict = .xfail
        default: return result
        }
        judged.expectation = entry
        return judged
    }

    /// The entries that match none of the cases that were judged.
    public func unused(among ids: some Sequence<String>) -> [Expectation] {
        let ids = Array(ids)
        return entries.filter { entry in !ids.contains { entry.cases.matches($0) } }
    }
}
