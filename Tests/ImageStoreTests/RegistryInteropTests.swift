import Foundation
import OCI
import RegistryClient
import Synchronization
import TestSupport
import Testing

@testable import ImageStore

private let areInstalled = ["/usr/bin/docker-registry", "/usr/bin/skopeo"]
    .allSatisfy(FileManager.default.isExecutableFile)

/// Pulls from the CNCF's registry (`docker-registry`) what skopeo has pushed there.
@Suite(
    "docker-registry and skopeo", .serialized,
    .enabled(if: isRoot && areInstalled, "needs root, docker-registry and skopeo"))
struct RegistryInteropTests {
    /// A registry of its own on a free port of loopback, gone with the test.
    private final class Registry {
        let address: String
        private let process = Process()

        /// - Parameters:
        ///   - users: an htpasswd file; empty lets everyone in.
        ///   - tls: the folder of `ca.crt`, `server.crt` and `server.key`; clients must then show a certificate.
        init(in folder: String, users: String = "", tls: String = "") throws {
            let configuration = "\(folder)/registry-\(UUID().uuidString).yml"
            let auth = users.isEmpty ? "" : "auth: {htpasswd: {realm: drydock, path: \(users)}}\n"
            let secure =
                tls.isEmpty
                ? "" : ", tls: {certificate: \(tls)/server.crt, key: \(tls)/server.key, clientcas: [\(tls)/ca.crt]}"
            let text = """
                version: 0.1
                log: {level: info}
                storage: {filesystem: {rootdirectory: \(folder)/registry}}
                http: {addr: "127.0.0.1:0"\(secure)}
                \(auth)
                """
            try Data(text.utf8).write(to: URL(filePath: configuration))
            let output = Pipe()
            process.executableURL = URL(filePath: "/usr/bin/docker-registry")
            process.arguments = ["serve", configuration]
            process.standardOutput = output
            process.standardError = output
            try process.run()
            var log = ""
            while true {
                let piece = output.fileHandleForReading.availableData
                log += String(decoding: piece, as: UTF8.self)
                if let found = log.firstMatch(of: /listening on (127\.0\.0\.1:\d+)/) {
                    address = String(found.1)
                    break
                }
                try #require(!piece.isEmpty, "docker-registry ended: \(log)")
            }
            // What it logs from now on is drained, lest it blocks.
            output.fileHandleForReading.readabilityHandler = { handle in
                if handle.availableData.isEmpty { handle.readabilityHandler = nil }
            }
        }

        deinit {
            process.terminate()
            process.waitUntilExit()
        }
    }

    private static func skopeo(_ arguments: [String]) throws {
        let process = Process(), error = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/skopeo")
        process.arguments = ["--insecure-policy"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = error
        try process.run()
        let text = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "skopeo \(arguments): \(text)")
    }

    /// An OCI layout with `tiny:latest`, and `multi:latest`, an index of it and of one for a platform nobody has.
    private static func layout(in folder: String) throws -> String {
        let path = "\(folder)/source"
        _ = try TinyImage.catalog(in: path)
        let layout = try ImageLayout(opening: path)
        let index = try layout.index()
        let tiny = try #require(index.manifests.first)
        var here = tiny, elsewhere = tiny
        here.annotations = []
        here.platform = .host
        let configuration = ImageConfiguration(
            platform: Platform(os: "plan9", architecture: "mips"), created: "2024-05-01T12:00:00Z",
            execution: .init(), diffIDs: [], history: [])
        let config = try layout.store(configuration.bytes, mediaType: .imageConfiguration)
        elsewhere = try layout.store(
            ImageManifest(config: config, layers: []).document.bytes, mediaType: .imageManifest)
        elsewhere.platform = Platform(os: "plan9", architecture: "mips")
        var multi = try layout.store(
            ImageIndex(manifests: [elsewhere, here]).document.bytes, mediaType: .imageIndex)
        multi.annotations = [Annotation(Annotation.referenceName, "multi:latest")]
        try layout.write(ImageIndex(manifests: [tiny, multi]))
        return path
    }

    private func trees(_ store: ImageStore, _ name: String) async throws -> [[String: String]] {
        try await store.image(name).layers.map { try Tree.describe($0.directory, times: false) }
    }

    @Test("every kind of layer and manifest that skopeo pushes unpacks to the same trees")
    func kinds() async throws {
        try await withStore { store, fixtures, scratch in
            for try await _ in store.pull("\(fixtures.address)/reference/tiny") {}
            let expected = try await trees(store, "\(fixtures.address)/reference/tiny")
            let source = try Self.layout(in: scratch.path)
            let registry = try Registry(in: scratch.path)
            let plain = "\(scratch.path)/plain"
            try Self.skopeo(["copy", "oci:\(source):tiny:latest", "dir:\(plain)", "--dest-decompress"])
            let kinds: [(name: String, arguments: [String])] = [
                ("gzip-oci", ["oci:\(source):tiny:latest", "--format", "oci"]),
                ("gzip-schema2", ["oci:\(source):tiny:latest", "--format", "v2s2"]),
                ("zstd-oci", ["oci:\(source):tiny:latest", "--format", "oci", "--dest-compress-format", "zstd"]),
                ("plain-oci", ["dir:\(plain)", "--preserve-digests"]),
                ("multi", ["oci:\(source):multi:latest", "--all"]),
            ]
            for kind in kinds {
                let name = "\(registry.address)/\(kind.name):1"
                try Self.skopeo(
                    ["copy", kind.arguments[0], "docker://\(name)", "--dest-tls-verify=false"]
                        + kind.arguments.dropFirst())
                for try await _ in store.pull(name) {}
                #expect(try await trees(store, name) == expected, "\(kind.name)")
                // By digest too, as `RepoDigests` has it.
                let digest = try #require(try await store.image(name).digests.first { $0.contains(kind.name) })
                for try await _ in store.pull(digest) {}
            }
            await #expect(throws: ImageStoreError.self) {
                for try await _ in store.pull("\(registry.address)/nothing:1") {}
            }
        }
    }

    @Test("basic authentication: right credentials pull, wrong and absent ones are told apart from a missing image")
    func basic() async throws {
        try await withStore { store, _, scratch in
            let source = try Self.layout(in: scratch.path)
            let users = "\(scratch.path)/htpasswd"
            try Data("tester:\(Self.hash)\n".utf8).write(to: URL(filePath: users))
            let registry = try Registry(in: scratch.path, users: users)
            let name = "\(registry.address)/guarded/tiny:1"
            try Self.skopeo([
                "copy", "oci:\(source):tiny:latest", "docker://\(name)", "--dest-tls-verify=false", "--dest-creds",
                "tester:secret",
            ])
            let right = RegistryCredentials(username: "tester", password: "secret")
            for try await _ in store.pull(name, credentials: right) {}
            #expect(try await store.image(name).layers.count == 2)
            for wrong in [nil, RegistryCredentials(username: "tester", password: "wrong")] {
                do {
                    for try await _ in store.pull(name, credentials: wrong) {}
                    Issue.record("a guarded image was pulled")
                } catch let error as ImageStoreError {
                    #expect(error.code == .unauthorized, "\(error)")
                }
            }
        }
    }

    @Test("a registry that asks for a client's certificate is shown the one in certs.d")
    func clientCertificate() async throws {
        let scratch = try Scratch()
        let keys = "\(scratch.path)/keys", certificates = "\(scratch.path)/certs.d"
        try Self.makeCertificates(in: keys)
        let registry = try Registry(in: scratch.path, tls: keys)
        let own = "\(certificates)/\(registry.address)"
        try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
        for (from, to) in [("ca.crt", "ca.crt"), ("client.crt", "client.cert"), ("client.key", "client.key")] {
            try FileManager.default.copyItem(atPath: "\(keys)/\(from)", toPath: "\(own)/\(to)")
        }
        let source = try Self.layout(in: scratch.path), name = "\(registry.address)/tls/tiny:1"
        try Self.skopeo(["copy", "oci:\(source):tiny:latest", "docker://\(name)", "--dest-cert-dir", own])
        func pull(_ folder: String) async throws {
            var configuration = RegistryConfiguration()
            configuration.certificatesFolder = folder
            configuration.attempts = 1
            let client = RegistryClient(configuration: configuration)
            let store = try await ImageStore.open(
                ImageStoreConfiguration(root: "\(scratch.path)/\(folder.isEmpty)"), registry: client
            ) { [] }
            let outcome: Result<Void, any Error>
            do {
                for try await _ in store.pull(name) {}
                outcome = .success(())
            } catch {
                outcome = .failure(error)
            }
            try await store.shutdown()
            try await client.shutdown()
            try outcome.get()
        }
        try await pull(certificates)
        await #expect(throws: ImageStoreError.self) { try await pull("") }
        try FileManager.default.removeItem(atPath: "\(own)/client.key")
        do {
            try await pull(certificates)
            Issue.record("a certificate without its key was taken")
        } catch let error as ImageStoreError {
            #expect(error.message.contains("missing key client.key for client certificate client.cert"), "\(error)")
        }
    }

    /// An authority, and a server's and a client's certificate of it.
    private static func makeCertificates(in folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let script = """
            set -e; cd "$0"
            openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 2 -subj /CN=authority
            printf 'subjectAltName=IP:127.0.0.1' > names
            for name in server client; do
              openssl req -newkey rsa:2048 -nodes -keyout $name.key -out $name.csr -subj /CN=$name
              openssl x509 -req -in $name.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names -out $name.crt
            done
            """
        let process = Process(), error = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script, folder]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = error
        try process.run()
        let text = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl: \(text)")
    }

    /// bcrypt of `secret`.
    private static let hash = "$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a"
}
