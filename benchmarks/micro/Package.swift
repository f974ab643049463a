// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that the main one carries neither the benchmark library nor its plugin.
let package = Package(
    name: "drydock-micro",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "drydock", path: "../.."),
        // Without traits: interposing on malloc and the runtime is for allocation counts, which are not asked for here.
        .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "HotCode",
            dependencies: [
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "DrydockParts", package: "drydock"),
            ],
            path: "Benchmarks/HotCode",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    ]
)
