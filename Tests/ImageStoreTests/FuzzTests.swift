import Foundation
import OCI
import TestSupport
import Testing

@testable import ImageStore

@Suite("Random archives", .enabled(if: isRoot, "devices, owners and trusted attributes need root")) struct FuzzTests {
    @Test("mutated layers are unpacked or refused, and never reach outside")
    func mutations() throws {
        let fuzz = Fuzz()
        let seed = fuzz.seed
        var random = fuzz.generator
        var limits = UnpackLimits()
        limits.tar.archiveBytes = 1 << 20
        limits.tar.entries = 1000
        var accepted = 0
        var refused = 0
        while fuzz.goesOn {
            let unpacking = try Unpacking()
            let outside = try unpacking.outside()
            let bytes = try Self.archive(&random)
            do {
                try unpacking.unpack(bytes, limits: limits, pieces: Int.random(in: 1...4096, using: &random))
                accepted += 1
            } catch {
                refused += 1
            }
            #expect(try unpacking.outside() == outside, "seed \(seed)")
        }
        #expect(accepted > 0 && refused > 0, "seed \(seed): \(accepted) accepted, \(refused) refused")
    }

    private static let names = [
        "a", "b", "a/b", "a/../b", "../c", "/d", ".", "..", "a/b/c/d", ".wh.a", "a/.wh.b", ".wh..wh..opq", ".wh..",
        ".wh...",
        "a//b", "./e", "canary", "../canary", "../../canary",
    ]

    private static func archive(_ random: inout SeededGenerator) throws -> [UInt8] {
        let memory = MemorySink(limit: 1 << 22)
        let writer = TarWriter(to: memory)
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            let name = names.randomElement(using: &random) ?? "a"
            let target = names.randomElement(using: &random) ?? "b"
            let kinds: [TarEntry.Kind] = [
                .file, .file, .directory, .hardLink(target: target), .symbolicLink(target: target), .fifo,
                .characterDevice(major: 0, minor: 0), .blockDevice(major: 8, minor: 1),
            ]
            let kind = kinds.randomElement(using: &random) ?? .file
            let content = kind == .file ? [UInt8](repeating: 7, count: Int.random(in: 0...2000, using: &random)) : []
            try writer.add(
                TarEntry(path: name, kind: kind, mode: UInt32.random(in: 0...0o7777, using: &random)), content: content)
        }
        try writer.finish()
        var bytes = memory.bytes
        if Bool.random(using: &random) {
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
        }
        if Int.random(in: 0..<8, using: &random) == 0 {
            bytes = Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &random)))
        }
        guard Bool.random(using: &random) else { return bytes }
        let packed = MemorySink(limit: 1 << 22)
        let gzip = try GzipSink(next: packed)
        try gzip.write(bytes)
        try gzip.finish()
        var result = packed.bytes
        if Int.random(in: 0..<4, using: &random) == 0 {
            result[Int.random(in: 0..<result.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
        }
        return result
    }
}
