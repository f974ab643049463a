import ArgumentParser
import Conformance
import FixtureImages
import OCI

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

extension FixturesCommand {
    struct Build: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "build",
            abstract: "Build the images where they are absent or not of this probe and these definitions.",
            discussion: "Runs Conformance/fixtures/build, which fetches Debian packages with apt-get and needs no root."
        )
        @OptionGroup var folder: FolderOptions

        func run() throws {
            try reporting {
                let definitions = ScenarioFolder.sibling(of: try folder.folder(), named: "fixtures")
                let script = "\(definitions)/build"
                guard FileManager.default.isExecutableFile(atPath: script) else {
                    throw Fault(
                        description: "there is no \(script), which builds the fixture images. "
                            + "Run in a checkout of Drydock, or name its scenarios with --scenarios")
                }
                let tools = Executable.folder
                guard FileManager.default.isExecutableFile(atPath: "\(tools)/probe") else {
                    throw Fault(
                        description: "there is no \(tools)/probe, which the fixture images are made of. "
                            + "Build it with `make build`, or for a debug build `swift build --product probe`")
                }
                let cache = FixtureCatalog.defaultFolder(environment: ProcessInfo.processInfo.environment)
                let stamp = try BuildStamp(
                    definitions: try FixtureDefinitions(folder: definitions), programs: ["probe": "\(tools)/probe"])
                if try stamp.isCurrent(in: cache) {
                    Console.output("the fixture images in \(cache) are current\n")
                } else {
                    throw Self.become(script, ["--tools", tools])
                }
            }
        }

        /// Continues as another program, which gets this one's streams, signals and exit code; answers why it cannot.
        private static func become(_ program: String, _ arguments: [String]) -> Fault {
            var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
            words.append(nil)
            defer { for word in words { free(word) } }
            execv(program, words)
            return Fault(description: "cannot run \(program): \(String(cString: strerror(errno)))")
        }
    }

    /// For `Conformance/fixtures/build` alone.
    struct Plan: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "plan",
            abstract:
                "Print which Debian packages the layers need: LAYER, ABOVE, EXCLUDED, PACKAGES, APPLETS, a tab between.",
            shouldDisplay: false)
        @Option(help: ArgumentHelp("The folder that holds images.yaml.", valueName: "folder"))
        var definitions: String

        func run() throws {
            try reporting {
                for layer in try FixtureDefinitions(folder: definitions).layers {
                    guard let packages = layer.packages, !packages.isEmpty else { continue }
                    let excluded = (layer.exclude ?? []).joined(separator: ",")
                    let fields = [
                        layer.name, layer.above ?? "-", excluded.isEmpty ? "-" : excluded,
                        packages.joined(separator: ","), layer.applets ?? "-",
                    ]
                    Console.output(fields.joined(separator: "\t") + "\n")
                }
            }
        }
    }

    /// For `Conformance/fixtures/build` alone.
    struct Assemble: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "assemble",
            abstract: "Write the images from fetched packages.", shouldDisplay: false)
        @Option(help: ArgumentHelp("The folder that holds images.yaml.", valueName: "folder"))
        var definitions: String
        @Option(help: ArgumentHelp("The list of fetched packages.", valueName: "file"))
        var lock: String
        @Option(help: ArgumentHelp("The probe as it goes into the images.", valueName: "file"))
        var probe: String
        @Option(help: ArgumentHelp("The probe as it was built, symbols included.", valueName: "file"))
        var builtProbe: String
        @OptionGroup var cache: FixtureCache

        func run() throws {
            try reporting {
                let definitions = try FixtureDefinitions(folder: definitions)
                // Taken first: a probe that is rebuilt meanwhile makes the images stale.
                let stamp = try BuildStamp(definitions: definitions, programs: ["probe": builtProbe])
                let builder = FixtureBuilder(
                    definitions: definitions, lock: try PackageLock(path: lock), programs: ["probe": probe],
                    output: cache.folder)
                let folder = try builder.build { Console.output("\($0)\n") }
                try stamp.write(in: cache.folder)
                Console.output("\(folder)\n")
            }
        }
    }
}
