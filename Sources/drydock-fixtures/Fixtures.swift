import ArgumentParser
import FixtureImages
import FixtureRegistry
import OCI

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

@main
struct Fixtures: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drydock-fixtures", abstract: "Build the fixture images and hand them out.",
        subcommands: [Plan.self, Build.self, List.self, Archive.self, Serve.self])
}

struct FolderOption: ParsableArguments {
    @Option(help: "The cache folder of the fixture images.")
    var folder = FixtureCatalog.defaultFolder(environment: ProcessInfo.processInfo.environment)
}

struct Plan: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Print which Debian packages the layers need: LAYER, ABOVE, EXCLUDED, PACKAGES, APPLETS, a tab between.")
    @Option(help: "The folder that holds images.yaml.")
    var definitions: String

    func run() throws {
        for layer in try FixtureDefinitions(folder: definitions).layers {
            guard let packages = layer.packages, !packages.isEmpty else { continue }
            let excluded = (layer.exclude ?? []).joined(separator: ",")
            print(
                layer.name, layer.above ?? "-", excluded.isEmpty ? "-" : excluded, packages.joined(separator: ","),
                layer.applets ?? "-", separator: "\t")
        }
    }
}

struct Build: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Build the images from fetched packages.")
    @Option(help: "The folder that holds images.yaml.")
    var definitions: String
    @Option(help: "The list of fetched packages.")
    var lock: String
    @Option(help: ArgumentHelp("A program for the images.", valueName: "name=path"))
    var program: [String] = []
    @OptionGroup var cache: FolderOption

    func run() throws {
        var programs: [String: String] = [:]
        for pair in program {
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw ValidationError("--program \(pair) is not NAME=PATH") }
            programs[parts[0]] = parts[1]
        }
        let builder = FixtureBuilder(
            definitions: try FixtureDefinitions(folder: definitions), lock: try PackageLock(path: lock),
            programs: programs, output: cache.folder)
        print(try builder.build { print($0) })
    }
}

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the images that were built.")
    @OptionGroup var cache: FolderOption

    func run() throws {
        for name in try FixtureCatalog(opening: cache.folder).names { print(name) }
    }
}

struct Archive: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Write an image as a file for `docker load`.")
    @Argument(help: "The image, for example nginx:latest.")
    var image: String
    @Option(help: "The file to write.")
    var output: String
    @Option(help: "The reference it gets; its own name unless given.")
    var tag: String?
    @Option(help: "The case it is labelled for.")
    var `case` = "manual"
    @OptionGroup var cache: FolderOption

    func run() throws {
        let catalog = try FixtureCatalog(opening: cache.folder)
        let own = try catalog.caseImage(image, for: CaseIdentity(case: `case`, run: "manual"))
        let temporary = "\(output).new"
        try own.archive(tags: [tag ?? own.name], in: catalog).write(to: FileSink(File(creating: temporary)))
        try File.rename(temporary, to: output)
        print("\(tag ?? own.name) \(own.id)")
    }
}

struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve the images until interrupted.")
    @Option(help: "The port; 0 takes a free one.")
    var port = 0
    @OptionGroup var cache: FolderOption

    func run() throws {
        let configuration = FixtureRegistry.Configuration(
            catalog: try FixtureCatalog(opening: cache.folder), run: "manual", port: port)
        Task {
            do {
                let registry = try await FixtureRegistry.start(configuration)
                print(
                    "registry \(registry.address)\nbasic    \(registry.basicAddress)\nbearer   \(registry.bearerAddress)"
                )
                fflush(nil)
            } catch {
                Self.exit(withError: error)
            }
        }
        while true { pause() }
    }
}
