import DockerAPI
import DockerClient
import Scenario

/// A whole run: meets the endpoint, replays the cases, cleans up, reports.
public struct CheckRun: Sendable {
    private var engine: Engine
    private let options: CheckOptions
    private let documents: [ScenarioDocument]
    private let identity = RunIdentity.fresh()
    private let suite: String
    private let screen: FileStream?

    /// Meets the endpoint.
    ///
    /// - Throws: `DockerClientError` or `EngineError` where it cannot be judged.
    public init(
        client: DockerClient, documents: [ScenarioDocument], options: CheckOptions, suite: String
    ) async throws {
        try await self.init(
            client: client, documents: documents, options: options, suite: suite,
            // Standard output is the report's where a report asks for it.
            screen: options.reports.contains { $0.path == "-" } ? .standardError : .standardOutput)
    }

    /// - Parameter screen: where a person reads along; `nil` for nobody.
    init(
        client: DockerClient, documents: [ScenarioDocument], options: CheckOptions, suite: String, screen: FileStream?
    ) async throws {
        self.screen = screen
        engine = try await Engine.meet(client)
        self.documents = documents
        self.options = options
        self.suite = suite
    }

    /// Replays all cases. Cancelling the task starts no further case, ends those under way, and cleans up.
    ///
    /// - Throws: `ExpectationFileError`, `ReportError`, and what keeps a run from starting.
    public func run() async throws -> RunSummary { try await judge().summary }

    /// A run whose cases talk to the daemon through something that stands before it.
    func through(_ judged: DockerClient) -> CheckRun {
        var run = self
        run.engine.judged = judged
        return run
    }

    /// As `run`, with the result of each case.
    ///
    /// - Parameter ordered: whether the cases are begun in the order given, in place of one that follows from the seed.
    func judge(ordered: Bool = false) async throws -> (results: [CaseResult], summary: RunSummary) {
        let started = ContinuousClock.now
        let expectations = try self.expectations()
        let seed = options.seed ?? UInt64.random(in: 0..<10_000)
        let workspace = try Workspace.make(run: identity.run)
        defer { Workspace.remove(workspace) }
        let images = try await FixtureSupply.make(engine: engine, identity: identity, options: options.images)
        let jobs = max(1, options.jobs)
        let selected = documents.filter { options.exclusive || !$0.frontMatter.exclusive }
        let description = RunDescription(
            endpoint: "\(engine.client.configuration.endpoint)", product: engine.product, api: "\(engine.version)",
            driver: options.driver.name, cases: selected.count, jobs: jobs, seed: seed,
            expectations: expectations.file, suite: suite, hostOptions: options.hostOptions)
        let reporter = try RunReporter(
            run: description, options: options, cases: selected.map { JudgedCase($0) }, screen: screen)
        await reporter.begin()
        let needs = await needs(of: selected, images)
        let runner = CaseRunner(
            engine: engine, driver: try drivers(workspace: workspace), identity: identity,
            needs: needs, images: images, workspace: workspace,
            timeout: options.timeout, keepsTranscript: options.verbose || options.records, records: options.records)
        let scheduler = Scheduler(
            runner: runner, options: options, expectations: expectations, reporter: reporter, jobs: jobs)
        let judged = await scheduler.run(ordered ? selected : Self.order(selected, seed: seed))
        let leftovers = await Task { await sweep(images) }.value
        let summary = RunSummary(
            results: judged, duration: .now - started, leftovers: leftovers.descriptions,
            interrupted: Task.isCancelled,
            unusedExpectations: expectations.unused(among: options.caseIDs ?? documents.map(\.id)).map {
                "\($0.cases.pattern) (line \($0.line))"
            })
        try await reporter.end(summary)
        if options.updatesExpectations, case .folder(let folder) = options.expectations {
            let path = "\(folder)/\(engine.product).yaml"
            try ExpectationFile.write(
                ExpectationFile.skeleton(product: engine.product, results: judged, keeping: expectations), to: path)
        }
        return (judged, summary)
    }

    /// What the endpoint has of what these cases need; probed only for needs that occur.
    private func needs(of selected: [ScenarioDocument], _ images: any ImageSupply) async -> NeedCheck {
        var needs = NeedCheck(engine: engine, hasRegistry: images.hasRegistry)
        let occurring = Set(selected.flatMap(\.frontMatter.needs))
        let probe = ContainerProbe(engine: engine, identity: identity, images: images)
        if occurring.contains(.feature("privileged")) { needs.privilegeRefusal = await PrivilegeProbe.refusal(probe) }
        if occurring.contains(.publishedPorts) {
            needs.portsRefusal = await PortProbe(probe: probe, address: needs.publishedAddress).refusal()
        }
        return needs
    }

    /// Cases that see the whole daemon come last, one by one; the others in an order that follows from the seed, but
    /// those with a longer limit first, so that no long one runs on alone when all others have ended.
    static func order(_ documents: [ScenarioDocument], seed: UInt64) -> [ScenarioDocument] {
        var generator = SeededGenerator(seed: seed)
        let shuffled = documents.sorted { $0.id < $1.id }.shuffled(using: &generator)
            .enumerated()
            .sorted { ($1.element.frontMatter.timeout, $0.offset) < ($0.element.frontMatter.timeout, $1.offset) }
            .map(\.element)
        return shuffled.filter { !$0.frontMatter.exclusive } + shuffled.filter(\.frontMatter.exclusive)
    }

    private func sweep(_ images: any ImageSupply) async -> Sweeper.Findings {
        let left = await Sweeper(client: engine.client).sweep(.run(identity.run))
        await images.shutdown()
        return left
    }

    private func drivers(workspace: String) throws -> @Sendable (Transcript) -> any CommandDriver {
        let client = engine.judged
        let base = CommandEnvironment.base(home: workspace)
        switch options.driver {
        case .api: return { APIDriver(client: client.withObserver($0), environment: base) }
        case .cli(let executable):
            let environment = base.merging(options.endpointEnvironment) { $1 }
                .merging(["DOCKER_CONFIG": try Workspace.dockerConfiguration(in: workspace)]) { $1 }
            let usesTLS = client.configuration.tls != nil || client.configuration.endpoint.usesTLS
            let isUnix = if case .unix = client.configuration.endpoint.transport { true } else { false }
            let relayed = usesTLS && !isUnix ? nil : client.configuration.endpoint
            return { transcript in
                CLIDriver(
                    executable: executable, environment: environment, relayed: relayed, sockets: workspace,
                    transcript: transcript)
            }
        }
    }

    private func expectations() throws(ExpectationFileError) -> ExpectationSet {
        let path: String
        switch options.expectations {
        case .none: return .none
        case .file(let file): path = file
        case .folder(let folder):
            path = "\(folder)/\(engine.product).yaml"
            guard ExpectationFile.exists(path) else { return .none }
        }
        let transport = if case .unix = engine.client.configuration.endpoint.transport { "unix" } else { "tcp" }
        return ExpectationSet(
            file: path, entries: try ExpectationFile.read(path: path), driver: options.driver.name, transport: transport
        )
    }
}
