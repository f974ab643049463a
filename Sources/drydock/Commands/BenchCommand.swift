import ArgumentParser
import DockerClient
import FixtureImages
import StartupBenchmark

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `drydock bench`.
struct BenchCommand: ParsableCommand, AsyncRunnable {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure where the time goes between a request and a container's first instruction.",
        discussion: """
            Any number of endpoints is measured in turn, sample by sample, so that whatever drifts, drifts for all. \
            Figures are milliseconds; ratios are medians over the first endpoint's, with the bounds that 95 of 100 \
            resamplings keep.

            A sample counts only if the container did what it should; those that do not are shown.

            Exit codes: 0 measured; 1 a regression against --compare; 2 nothing could be measured.
            """)

    @Option(
        name: [.customShort("H"), .long],
        help: ArgumentHelp("An endpoint, NAME=URL or URL; may be repeated.", valueName: "name=url"))
    var host: [String] = []
    @Option(
        help: ArgumentHelp("The program that measures the machine's floor; see benchmarks/floor.", valueName: "file"))
    var floor: String?
    @Option(
        name: .customLong("floor-root"),
        help: ArgumentHelp("A folder with the unpacked probe image for the floor.", valueName: "folder"))
    var floorRoot: String?
    @Option(
        help: ArgumentHelp(
            "The words of a docker command line for an endpoint, NAME=WORDS; measured by workloads of that kind.",
            valueName: "name=words"))
    var cli: [String] = []
    @Option(help: ArgumentHelp("The folder of workloads.", valueName: "folder"))
    var workloads = "benchmarks/workloads"
    @Option(name: .shortAndLong, help: ArgumentHelp("Only these workloads; may be repeated.", valueName: "id"))
    var workload: [String] = []
    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("Samples of each.", valueName: "number"))
    var samples = 100
    @Option(help: ArgumentHelp("Samples before them that do not count.", valueName: "number"))
    var warmUp = 5
    @Flag(help: "Leave out several clients and resident containers.")
    var quick = false
    @Option(
        help: ArgumentHelp(
            "Write a report: ndjson (raw samples), json, markdown or html; FILE may be - for standard output.",
            valueName: "kind=file"))
    var report: [String] = []
    @Option(help: ArgumentHelp("Raw samples of an earlier run to compare with.", valueName: "file"))
    var compare: String?
    @Option(help: ArgumentHelp("How much slower than that is allowed: 10%.", valueName: "percent"))
    var maxRegress = "10%"

    func validate() throws {
        guard samples > 0, warmUp >= 0 else {
            throw ValidationError("--samples must be 1 or more, --warm-up 0 or more")
        }
        guard allowed != nil else { throw ValidationError("--max-regress takes a percentage: 10%") }
        guard (floor == nil) == (floorRoot == nil) else {
            throw ValidationError("--floor and --floor-root belong together")
        }
        for text in report
        where Self.pair(text) == nil || !["ndjson", "json", "markdown", "html"].contains(Self.pair(text)?.0) {
            throw ValidationError("--report \(text): say ndjson=FILE, json=FILE, markdown=FILE or html=FILE")
        }
        for text in cli where Self.pair(text) == nil { throw ValidationError("--cli \(text): say NAME=WORDS") }
    }

    var faultCode: Int32 { 2 }
    var interruption: Interruption { .cancel(saying: "interrupted: removing what this run has made\n") }

    func execute() async throws -> Int32 {
        let chosen = try chosenWorkloads()
        let images = try await FixtureBenchmarkImages.start(
            FixtureCatalog(
                opening: FixtureCatalog.defaultFolder(environment: ProcessInfo.processInfo.environment)))
        do {
            let samplers = try endpoints(images)
            var options = BenchmarkOptions()
            options.samples = samples
            options.warmUp = warmUp
            let isTerminal = isatty(STDERR_FILENO) == 1
            let result = try await BenchmarkRun(chosen, on: samplers, options: options).run { what, done, of in
                if isTerminal { Console.error("\r\u{1B}[K\(what)  \(done)/\(of)") }
            }
            if isTerminal { Console.error("\r\u{1B}[K") }
            try write(result)
            await images.shutdown()
            return try judge(result)
        } catch {
            await images.shutdown()
            throw error
        }
    }

    private func chosenWorkloads() throws -> [Workload] {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: workloads) } catch {
            throw Fault(description: "no workloads in \(workloads): name their folder with --workloads")
        }
        let files = names.filter { $0.hasSuffix(".yaml") }.sorted()
        let all = try files.map { file in
            try WorkloadFile.parse(
                String(contentsOfFile: "\(workloads)/\(file)", encoding: .utf8), id: String(file.dropLast(5)))
        }
        for id in workload where !all.contains(where: { $0.id == id }) {
            throw Fault(description: "there is no workload \(id); there are \(all.map(\.id).joined(separator: ", "))")
        }
        let chosen = workload.isEmpty ? all : all.filter { workload.contains($0.id) }
        guard quick else { return chosen }
        return chosen.map { workload in
            var workload = workload
            workload.clients = [1]
            workload.resident = [0]
            return workload
        }
    }

    private func endpoints(_ images: FixtureBenchmarkImages) throws -> [any Sampler] {
        var samplers: [any Sampler] = []
        if let floor, let floorRoot { samplers.append(FloorSampler(path: floor, rootFileSystem: floorRoot)) }
        let lines = Dictionary(cli.compactMap(Self.pair), uniquingKeysWith: { $1 })
        for (index, text) in host.enumerated() {
            // A URL has a scheme before its first sign of equality, a name has none.
            let named = Self.pair(text).flatMap { $0.0.contains(":") ? nil : $0 }
            let (name, url) = named ?? ("endpoint \(index + 1)", text)
            let resolved = try EndpointResolver(options: .init(host: url)).resolve()
            samplers.append(
                EndpointSampler(
                    name: name, client: try DockerClient(configuration: .init(resolved)), images: images,
                    commandLine: (lines[name] ?? "").split(separator: " ").map(String.init)))
        }
        guard !host.isEmpty || floor != nil else {
            throw Fault(
                description:
                    "no endpoint to measure: name one with --host, e.g. --host docker=unix:///var/run/docker.sock")
        }
        return samplers
    }

    private func write(_ result: BenchmarkResult) throws {
        if !report.contains(where: { $0.hasSuffix("=-") }) { Console.output(TextTable(result).text) }
        for (kind, path) in report.compactMap(Self.pair) {
            let text =
                switch kind {
                case "ndjson": RawData.text(of: result)
                case "json": RawData.summary(of: result).text() + "\n"
                case "markdown": TextTable(result).markdown
                default: Page(result).html
                }
            if path == "-" {
                Console.output(text)
            } else {
                try text.write(toFile: path, atomically: true, encoding: .utf8)
            }
        }
    }

    private func judge(_ result: BenchmarkResult) throws -> Int32 {
        guard result.samples.contains(where: { $0.failure == nil }) else {
            throw Fault(description: "no sample counts: \(result.samples.first?.failure ?? "none was taken")")
        }
        guard let compare, let allowed else { return 0 }
        let old: String
        do { old = try String(contentsOfFile: compare, encoding: .utf8) } catch {
            throw Fault(description: "\(compare) cannot be read: \(error)")
        }
        let comparison = Comparison(result.samples, against: try RawData.samples(in: old), allowed: allowed)
        guard !comparison.changes.isEmpty else {
            throw Fault(description: "\(compare) has nothing in common with this run")
        }
        for change in comparison.regressions {
            Console.output("slower: \(change.subject): \(change.ratio)\n")
        }
        return comparison.regressions.isEmpty ? 0 : 1
    }

    private var allowed: Double? {
        let digits = maxRegress.hasSuffix("%") ? maxRegress.dropLast() : maxRegress[...]
        return Double(digits).flatMap { $0 >= 0 ? $0 / 100 : nil }
    }

    private static func pair(_ text: String) -> (String, String)? {
        guard let sign = text.firstIndex(of: "=") else { return nil }
        return (String(text[..<sign]), String(text[text.index(after: sign)...]))
    }
}
