import Foundation
import NIOCore
import OCI
import RawJSON
import RegistryClient
import Testing

@testable import ImageStore

/// The daemon to compare with, if one is named.
enum Docker {
    static let environment = ProcessInfo.processInfo.environment
    static var isThere: Bool {
        environment["DRYDOCK_DOCKER_SOCKET"] != nil && environment["DRYDOCK_DOCKER_ROOT"] != nil
            && environment["DRYDOCK_DOCKER_IMAGE"] != nil
    }

    /// Runs the docker CLI against the daemon.
    @discardableResult
    static func run(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["docker", "--host", "unix://" + (environment["DRYDOCK_DOCKER_SOCKET"] ?? "")] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "docker \(arguments)")
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// Compares with a real dockerd (graph driver overlay2), whose socket and storage folder the environment names:
/// `DRYDOCK_DOCKER_SOCKET`, `DRYDOCK_DOCKER_ROOT`, and an image it holds in `DRYDOCK_DOCKER_IMAGE`; as root.
@Suite("Compared with dockerd", .enabled(if: Docker.isThere, "set DRYDOCK_DOCKER_SOCKET, …_ROOT and …_IMAGE"))
struct DockerTests {
    @Test("docker's archive loads with the same ID, unpacks to the same trees, and goes back")
    func comparison() async throws {
        let image = try #require(Docker.environment["DRYDOCK_DOCKER_IMAGE"])
        let root = try #require(Docker.environment["DRYDOCK_DOCKER_ROOT"])
        let id = try Docker.run(["image", "inspect", "--format", "{{.Id}}", image])
        try await withStore { store, _, scratch in
            let archive = "\(scratch.path)/docker.tar"
            try Docker.run(["save", "-o", archive, image])
            let bytes = try File.contents(of: archive, limit: 1 << 30)
            try await store.load(body(bytes, pieces: 1 << 20)) { _ in }
            let loaded = try await store.image(image)
            #expect(loaded.id.description == id)
            let saved = try TarArchive(parsing: bytes)
            for layer in loaded.layers {
                let blob = try #require(saved["blobs/sha256/\(layer.diffID.hexadecimal)"])
                let entries = try TarArchive(parsing: blob.content).members.compactMap(\.entry.components)
                try compare(layer, root, named: Set(entries.map { $0.joined(separator: "/") }))
            }
            #expect(try Docker.run(["image", "inspect", "--format", "{{.Size}}", image]) == "\(loaded.size)")

            try await store.tag(image, as: "drydock-round-trip:1")
            let back = Collected()
            try await store.save(["drydock-round-trip:1"], to: back)
            try Data(back.bytes).write(to: URL(fileURLWithPath: "\(scratch.path)/back.tar"))
            #expect(try Docker.run(["load", "-i", "\(scratch.path)/back.tar"]).contains("drydock-round-trip:1"))
            #expect(try Docker.run(["image", "inspect", "--format", "{{.Id}}", "drydock-round-trip:1"]) == id)
            try Docker.run(["rmi", "drydock-round-trip:1"])
        }
    }

    private func compare(_ layer: Layer, _ root: String, named: Set<String>) throws {
        let database = "\(root)/image/overlay2/layerdb/sha256/\(layer.chainID.hexadecimal)"
        let cache = String(decoding: try File.contents(of: "\(database)/cache-id", limit: 4096), as: UTF8.self)
        let theirs = "\(root)/overlay2/\(cache)/diff"
        let (plainOurs, plainTheirs) = (
            try Tree.describe(layer.directory, times: false), try Tree.describe(theirs, times: false)
        )
        #expect(plainOurs == plainTheirs)
        // A folder that no entry names has the moment of its making.
        let ours = try Tree.describe(layer.directory).filter { named.contains($0.key) }
        let timed = try Tree.describe(theirs).filter { named.contains($0.key) }
        #expect(timed == ours)
    }
}
