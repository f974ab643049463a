import FixtureImages
import Foundation
import OCI
import TestSupport
import Testing

@testable import FixtureRegistry

/// Goal: a blob arrives whole whatever the client does with its connection, unless a mode cuts it.
@Suite struct ConnectionTests {
    private static let blob = (0..<(4 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    /// Small enough for most of an answer to wait in the server when it has written the last of it.
    private static let window: CInt = 64 << 10

    private func withRegistry(_ body: (FixtureRegistry, _ digest: Digest) async throws -> Void) async throws {
        let folder = try TestDirectory.make()
        defer { TestDirectory.remove(folder) }
        let layout = try ImageLayout(creating: "\(folder)/layout")
        let digest = try layout.store(Self.blob, mediaType: .layerTar).digest
        let registry = try await FixtureRegistry.start(.init(catalog: try FixtureCatalog(layout), run: "test"))
        do {
            try await body(registry, digest)
        } catch {
            await registry.shutdown()
            throw error
        }
        await registry.shutdown()
    }

    @Test(arguments: [
        (headers: [], ends: false), (headers: ["Connection: close"], ends: false), (headers: [], ends: true),
        (headers: ["Connection: close"], ends: true),
    ])
    func aSlowReaderGetsAllOfABlob(headers: [String], ends: Bool) async throws {
        try await withRegistry { registry, digest in
            let answer = try await BlockingClient.run {
                let client = try BlockingClient(registry.address, window: Self.window)
                try client.ask("/v2/c1/nginx/blobs/\(digest)", headers: headers)
                if ends { client.endAsking() }
                return try client.answer(piece: 16 << 10)
            }
            #expect(answer.status == 200)
            #expect(answer.isWhole)
            #expect(answer.holds(Self.blob[...]))
        }
    }

    /// Goal: an answer that is all written, but for which the kernel has no room yet, is not lost when its connection
    /// closes. Which size that is depends on the kernel, so there are many, no further apart than what the server
    /// writes in one piece; each client gives the server time to be done before it reads.
    @Test func aLateReaderGetsAllThatItAskedFor() async throws {
        try await withRegistry { registry, digest in
            let address = registry.address
            let answers = try await withThrowingTaskGroup(of: BlockingClient.Answer.self) { group in
                for size in stride(from: 256 << 10, through: Self.blob.count, by: 256 << 10) {
                    group.addTask {
                        try await BlockingClient.run {
                            let client = try BlockingClient(address, window: Self.window)
                            try client.ask(
                                "/v2/c1/nginx/blobs/\(digest)",
                                headers: ["Range: bytes=0-\(size - 1)", "Connection: close"])
                            usleep(500_000)
                            return try client.answer()
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.filter { !$0.isWhole }.map(\.body.count) == [])
        }
    }

    @Test func manyAtOnceGetAllOfABlob() async throws {
        try await withRegistry { registry, digest in
            let address = registry.address
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        try await BlockingClient.run {
                            let client = try BlockingClient(address, window: Self.window)
                            let headers = number.isMultiple(of: 2) ? ["Connection: close"] : []
                            try client.ask("/v2/c\(number)/nginx/blobs/\(digest)", headers: headers)
                            return try client.answer(piece: 16 << 10).holds(Self.blob[...])
                        }
                    }
                }
                for try await isWhole in group { #expect(isWhole) }
            }
        }
    }

    @Test func requestsThatComeTogetherAreAnsweredInTheirOrder() async throws {
        try await withRegistry { registry, digest in
            let answers = try await BlockingClient.run {
                let client = try BlockingClient(registry.address)
                try client.ask("/v2/c1/nginx/blobs/\(digest)", headers: ["Range: bytes=0-9"])
                try client.ask("/v2/c1/nginx/manifests/none")
                try client.ask("/v2/c1/nginx/blobs/\(digest)", headers: ["Range: bytes=10-19", "Connection: close"])
                client.endAsking()
                return [try client.answer(), try client.answer(), try client.answer()]
            }
            #expect(answers.map(\.status) == [206, 404, 206])
            #expect(answers[0].holds(Self.blob[0..<10]))
            #expect(answers[2].holds(Self.blob[10..<20]))
        }
    }

    @Test func aModeCutsABlobExactlyInHalf() async throws {
        try await withRegistry { registry, digest in
            let answer = try await BlockingClient.run {
                let client = try BlockingClient(registry.address, window: Self.window)
                try client.ask("/v2/c1/truncated-blob/nginx/blobs/\(digest)")
                return try client.answer(piece: 16 << 10)
            }
            #expect(answer.headers["content-length"] == "\(Self.blob.count)")
            #expect(answer.holds(Self.blob.prefix(Self.blob.count / 2)))
        }
    }

    @Test func shutdownDoesNotWaitForAClientThatDoesNotRead() async throws {
        try await withRegistry { registry, digest in
            // The client lives on while the registry shuts down, with most of the answer unread.
            let client = try await BlockingClient.run {
                let client = try BlockingClient(registry.address, window: Self.window)
                try client.ask("/v2/c1/nginx/blobs/\(digest)")
                #expect(try client.receive(1))
                return client
            }
            await registry.shutdown()
            #expect(throws: BlockingClient.Failure.self) { _ = try BlockingClient(registry.address) }
            withExtendedLifetime(client) {}
        }
    }
}
