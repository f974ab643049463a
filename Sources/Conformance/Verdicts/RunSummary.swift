import RawJSON

/// The software behind an endpoint, as `GET /version` names it.
public struct Product: Sendable, Hashable, CustomStringConvertible {
    /// `docker`, `podman`, or the platform's own name in lower case with dashes.
    public var name: String
    /// The version as the product writes it, e.g. `28.5.2+dfsg1`.
    public var version: String

    /// A product from its parts.
    public init(name: String, version: String) {
        self.name = name
        self.version = version
    }

    /// The name with the whole version, as a person reads it: `docker 28.5.2+dfsg1`.
    public var title: String { "\(name) \(version)" }

    /// The name with major and minor version, as expectation files are called: `docker-28.5`.
    public var description: String {
        let numbers = version.drop { !$0.isNumber }.prefix { $0.isNumber || $0 == "." }.split(separator: ".").prefix(2)
        return numbers.isEmpty ? name : "\(name)-\(numbers.joined(separator: "."))"
    }

    /// The product that a `GET /version` body describes (Engine API SystemVersion).
    ///
    /// Docker names its platform after the distributor, so the component called `Engine` decides there;
    /// podman's component is called `Podman Engine`.
    public static func detect(version body: JSONValue) -> Product {
        let components = body["Components"]?.array ?? []
        let engine = components.first { $0["Name"]?.string?.hasSuffix("Engine") ?? false } ?? components.first
        let label = engine?["Name"]?.string ?? body["Platform"]?["Name"]?.string ?? "unknown"
        let version = engine?["Version"]?.string ?? body["Version"]?.string ?? ""
        let lower = label.lowercased()
        if lower.contains("podman") { return Product(name: "podman", version: version) }
        if lower == "engine" || lower.contains("docker") { return Product(name: "docker", version: version) }
        let words = lower.split { !$0.isLetter && !$0.isNumber }.filter { $0 != "engine" }
        return Product(name: words.isEmpty ? "unknown" : words.joined(separator: "-"), version: version)
    }
}

/// What holds for a whole run, known before the first case starts.
public struct RunDescription: Sendable, Hashable {
    /// The endpoint as a URL.
    public var endpoint: String
    /// The product behind it.
    public var product: Product
    /// The negotiated API version, e.g. `1.51`.
    public var api: String
    /// `api` or `cli`.
    public var driver: String
    /// How many cases will be judged.
    public var cases: Int
    /// How many run at once.
    public var jobs: Int
    /// The seed of the order.
    public var seed: UInt64
    /// The expectation file in force, for the closing lines.
    public var expectations: String?
    /// The version of the suite.
    public var suite: String
    /// How to name the endpoint in a command to type again, e.g. `--host unix:///run/docker.sock`; empty for a private one.
    public var hostOptions: String

    /// A description from its parts.
    public init(
        endpoint: String, product: Product, api: String, driver: String, cases: Int, jobs: Int, seed: UInt64,
        expectations: String?, suite: String, hostOptions: String
    ) {
        self.endpoint = endpoint
        self.product = product
        self.api = api
        self.driver = driver
        self.cases = cases
        self.jobs = jobs
        self.seed = seed
        self.expectations = expectations
        self.suite = suite
        self.hostOptions = hostOptions
    }
}

extension RunDescription {
    /// How the run was made, as reports head their results.
    var circumstances: [(name: String, value: String)] {
        [("API", api), ("driver", driver), ("endpoint", endpoint), ("jobs", String(jobs)), ("seed", String(seed))]
    }
}

/// The end of a run: counts, time, what was left behind.
public struct RunSummary: Sendable, Hashable {
    /// How many cases got each verdict.
    public var counts: [Verdict: Int]
    /// Wall-clock time of the run.
    public var duration: Duration
    /// Objects of this run that could not be removed, e.g. `container 4f1c… (drydock-…-web)`, and kinds of object of which
    /// nobody knows because they could not be listed.
    public var leftovers: [String]
    /// Whether a signal ended the run early.
    public var interrupted: Bool
    /// Expectation entries that matched no case or no longer apply.
    public var unusedExpectations: [String]

    /// The summary of these results.
    public init(
        results: [CaseResult], duration: Duration, leftovers: [String] = [], interrupted: Bool = false,
        unusedExpectations: [String] = []
    ) {
        counts = results.reduce(into: [:]) { $0[$1.verdict, default: 0] += 1 }
        self.duration = duration
        self.leftovers = leftovers
        self.interrupted = interrupted
        self.unusedExpectations = unusedExpectations
    }

    /// How many cases got this verdict.
    public func count(_ verdict: Verdict) -> Int { counts[verdict] ?? 0 }

    /// The exit code: 2 where the harness erred or was interrupted, 1 where a case is not as expected or something was
    /// left behind, 0 otherwise.
    ///
    /// - Parameter allowsUnexpectedPass: whether a case that passes against its expectation is accepted.
    public func exit(allowsUnexpectedPass: Bool = false) -> CheckExit {
        if interrupted || count(.error) > 0 { return .harness }
        let departs = Verdict.allCases.contains { verdict in
            !verdict.isAsExpected && !(verdict == .xpass && allowsUnexpectedPass) && count(verdict) > 0
        }
        return departs || !leftovers.isEmpty ? .departure : .asExpected
    }
}
