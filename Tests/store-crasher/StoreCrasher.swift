import Dispatch
import Foundation
import ImageStore
import NIOCore
import OCI
import RegistryClient

/// Works on an image store without an end, to be killed: `store-crasher ROOT REGISTRY ARCHIVE SEED`.
///
/// Pulls, loads, tags, imports and removes at random, several at once; every line it prints says that an operation is
/// over, so that whoever kills it sees that it works.
@main
struct StoreCrasher {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let seed = UInt64(arguments[4]) else {
            FileHandle.standardError.write(Data("usage: store-crasher ROOT REGISTRY ARCHIVE SEED\n".utf8))
            exit(2)
        }
        Task {
            do {
                try await work(root: arguments[1], registry: arguments[2], archive: arguments[3], seed: seed)
            } catch {
                FileHandle.standardError.write(Data("store-crasher: \(error)\n".utf8))
                exit(1)
            }
        }
        dispatchMain()
    }

    private static func work(root: String, registry: String, archive: String, seed: UInt64) async throws {
        let client = RegistryClient()
        let store = try await ImageStore.open(ImageStoreConfiguration(root: root), registry: client) { [] }
        let bytes = Array(try Data(contentsOf: URL(filePath: archive)))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<3 as Range<UInt64> {
                group.addTask {
                    var random = Generator(state: seed &+ worker &* 7919)
                    while true {
                        do {
                            try await step(store, registry, bytes, &random)
                        } catch let error as ImageStoreError {
                            // Workers get in each other's way: an image may be gone when its turn has come.
                            guard [.notFound, .conflict].contains(error.code) else { throw error }
                        }
                        print("done")
                        fflush(nil)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func step(
        _ store: ImageStore, _ registry: String, _ archive: [UInt8], _ random: inout Generator
    ) async throws {
        let name = "\(registry)/\(["one", "two", "three"][Int(random.next() % 3)])/tiny"
        switch random.next() % 6 {
        case 0, 1: for try await _ in store.pull(name) {}
        case 2: try await store.load(stream(archive)) { _ in }
        case 3: try await store.tag(name, as: "tagged:\(random.next() % 4)")
        case 4: _ = try await store.remove(name, force: true)
        default:
            guard let image = await store.list().randomElement(using: &random) else { return }
            _ = try await store.remove(image.id.description, force: true)
        }
    }

    private static func stream(_ bytes: [UInt8]) -> AsyncThrowingStream<ByteBuffer, any Error> {
        AsyncThrowingStream { stream in
            for start in stride(from: 0, to: bytes.count, by: 10_000) {
                stream.yield(ByteBuffer(bytes: bytes[start..<min(bytes.count, start + 10_000)]))
            }
            stream.finish()
        }
    }
}

/// SplitMix64.
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
