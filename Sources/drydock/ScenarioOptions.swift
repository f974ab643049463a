import ArgumentParser
import Conformance

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The options that say which scenarios are meant.
struct SelectionOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp("Ids, parts of ids (container/logs), or globs ('container/*/tail-*').", valueName: "case"))
    var cases: [String] = []

    @Option(name: .long, help: ArgumentHelp("Only cases with this tag; may be repeated.", valueName: "tag"))
    var tag: [String] = []

    @Option(name: .long, help: ArgumentHelp("Only cases of this area; may be repeated.", valueName: "area"))
    var area: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("Only cases of this level: must, should or may; may be repeated.", valueName: "level"))
    var level: [String] = []

    var selection: CaseSelection { CaseSelection(patterns: cases, tags: tag, areas: area, levels: level) }
}

/// The option that says where scenarios are.
struct FolderOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The folder of scenarios; DRYDOCK_SCENARIOS names it too. Else Conformance/scenarios here or above.",
            valueName: "folder"))
    var scenarios: String?

    func folder() throws -> String {
        try ScenarioFolder.find(
            option: scenarios, environment: ProcessInfo.processInfo.environment,
            currentDirectory: FileManager.default.currentDirectoryPath, executable: Executable.path)
    }

    /// The catalogue, every file of it well-formed.
    ///
    /// - Throws: `Fault` with all faults, a line each.
    func catalog() throws -> CaseCatalog {
        let catalog = try CaseCatalog(reading: try folder())
        guard catalog.faults.isEmpty else {
            throw Fault(description: catalog.faults.map(\.description).joined(separator: "\n"))
        }
        return catalog
    }
}

/// Where this program is.
enum Executable {
    static var path: String {
        #if os(Linux)
            if let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") { return path }
        #endif
        return CommandLine.arguments.first ?? "drydock"
    }

    /// The folder it stands in, where the build puts the probe too.
    static var folder: String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        return parts.isEmpty ? "." : parts.joined(separator: "/")
    }
}
