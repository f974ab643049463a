import DockerAPI
import DockerClient
import Scenario

/// Feeds the suite broken daemons: one that gets everything right, behind a proxy that gets one thing wrong at a time.
///
/// First all cases are replayed as they are. Those that pass, and ask for an operation that a mutation is about, are
/// then replayed through it until one objects; that one must pass once more without the mutation.
public struct MutationRun: Sendable {
    private let client: DockerClient
    private let documents: [ScenarioDocument]
    private let options: MutationOptions

    /// A run of these cases on the daemon that the client talks to.
    public init(client: DockerClient, documents: [ScenarioDocument], options: MutationOptions) {
        self.client = client
        self.documents = documents
        self.options = options
    }

    /// Tries all mutations, one after the other; ends early where the task is cancelled.
    ///
    /// - Parameter say: is told each result as it is known, and a sentence before the first.
    /// - Throws: what keeps a run from starting.
    public func run(
        _ mutations: [Mutation], say: @Sendable (MutationProgress) -> Void
    ) async throws -> [MutationResult] {
        let workspace = try Workspace.make(run: RunIdentity.fresh().run)
        defer { Workspace.remove(workspace) }
        let baseline = try await replay(documents, through: nil, failFast: false)
        let sound = baseline.filter { $0.verdict == .pass }
        say(.baseline(passed: sound.count, of: documents.count))
        var results: [MutationResult] = []
        for mutation in mutations {
            let started = ContinuousClock.now
            var result = try await attempt(mutation, workspace: workspace, sound: sound)
            result.duration = .now - started
            // What an interruption cut short says nothing.
            if Task.isCancelled { break }
            results.append(result)
            say(.result(result))
        }
        return results
    }

    private func attempt(
        _ mutation: Mutation, workspace: String, sound: [CaseResult]
    ) async throws -> MutationResult {
        var candidates = self.candidates(mutation, among: sound)
        var result = MutationResult(mutation: mutation, verdict: .idle)
        let path = "\(workspace)/mutant.sock"
        let (proxy, relay) = try MutatingProxy.listen(path: path, to: client.configuration.endpoint, as: mutation)
        defer { relay.close() }
        var configuration = client.configuration
        configuration.endpoint = try EndpointURL(parsing: relay.host)
        let mutant = try DockerClient(configuration: configuration)
        while !candidates.isEmpty, !Task.isCancelled {
            let slice = Array(candidates.prefix(options.casesAtMost ?? candidates.count))
            let judged = try await replay(slice, through: mutant, failFast: !options.findsAll)
            result.cases += judged.count
            result.altered = proxy.altered
            let objecting = judged.filter { [.fail, .timeout].contains($0.verdict) }
            for one in objecting where try await holds(one, among: slice) { result.objections.append(one) }
            guard result.objections.isEmpty else { break }
            // A case that fails by itself now says nothing: the others are tried once more without it.
            let tried = objecting.isEmpty ? slice.map(\.id) : objecting.map(\.identity.id)
            candidates.removeAll { tried.contains($0.id) }
            if objecting.isEmpty, result.altered > 0 { break }
        }
        result.verdict = result.objections.isEmpty ? (result.altered == 0 ? .idle : .missed) : .caught
        return result
    }

    /// The cases that ask for what the mutation is about, those first that cover it, then the quicker ones.
    private func candidates(_ mutation: Mutation, among sound: [CaseResult]) -> [ScenarioDocument] {
        let documents = Dictionary(self.documents.map { ($0.id, $0) }) { $1 }
        let concerned = sound.filter { result in result.operations.contains { mutation.concerns($0) } }
            .compactMap { result in
                documents[result.identity.id].map { document in
                    (
                        document, covers: document.frontMatter.covers.contains { mutation.concerns($0) },
                        result.duration
                    )
                }
            }
        let ordered = concerned.sorted { left, right in
            left.covers == right.covers ? left.2 < right.2 : left.covers
        }
        return ordered.map(\.0)
    }

    /// Whether the case passes without the mutation.
    private func holds(_ result: CaseResult, among documents: [ScenarioDocument]) async throws -> Bool {
        let alone = documents.filter { $0.id == result.identity.id }
        return try await replay(alone, through: nil, failFast: true).allSatisfy { $0.verdict == .pass }
    }

    private func replay(
        _ documents: [ScenarioDocument], through mutant: DockerClient?, failFast: Bool
    ) async throws -> [CaseResult] {
        var check = CheckOptions()
        check.jobs = options.jobs
        check.timeout = mutant == nil ? nil : options.timeout
        check.failFast = failFast
        check.images = options.images
        var run = try await CheckRun(
            client: client, documents: documents, options: check, suite: "", screen: nil)
        if let mutant { run = run.through(mutant) }
        return try await run.judge(ordered: mutant != nil).results
    }
}

/// Everything that decides how mutations are tried.
public struct MutationOptions: Sendable {
    /// How many cases run at once.
    public var jobs = 2
    /// The limit of each case that is replayed through a mutation, in place of its own.
    public var timeout = Duration.seconds(20)
    /// How many cases a mutation is tried on, and so many more while it has altered nothing; all that ask for what it
    /// is about where `nil`.
    public var casesAtMost: Int?
    /// Whether cases are replayed on after one has objected.
    public var findsAll = false
    /// How images are provided.
    public var images = ImageOptions()

    /// The defaults: two jobs, 20 s a case, all cases, until one objects.
    public init() {}
}

/// What a run of mutations has come to.
public enum MutationProgress: Sendable {
    /// How many of the cases pass without any mutation; only these are used.
    case baseline(passed: Int, of: Int)
    /// One mutation was tried.
    case result(MutationResult)
}

/// Whether the suite bit.
public struct MutationResult: Sendable {
    /// How a mutation ended.
    public enum Verdict: String, Sendable, CaseIterable {
        /// A case failed, and passes without the mutation.
        case caught
        /// Something was altered, and no case minded.
        case missed
        /// No case asked for anything that could be altered.
        case idle
    }

    /// The mutation.
    public var mutation: Mutation
    /// Whether the suite bit.
    public var verdict: Verdict
    /// How often something was altered.
    public var altered = 0
    /// How many cases were replayed to their end.
    public var cases = 0
    /// The cases that failed because of it.
    public var objections: [CaseResult] = []
    /// Wall-clock time.
    public var duration = Duration.zero
}
