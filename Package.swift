// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

// The executable alone sees both halves; the runtime is Linux's.
#if os(Linux)
    let runtime: [Target.Dependency] = ["EngineHTTP", "Engine", "CLinux"]
    let measured = ["OCI", "RawJSON", "DockerAPI", "Engine"]
#else
    let runtime: [Target.Dependency] = []
    let measured = ["OCI", "RawJSON", "DockerAPI"]
#endif

let package = Package(
    name: "drydock",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "drydock", targets: ["drydock"]),
        .library(name: "DockerClient", targets: ["DockerClient", "DockerAPI", "RawJSON"]),
        // For benchmarks/micro alone: a package sees of another what its products hold.
        .library(name: "DrydockParts", targets: measured),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", "3.12.0"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        // Leaves: values and text, no I/O.
        .target(name: "RawJSON", swiftSettings: strict),
        .target(name: "DockerAPI", dependencies: ["RawJSON"], swiftSettings: strict),
        .target(
            name: "OCI",
            dependencies: ["RawJSON", .product(name: "Crypto", package: "swift-crypto"), "CZlib"],
            swiftSettings: strict),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(
            name: "Scenario",
            dependencies: ["RawJSON", .product(name: "Yams", package: "Yams")],
            swiftSettings: strict),

        // The wire.
        .target(
            name: "EventLoopExecution", dependencies: [.product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: strict),
        .target(
            name: "DockerClient",
            dependencies: [
                "DockerAPI", "RawJSON",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "DockerCommand", dependencies: ["DockerClient", "DockerAPI", "RawJSON", "OCI"], swiftSettings: strict),

        // The suite.
        .target(
            name: "FixtureImages",
            dependencies: ["OCI", "RawJSON", .product(name: "Yams", package: "Yams")],
            swiftSettings: strict),
        .target(
            name: "FixtureRegistry",
            dependencies: [
                "FixtureImages", "OCI", "RawJSON",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "Conformance",
            dependencies: [
                "Scenario", "DockerCommand", "DockerClient", "DockerAPI", "FixtureImages", "FixtureRegistry", "OCI",
                "RawJSON",
                .product(name: "Yams", package: "Yams"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "StartupBenchmark",
            dependencies: [
                "DockerClient", "DockerAPI", "EventLoopExecution", "RawJSON", "FixtureImages", "FixtureRegistry", "OCI",
                .product(name: "Yams", package: "Yams"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "drydock",
            dependencies: [
                "StartupBenchmark", "Conformance", "Scenario", "DockerCommand", "DockerClient", "DockerAPI",
                "FixtureImages",
                "FixtureRegistry", "OCI",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
            ] + runtime,
            swiftSettings: strict),

        // What runs inside the fixture images: a small static program. Its C half holds the system calls.
        .target(name: "CProbe", cSettings: [.define("_GNU_SOURCE")]),
        .executableTarget(
            name: "probe",
            dependencies: ["CProbe"],
            swiftSettings: strict + [.enableExperimentalFeature("Embedded"), .unsafeFlags(["-wmo", "-Osize"])],
            linkerSettings: [.unsafeFlags(["-static-executable"], .when(platforms: [.linux]))]),

        // Tests.
        .target(
            name: "TestSupport",
            dependencies: [
                "RawJSON",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/TestSupport",
            swiftSettings: strict),
        .testTarget(name: "RawJSONTests", dependencies: ["RawJSON", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "DockerAPITests", dependencies: ["DockerAPI", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "OCITests", dependencies: ["OCI", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "ScenarioTests", dependencies: ["Scenario", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "DockerClientTests",
            dependencies: [
                "DockerClient", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DockerCommandTests", dependencies: ["DockerCommand", "TestSupport"],
            exclude: ["Recorder", "Recordings"], swiftSettings: strict),
        .testTarget(
            name: "FixtureRegistryTests", dependencies: ["FixtureRegistry", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "ConformanceTests", dependencies: ["Conformance", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "StartupBenchmarkTests",
            dependencies: ["StartupBenchmark", "DockerAPI", "DockerClient", "RawJSON", "TestSupport"],
            swiftSettings: strict),
        .testTarget(name: "DrydockTests", dependencies: ["drydock", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "PeerTests", dependencies: ["drydock"], swiftSettings: strict),
        .testTarget(name: "HouseTests", dependencies: ["TestSupport"], swiftSettings: strict),
    ]
)

#if os(Linux)
    // The Linux half: what will run containers. The shim is Embedded Swift and wholly static; see ARCHITECTURE.md.
    package.targets += [
        .target(name: "CLinux"),
        .target(name: "CLibcap", linkerSettings: [.linkedLibrary("cap")]),
        .target(name: "ShimProtocol"),
        .executableTarget(
            name: "drydock-shim",
            dependencies: ["CLinux", "CLibcap", "ShimProtocol"],
            swiftSettings: strict + [.enableExperimentalFeature("Embedded"), .unsafeFlags(["-wmo"])],
            // Without symbols: the daemon copies it into memory, and every monitor maps that copy.
            linkerSettings: [.unsafeFlags(["-static-executable", "-Xlinker", "-s"])]),
        .systemLibrary(name: "CISAL", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .target(
            name: "RegistryClient",
            dependencies: [
                "OCI", "RawJSON", "DockerAPI",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "ImageStore",
            dependencies: [
                "RegistryClient", "OCI", "RawJSON", "DockerAPI", "CLinux", "CISAL", "CZstd",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
        .target(
            name: "LinuxKernel", dependencies: ["CLinux", "CLibcap", "CSeccomp", "RawJSON"], swiftSettings: strict),
        .target(
            name: "BridgeNetwork",
            dependencies: ["LinuxKernel", "CLinux", "RawJSON", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict),
        .target(
            name: "Engine",
            dependencies: [
                "LinuxKernel", "BridgeNetwork", "ImageStore", "RegistryClient", "ShimProtocol", "CLinux", "OCI",
                "RawJSON",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "EngineHTTP",
            dependencies: [
                "Engine", "BridgeNetwork", "ImageStore", "RegistryClient", "OCI", "DockerAPI", "EventLoopExecution",
                "RawJSON",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "LinuxKernelTests", dependencies: ["LinuxKernel", "CLinux", "CSeccomp", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "BridgeNetworkTests", dependencies: ["BridgeNetwork", "LinuxKernel", "CLinux", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ShimTests",
            dependencies: [
                "Engine", "ShimProtocol", "LinuxKernel", "CLinux", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EngineTests",
            dependencies: [
                "Engine", "LinuxKernel", "ImageStore", "FixtureRegistry", "FixtureImages", "OCI", "RawJSON",
                "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EngineHTTPTests",
            dependencies: [
                "EngineHTTP", "Engine", "ImageStore", "OCI", "DockerAPI", "RawJSON", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RegistryClientTests",
            dependencies: [
                "RegistryClient", "DockerAPI", "OCI",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),
        // The runtime from outside: the daemon as a child process, spoken to over its socket.
        .executableTarget(
            name: "syscall-attempts", path: "Tests/syscall-attempts", cSettings: [.define("_GNU_SOURCE")],
            linkerSettings: [.unsafeFlags(["-static-executable"])]),
        .testTarget(
            name: "RuntimeTests",
            dependencies: [
                "drydock", "DockerClient", "DockerAPI", "OCI", "RawJSON", "CLinux", "TestSupport",
            ],
            exclude: ["Python/docker_py.py"], swiftSettings: strict),
        // Works on a store until it is killed, for the tests that kill it.
        .executableTarget(
            name: "store-crasher",
            dependencies: [
                "ImageStore", "RegistryClient", "OCI",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Tests/store-crasher", swiftSettings: strict),
        .testTarget(
            name: "ImageStoreTests",
            dependencies: [
                "store-crasher", "ImageStore", "RegistryClient", "FixtureRegistry", "FixtureImages", "OCI", "RawJSON",
                "CLinux",
                "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
    ]
#endif
