/// What a replay says about one case.
public enum Verdict: String, Sendable, Hashable, CaseIterable {
    /// The endpoint does what the scenario promises.
    case pass
    /// The endpoint answered, and the answer departs from the promise.
    case fail
    /// The harness or the scenario is at fault; nothing is said about the endpoint.
    case error
    /// Not replayed: a need of the scenario is not met here, or the API version lies outside since/until.
    case skip
    /// The endpoint says that it does not offer this: 501, or a route it does not have.
    case unsupported
    /// Failed as the expectation file says.
    case xfail
    /// Passed although the expectation file says it fails.
    case xpass
    /// Something awaited did not happen before its deadline.
    case timeout
    /// Passed in some attempts and not in others.
    case flaky

    /// Whether the verdict leaves the run at exit code 0.
    public var isAsExpected: Bool {
        switch self {
        case .pass, .skip, .unsupported, .xfail: true
        case .fail, .error, .xpass, .timeout, .flaky: false
        }
    }

    /// The word a person reads: `expected to fail` for `xfail`.
    public var phrase: String {
        switch self {
        case .pass: "passed"
        case .fail: "failed"
        case .error: "in error"
        case .skip: "skipped"
        case .unsupported: "unsupported"
        case .xfail: "expected to fail"
        case .xpass: "unexpectedly passing"
        case .timeout: "timed out"
        case .flaky: "flaky"
        }
    }
}

/// The exit codes of `drydock check`.
public enum CheckExit: Int32, Sendable {
    /// Every verdict is as expected.
    case asExpected = 0
    /// The endpoint departs from a promise, or passes where a failure is expected.
    case departure = 1
    /// The harness could not judge: a malformed scenario, no endpoint, an interruption.
    case harness = 2
}
