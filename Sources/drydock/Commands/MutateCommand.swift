import ArgumentParser
import Conformance
import DockerClient

/// `drydock mutate`.
struct MutateCommand: ParsableCommand, AsyncRunnable {
    static let configuration = CommandConfiguration(
        commandName: "mutate",
        abstract: "Prove that the suite bites: replay it on a daemon that gets one thing wrong at a time.",
        discussion: """
            A proxy stands before the endpoint and alters what goes over the wire: a field is left out, a status is \
            another, an event is swallowed, an option is ignored. For each such mutation the cases that ask for what it \
            is about are replayed until one objects. The endpoint itself has to be one that gets things right.

            Exit codes: 0 every mutation is caught; 1 one is missed, or no case asked for what it alters; 2 the \
            harness itself.
            """)

    @Argument(help: ArgumentHelp("Names, parts of names (inspect), or globs ('ps/*/missing').", valueName: "mutation"))
    var mutations: [String] = []
    @OptionGroup(title: "Endpoint") var endpoint: EndpointOptions
    @OptionGroup(title: "Scenarios") var folder: FolderOptions

    @Flag(help: "Only list the mutations.") var list = false
    @Option(
        name: .customLong("case"),
        help: ArgumentHelp("Only use these cases: an id, part of one, or a glob; may be repeated.", valueName: "case"))
    var cases: [String] = []
    @Option(
        help: ArgumentHelp(
            "Try a mutation on so many cases, those first that cover its operation, and on more while it alters nothing.",
            valueName: "number"))
    var atMost: Int?
    @Flag(help: "Go on after a case has objected, to find all that do.") var all = false
    @Option(name: .shortAndLong, help: ArgumentHelp("How many cases run at once.", valueName: "number")) var jobs = 2
    @Option(help: ArgumentHelp("The limit of a case behind the proxy.", valueName: "seconds")) var timeout = 20.0
    @Option(help: ArgumentHelp("Write the results as a Markdown page.", valueName: "file")) var markdown: String?

    var faultCode: Int32 { CheckExit.harness.rawValue }
    var interruption: Interruption { .cancel(saying: "ending the cases under way and cleaning up") }

    func validate() throws {
        if jobs < 1 { throw ValidationError("--jobs takes a number of 1 or more") }
        if timeout <= 0 { throw ValidationError("--timeout takes a number of seconds above 0") }
        if let atMost, atMost < 1 { throw ValidationError("--at-most takes a number of 1 or more") }
    }

    func execute() async throws -> Int32 {
        let selected = try Mutation.named(mutations)
        if list {
            Console.output(selected.map { MutationText.description($0) + "\n" }.joined())
            return CheckExit.asExpected.rawValue
        }
        let documents = try CaseSelection(patterns: cases).select(from: try folder.catalog())
        let resolved = try endpoint.resolve(for: "mutate")
        let client = try DockerClient(configuration: .init(resolved))
        var options = MutationOptions()
        options.jobs = jobs
        options.timeout = .seconds(timeout)
        options.casesAtMost = atMost
        options.findsAll = all
        let run = MutationRun(client: client, documents: documents, options: options)
        let results = try await run.run(selected) { Console.output(MutationText.progress($0) + "\n") }
        Console.output(MutationText.tally(results) + "\n")
        if let markdown { try MutationText.write(results, to: markdown) }
        if results.count < selected.count { return CheckExit.harness.rawValue }
        return (results.allSatisfy { $0.verdict == .caught } ? CheckExit.asExpected : .departure).rawValue
    }
}
