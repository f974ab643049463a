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
        help: ArgumentHelp(
            "An endpoint, NAME=URL or URL; NAME@STORAGE=URL for workloads of that storage. May be repeated.",
            valueName: "name=url"))
    var host: [String] = []
    @Option(
        help: ArgumentHelp("The program that measures the machine's floor; see benchmarks/floor.", valueName: "file"))
    var floor: String?
    @Option(
        name: .customLong("floor-root"),
        help: ArgumentHelp("A folder with the unpacked probe image, for the floor and --oci.", valueName: "folder"))
    var floorRoot: String?
    @Option(
        help: ArgumentHelp("A bare OCI runtime, crun=/usr/bin/crun; may be repeated.", valueName: "name=file"))
    var oci: [String] = []
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
    @Option(help: ArgumentHelp("Fewer samples, from 10, where they take longer than this.", valueName: "seconds"))
    var time = 60
    @Option(help: ArgumentHelp("Turns of a second in which several clients run.", valueName: "number"))
    var turns = 6
    @Flag(help: "Leave out several clients and resident containers.")
    var quick = false
    @Option(
        help: ArgumentHelp(
            "Write a report: ndjson (raw samples; FILE.gz compresses), json, markdown, html or picture (SVG); FILE may "
                + "be - for standard output.",
            valueName: "kind=file"))
    var report: [String] = []
    @Option(
        help: ArgumentHelp(
            "Raw samples of another run that belong in the same reports; without endpoints only reports are made. May "
                + "be repeated.",
            valueName: "file"))
    var merge: [String] = []
    @Option(help: ArgumentHelp("Whom the others are compared with; the first docker unless given.", valueName: "name"))
    var baseline: String?
    @Option(help: ArgumentHelp("Whose targets are judged; drydock unless given.", valueName: "name"))
    var subject: String?
    @Option(help: ArgumentHelp("Raw samples of an earlier run to compare with.", valueName: "file"))
    var compare: String?
    @Option(help: ArgumentHelp("How much worse than that is allowed: 10%.", valueName: "percent"))
    var maxRegress = "10%"

    func validate() throws {
        guard samples > 0, warmUp >= 0 else {
            throw ValidationError("--samples must be 1 or more, --warm-up 0 or more")
        }
        guard allowed != nil else { throw ValidationError("--max-regress takes a percentage: 10%") }
        guard (floor == nil) == (floorRoot == nil) else {
            throw ValidationError("--floor and --floor-root belong together")
        }
        for text in report where Self.pair(text).flatMap({ BenchReport(rawValue: $0.0) }) == nil {
            throw ValidationError(
                "--report \(text): say KIND=FILE with \(BenchReport.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        for text in cli + oci where Self.pair(text) == nil { throw ValidationError("\(text): say NAME=WORDS") }
        guard oci.isEmpty || floorRoot != nil else { throw ValidationError("--oci needs --floor-root") }
        guard time > 0, turns > 0 else { throw ValidationError("--time and --turns must be 1 or more") }
    }

    var faultCode: Int32 { 2 }
    var interruption: Interruption { .cancel(saying: "interrupted: removing what this run has made\n") }

    func execute() async throws -> Int32 {
        var result: BenchmarkResult?
        for path in merge {
            let other = try RawData.result(in: try BenchReport.text(of: path))
            result = result?.merged(with: other) ?? other
        }
        if !host.isEmpty || floor != nil {
            let own = try await measure()
            result = result?.merged(with: own) ?? own
        }
        guard let result else {
            throw Fault(
                description:
                    "no endpoint to measure: name one with --host, e.g. --host docker=unix:///var/run/docker.sock")
        }
        let summary = BenchmarkSummary(
            result, roles: Roles(result.endpoints.map(\.name), baseline: baseline, subject: subject))
        if !report.contains(where: { $0.hasSuffix("=-") }) { Console.output(TextTable(summary).text) }
        for (kind, path) in report.compactMap(Self.pair) { try BenchReport(rawValue: kind)?.write(summary, to: path) }
        return try judge(result)
    }

    private func measure() async throws -> BenchmarkResult {
        let chosen = try chosenWorkloads()
        let environment = ProcessInfo.processInfo.environment
        let cache = FixtureCatalog.defaultFolder(environment: environment)
        let images = try await FixtureBenchmarkImages.start(
            FixtureCatalog(opening: cache), images: Set(chosen.map(\.image)), cache: "\(cache)/../benchmark")
        do {
            let samplers = try await endpoints(images)
            var options = BenchmarkOptions()
            options.samples = samples
            options.warmUp = warmUp
            options.variantLimit = .seconds(time)
            options.turns = turns
            let progress = Self.progress()
            let result = try await BenchmarkRun(chosen, on: samplers, options: options).run(progress: progress)
            progress("", 0, 0)
            await images.shutdown()
            return result
        } catch {
            await images.shutdown()
            throw error
        }
    }

    /// On a terminal a line that moves; elsewhere one line for each thing that is measured.
    private static func progress() -> BenchmarkRun.Progress {
        let isTerminal = isatty(STDERR_FILENO) == 1
        return { what, done, of in
            if isTerminal {
                Console.error(what.isEmpty ? "\r\u{1B}[K" : "\r\u{1B}[K\(what)  \(done)/\(of)")
            } else if done == 0, !what.isEmpty {
                Console.error("\(what)\n")
            }
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
        return chosen.compactMap { workload in
            var workload = workload
            workload.clients = []
            workload.resident = []
            return workload.variants.isEmpty ? nil : workload
        }
    }

    private func endpoints(_ images: FixtureBenchmarkImages) async throws -> [any Sampler] {
        var samplers: [any Sampler] = []
        var calls: [String] = []
        if let floor, let floorRoot {
            samplers.append(FloorSampler(path: floor, rootFileSystem: floorRoot))
            if !oci.isEmpty { calls = try await FloorSampler.allowedCalls(path: floor) }
        }
        let lines = Dictionary(cli.compactMap(Self.pair), uniquingKeysWith: { $1 })
        for (index, text) in host.enumerated() {
            // A URL has a scheme before its first sign of equality, a name has none.
            let named = Self.pair(text).flatMap { $0.0.contains(":") ? nil : $0 }
            let (label, url) = named ?? ("endpoint \(index + 1)", text)
            let parts = label.split(separator: "@", maxSplits: 1).map(String.init)
            let name = parts.first ?? label
            let resolved = try EndpointResolver(options: .init(host: url)).resolve()
            samplers.append(
                EndpointSampler(
                    name: name, client: try DockerClient(configuration: .init(resolved)),
                    storage: parts.count > 1 ? parts[1] : nil, images: images,
                    commandLine: (lines[name] ?? "").split(separator: " ").map(String.init)))
        }
        for (name, path) in oci.compactMap(Self.pair) {
            samplers.append(
                OCIRuntimeSampler(name: name, path: path, rootFileSystem: floorRoot ?? "", allowedCalls: calls))
        }
        return samplers
    }

    private func judge(_ result: BenchmarkResult) throws -> Int32 {
        guard result.samples.contains(where: { $0.failure == nil }) else {
            throw Fault(description: "no sample counts: \(result.samples.first?.failure ?? "none was taken")")
        }
        guard let compare, let allowed else { return 0 }
        let old = try BenchReport.text(of: compare)
        let comparison = Comparison(result.samples, against: try RawData.samples(in: old), allowed: allowed)
        guard !comparison.changes.isEmpty else {
            throw Fault(description: "\(compare) has nothing in common with this run")
        }
        for change in comparison.regressions {
            Console.output("worse: \(change.subject): \(change.words)\n")
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
