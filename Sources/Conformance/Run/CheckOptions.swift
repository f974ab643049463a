import DockerClient

/// Everything that decides how a run goes.
public struct CheckOptions: Sendable {
    /// How commands are carried out.
    public enum Driver: Sendable {
        /// In this process.
        case api
        /// By the `docker` binary at this absolute path.
        case cli(executable: String)

        /// `api` or `cli`.
        public var name: String {
            switch self {
            case .api: "api"
            case .cli: "cli"
            }
        }
    }

    /// Which expectations are in force.
    public enum Expectations: Sendable {
        /// `PRODUCT-VERSION.yaml` in this folder, where it exists.
        case folder(String)
        /// This file.
        case file(String)
        /// None.
        case none
    }

    /// The driver.
    public var driver = Driver.api
    /// How many cases run at once.
    public var jobs = 1
    /// The seed of the order; a new one where `nil`.
    public var seed: UInt64?
    /// How often each case is replayed.
    public var repeats = 1
    /// How often a case that did not pass is replayed again; then it is flaky if it passes.
    public var retries = 0
    /// The limit of each case in place of its own.
    public var timeout: Duration?
    /// Whether the run ends at the first case that is not as expected.
    public var failFast = false
    /// Whether cases that see the whole daemon are run.
    public var exclusive = false
    /// The expectations.
    public var expectations = Expectations.none
    /// The ids of all cases there are, where only some are replayed: an expectation of another case is not unused.
    public var caseIDs: [String]?
    /// Whether a pass against an expectation leaves exit code 0.
    public var allowsUnexpectedPass = false
    /// Whether the expectation file is written anew from the results.
    public var updatesExpectations = false
    /// The reports.
    public var reports: [ReportRequest] = []
    /// Whether transcripts are shown.
    public var verbose = false
    /// Whether observed output replaces what does not match in the scenario files.
    public var records = false
    /// How images are provided.
    public var images = ImageOptions()
    /// What the terminal can show.
    public var terminal = TerminalCapabilities(redraws: false, colours: false, columns: 100)
    /// The options that name the endpoint again: `--host unix:///…`.
    public var hostOptions = ""
    /// The variables that docker's CLI needs to find the endpoint.
    public var endpointEnvironment: [String: String] = [:]

    /// The defaults: one job, a new order, no expectations.
    public init() {}
}

/// Where fixture images come from.
public struct ImageOptions: Sendable {
    /// A registry and prefix to pull from in place of the built-in one: `HOST:PORT/PREFIX`.
    public var registry: String?
    /// References that stand for image names of scenarios: `nginx` to `docker.io/library/nginx:1.27`.
    public var replacements: [String: String] = [:]
    /// Where the built-in images are; the cache folder of the person where `nil`.
    public var folder: String?

    /// The built-in images unless others are named.
    public init(registry: String? = nil, replacements: [String: String] = [:], folder: String? = nil) {
        self.registry = registry
        self.folder = folder
        self.replacements = replacements
    }
}
