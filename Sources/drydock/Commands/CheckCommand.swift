import ArgumentParser
import Conformance
import DockerClient
import Scenario

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `drydock check`.
struct CheckCommand: ParsableCommand, AsyncRunnable {
    enum DriverName: String, ExpressibleByArgument, CaseIterable { case api, cli }

    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Replay scenarios against an endpoint and say what holds.",
        discussion: """
            Without a case, all are replayed. Whatever a run makes carries the label io.drydock.run and a unique \
            name, is removed at the end, and nothing else on the daemon is touched.

            Exit codes: 0 all as expected; 1 a failure, a timeout, a flaky or unexpectedly passing case, or something \
            left behind; 2 the harness itself: a malformed scenario, no endpoint, an interrupted run.

            Ctrl-C starts no further case, cleans up, and ends with 2; a second Ctrl-C ends at once.
            """)

    @OptionGroup var selection: SelectionOptions
    @OptionGroup(title: "Endpoint") var endpoint: EndpointOptions
    @OptionGroup(title: "Scenarios") var folder: FolderOptions

    @Option(help: "Carry out commands in process (api) or with docker's own CLI (cli).")
    var driver = DriverName.api
    @Option(
        name: .customLong("docker"),
        help: ArgumentHelp("The docker binary for --driver cli; else the one in PATH.", valueName: "path"))
    var dockerPath: String?
    @Flag(name: .shortAndLong, help: "Show each case and, byte by byte with times, what goes over the wire.")
    var verbose = false
    @Flag(help: "Only show which cases would be replayed.")
    var dryRun = false
    @Option(name: .shortAndLong, help: ArgumentHelp("How many cases run at once.", valueName: "number"))
    var jobs = 2
    @Option(help: ArgumentHelp("The seed of the order, to replay a run in the same one.", valueName: "number"))
    var seed: UInt64?
    @Option(
        name: .customLong("repeat"),
        help: ArgumentHelp("Replay each case so often; different verdicts make it flaky.", valueName: "number"))
    var repeats = 1
    @Option(
        help: ArgumentHelp("Replay a failed case up to so often; one that passes then is flaky.", valueName: "number"))
    var retries = 0
    @Option(help: ArgumentHelp("The limit of each case in place of its own.", valueName: "seconds"))
    var timeout: Double?
    @Flag(help: "End at the first case that is not as expected.")
    var failFast = false
    @Flag(help: "Also replay cases that see the whole daemon: prunes without a filter, `docker rm $(docker ps -qa)`.")
    var exclusive = false
    @Flag(help: "Only remove what earlier runs have left behind.")
    var clean = false
    @Flag(help: "Write what the endpoint answers into the scenarios where it does not match.")
    var record = false
    @Option(
        help: ArgumentHelp(
            "Known departures, in place of Conformance/expectations/PRODUCT-VERSION.yaml.", valueName: "file"))
    var expectations: String?
    @Flag(help: "Take no departure as known.")
    var noExpectations = false
    @Flag(help: "Write the expectation file anew from this run; its reasons are kept.")
    var updateExpectations = false
    @Flag(help: "Accept cases that pass although a failure is expected.")
    var allowUnexpectedPass = false
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Write a report: ndjson, junit, tap or markdown; FILE may be - for standard output.", valueName: "kind=file"
        ))
    var report: [String] = []
    @Option(
        help: ArgumentHelp(
            "Pull fixture images from this registry in place of the built-in one.", valueName: "host:port/prefix"))
    var registry: String?
    @Option(
        name: .customLong("image"),
        help: ArgumentHelp("Use this reference for an image of the scenarios; may be repeated.", valueName: "name=ref"))
    var images: [String] = []
    @Option(help: "Colours: auto, always or never; NO_COLOR is heeded.")
    var color = ColourOption.auto

    enum ColourOption: String, ExpressibleByArgument, CaseIterable {
        case auto, always, never
        var choice: TerminalCapabilities.ColourChoice {
            switch self {
            case .auto: .auto
            case .always: .always
            case .never: .never
            }
        }
    }

    var faultCode: Int32 { CheckExit.harness.rawValue }
    /// The run says it itself, between the lines it draws.
    var interruption: Interruption { .cancel(saying: "") }

    func validate() throws {
        if jobs < 1 { throw ValidationError("--jobs takes a number of 1 or more") }
        if repeats < 1 { throw ValidationError("--repeat takes a number of 1 or more") }
        if retries < 0 { throw ValidationError("--retries takes a number of 0 or more") }
        if let timeout, timeout <= 0 { throw ValidationError("--timeout takes a number of seconds above 0") }
        if noExpectations, expectations != nil || updateExpectations {
            throw ValidationError("--no-expectations excludes --expectations and --update-expectations")
        }
    }

    func execute() async throws -> Int32 {
        if clean { return try await cleanUp() }
        let catalog = try folder.catalog()
        let documents = try selection.selection.select(from: catalog)
        if dryRun {
            Console.output(CatalogText.plan(documents, seed: seed, exclusive: exclusive))
            return CheckExit.asExpected.rawValue
        }
        if let resolved = try endpoint.resolveNamed() { return try await check(resolved, documents, catalog) }
        #if os(Linux)
            let daemon = try PrivateDaemon.start()
            let outcome: Result<Int32, any Error>
            do {
                outcome = .success(try await check(try daemon.endpoint(), documents, catalog, isPrivate: true))
            } catch {
                outcome = .failure(error)
            }
            try daemon.end()
            return try outcome.get()
        #else
            return try await check(try endpoint.resolve(for: "check"), documents, catalog)
        #endif
    }

    private func check(
        _ resolved: ResolvedEndpoint, _ documents: [ScenarioDocument], _ catalog: CaseCatalog, isPrivate: Bool = false
    ) async throws -> Int32 {
        var options = try options(resolved, folder: catalog.folder)
        options.caseIDs = catalog.documents.map(\.id)
        // Who replays a case again gets a new private daemon, under another name.
        options.hostOptions = isPrivate ? "" : endpoint.words(for: resolved)
        let run = try await CheckRun(
            client: try DockerClient(configuration: .init(resolved)), documents: documents, options: options,
            suite: Suite.version)
        return try await run.run().exit(allowsUnexpectedPass: allowUnexpectedPass).rawValue
    }

    private func cleanUp() async throws -> Int32 {
        let resolved = try endpoint.resolve(for: "clean")
        let left = try await Cleaner(client: try DockerClient(configuration: .init(resolved))).clean { print($0) }
        return (left == 0 ? CheckExit.asExpected : .departure).rawValue
    }

    private func options(_ resolved: ResolvedEndpoint, folder: String) throws -> CheckOptions {
        let environment = ProcessInfo.processInfo.environment
        var options = CheckOptions()
        options.jobs = record ? 1 : jobs
        options.seed = seed
        options.repeats = repeats
        options.retries = retries
        options.timeout = timeout.map { .seconds($0) }
        options.failFast = failFast
        options.exclusive = exclusive
        options.verbose = verbose
        options.records = record
        options.allowsUnexpectedPass = allowUnexpectedPass
        options.updatesExpectations = updateExpectations
        options.images = try imageOptions()
        options.terminal = .standardOutput(color.choice, environment: environment)
        for text in report { options.reports.append(try ReportRequest(parsing: text)) }
        if noExpectations {
            options.expectations = .none
        } else if let expectations {
            options.expectations = .file(expectations)
        } else {
            options.expectations = .folder(ScenarioFolder.sibling(of: folder, named: "expectations"))
        }
        if driver == .cli {
            options.driver = .cli(executable: try DockerBinary.find(dockerPath, environment: environment))
            options.endpointEnvironment = DockerBinary.environment(endpoint, resolved, environment)
        }
        return options
    }

    private func imageOptions() throws -> ImageOptions {
        var replacements: [String: String] = [:]
        for text in images {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw Fault(description: "--image takes NAME=REF, e.g. nginx=docker.io/library/nginx:1.27; got \(text)")
            }
            replacements[parts[0]] = parts[1]
        }
        return ImageOptions(registry: registry, replacements: replacements)
    }
}
