import Foundation
import Testing

/// Goal: the house of ARCHITECTURE.md stands as drawn. Method: read the package description and every import line.
@Suite struct ImportRules {
    let tree = SourceTree()

    /// Which of our own modules each module may import.
    static let allowed: [String: Set<String>] = [
        "RawJSON": [],
        "DockerAPI": ["RawJSON"],
        "OCI": ["RawJSON", "CZlib"],
        "Scenario": ["RawJSON"],
        "EventLoopExecution": [],
        "DockerClient": ["DockerAPI", "RawJSON"],
        "DockerCommand": ["DockerClient", "DockerAPI", "RawJSON", "OCI"],
        "FixtureImages": ["OCI", "RawJSON"],
        "FixtureRegistry": ["FixtureImages", "OCI", "RawJSON"],
        "Conformance": [
            "Scenario", "DockerCommand", "DockerClient", "DockerAPI", "FixtureImages", "FixtureRegistry", "OCI",
            "RawJSON",
        ],
        "StartupBenchmark": [
            "DockerClient", "DockerAPI", "EventLoopExecution", "RawJSON", "FixtureImages", "FixtureRegistry", "OCI",
        ],
        "probe": ["CProbe"],
        "drydock": [
            "StartupBenchmark", "Conformance", "Scenario", "DockerCommand", "DockerClient", "DockerAPI",
            "FixtureImages", "FixtureRegistry", "OCI", "EngineHTTP", "Engine", "CLinux",
        ],
        "LinuxKernel": ["CLinux", "CLibcap", "CSeccomp", "RawJSON"],
        "BridgeNetwork": ["LinuxKernel", "CLinux", "RawJSON"],
        "RegistryClient": ["OCI", "RawJSON", "DockerAPI"],
        "ImageStore": ["RegistryClient", "OCI", "RawJSON", "DockerAPI", "CLinux", "CISAL", "CZstd"],
        "Engine": [
            "LinuxKernel", "BridgeNetwork", "ImageStore", "RegistryClient", "ShimProtocol", "CLinux", "OCI", "RawJSON",
        ],
        "EngineHTTP": [
            "Engine", "BridgeNetwork", "ImageStore", "RegistryClient", "OCI", "DockerAPI", "EventLoopExecution",
            "RawJSON",
        ],
        "drydock-shim": ["CLinux", "CLibcap", "ShimProtocol"],
    ]

    /// The half that knows containers; the judge may not see it.
    static let linuxHalf: Set<String> = [
        "LinuxKernel", "Engine", "EngineHTTP", "BridgeNetwork", "ImageStore", "RegistryClient", "ShimProtocol",
        "CLinux",
        "CLibcap", "CSeccomp", "CISAL", "CZstd", "drydock-shim",
    ]

    /// Modules that must do no I/O, and what they may therefore not import.
    static let pure: Set<String> = ["RawJSON", "DockerAPI", "Scenario"]

    @Test func everyModuleHasARule() throws {
        let unknown = try tree.modules.filter { Self.allowed[$0] == nil && !Self.linuxHalf.contains($0) }
        #expect(unknown == [], "a new module needs a line in ImportRules.allowed and its place in ARCHITECTURE.md")
    }

    @Test(arguments: ImportRules.allowed.keys.sorted()) func importsOnlyWhatItMay(module: String) throws {
        let own = Set(Self.allowed.keys).union(Self.linuxHalf).union(["CZlib", "CProbe"])
        let permitted = try #require(Self.allowed[module])
        for (file, imported) in try tree.imports(of: module) where own.contains(imported) {
            #expect(permitted.contains(imported), "\(file) imports \(imported)")
        }
    }

    @Test func theJudgeNeverImportsTheJudged() throws {
        for module in try tree.modules where !Self.linuxHalf.contains(module) && module != "drydock" {
            for (file, imported) in try tree.imports(of: module) {
                #expect(!Self.linuxHalf.contains(imported), "\(file) imports \(imported) of the Linux half")
            }
        }
    }

    @Test(arguments: ImportRules.pure.sorted()) func pureModulesDoNoInputOrOutput(module: String) throws {
        for (file, imported) in try tree.imports(of: module) {
            #expect(!imported.hasPrefix("NIO"), "\(file) imports \(imported)")
            #expect(!["Glibc", "Musl", "Darwin", "Dispatch"].contains(imported), "\(file) imports \(imported)")
        }
    }

    @Test func thePackageDeclaresTheSameEdges() throws {
        let declared = try tree.declaredDependencies()
        #expect(declared.count > 8, "the package description was not read")
        for (module, permitted) in Self.allowed {
            guard let dependencies = declared[module] else { continue }
            let ours = dependencies.intersection(Set(Self.allowed.keys).union(Self.linuxHalf))
            #expect(ours.isSubset(of: permitted), "\(module) depends on \(ours.subtracting(permitted).sorted())")
        }
    }
}
