import ArgumentParser
import Conformance
import FixtureImages
import FixtureRegistry
import OCI

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
/// `drydock fixtures`.
struct FixturesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fixtures",
        abstract: "Build the fixture images of the scenarios, and hand them out.",
        subcommands: [Build.self, List.self, Archive.self, Serve.self, Plan.self, Assemble.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The images that were built, one a line.")
        @OptionGroup var cache: FixtureCache

        func run() throws {
            try reporting {
                for name in try FixtureCatalog(opening: cache.folder).names { Console.output("\(name)\n") }
            }
        }
    }

    struct Archive: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "archive", abstract: "Write an image as a file for `docker load`.")
        @Argument(help: "The image, for example nginx:latest.")
        var image: String
        @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
        var output: String
        @Option(help: ArgumentHelp("The reference it gets; its own name unless given.", valueName: "reference"))
        var tag: String?
        @Option(help: ArgumentHelp("The case it is labelled for.", valueName: "case"))
        var `case` = "manual"
        @OptionGroup var cache: FixtureCache

        func run() throws {
            try reporting {
                let catalog = try FixtureCatalog(opening: cache.folder)
                let own = try catalog.caseImage(image, for: CaseIdentity(case: `case`, run: "manual"))
                let temporary = "\(output).new"
                try own.archive(tags: [tag ?? own.name], in: catalog).write(to: FileSink(File(creating: temporary)))
                try File.rename(temporary, to: output)
                Console.output("\(tag ?? own.name) \(own.id)\n")
            }
        }
    }

    struct Serve: ParsableCommand, AsyncRunnable {
        static let configuration = CommandConfiguration(
            commandName: "serve",
            abstract: "Serve the images from a registry on loopback until interrupted.")
        @Option(help: ArgumentHelp("The port; 0 takes a free one.", valueName: "port"))
        var port = 0
        @OptionGroup var cache: FixtureCache

        var faultCode: Int32 { CheckExit.harness.rawValue }
        var interruption: Interruption { .exit }

        func execute() async throws -> Int32 {
            let catalog = try FixtureCatalog(opening: cache.folder)
            let registry = try await FixtureRegistry.start(.init(catalog: catalog, run: "manual", port: port))
            Console.output(
                "registry \(registry.address)\nbasic    \(registry.basicAddress)\nbearer   \(registry.bearerAddress)\n")
            // Serves until a signal ends the process.
            let (endless, end) = AsyncStream.makeStream(of: Void.self)
            for await _ in endless {}
            end.finish()
            await registry.shutdown()
            return CheckExit.asExpected.rawValue
        }
    }
}

/// The option that says where built images are kept.
struct FixtureCache: ParsableArguments {
    @Option(
        name: .customLong("folder"),
        help: ArgumentHelp("The cache folder of the fixture images.", valueName: "folder"))
    var folder = FixtureCatalog.defaultFolder(environment: ProcessInfo.processInfo.environment)
}
