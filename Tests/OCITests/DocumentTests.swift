import OCI
import Testing

struct DocumentTests {
    @Test(
        "Malformed digests are refused",
        arguments: ["", "sha256", "sha256:abc", "md5:00", "sha256:" + String(repeating: "A", count: 64)])
    func badDigest(text: String) {
        #expect(throws: OCIError.self) { try Digest(parsing: text) }
    }

    @Test("A document keeps its bytes and digest, whatever its spacing")
    func rawBytes() throws {
        let layer = Descriptor(of: [1, 2, 3], mediaType: .layerTarGzip)
        let manifest = ImageManifest(config: Descriptor(of: [], mediaType: .imageConfiguration), layers: [layer])
        let spaced = manifest.document.bytes + Array("\n \n".utf8)
        let document = try Document(parsing: spaced)
        #expect(document.bytes == spaced)
        #expect(document.digest == Digest.sha256(of: spaced))
        #expect(document.content == .manifest(manifest))
    }

    @Test("A document that is both a manifest and an index is refused")
    func ambiguous() {
        let text = #"{"schemaVersion":2,"manifests":[],"layers":[]}"#
        #expect { try Document(parsing: Array(text.utf8)) } throws: { ($0 as? OCIError)?.code == .invalidDocument }
    }

    @Test("Gzip unfolds to what was folded, the same each time, and a bomb is stopped")
    func gzip() throws {
        func compressed(_ bytes: [UInt8]) throws -> [UInt8] {
            let memory = MemorySink(limit: 1 << 24)
            let sink = try GzipSink(next: memory)
            try sink.write(bytes)
            try sink.finish()
            return memory.bytes
        }
        let plain = [UInt8](repeating: 65, count: 3 << 20)
        let folded = try compressed(plain)
        #expect(try compressed(plain) == folded)
        let memory = MemorySink(limit: 8 << 20)
        let gunzip = try GunzipSink(next: memory)
        try gunzip.write(folded + folded)
        try gunzip.finish()
        #expect(memory.bytes == plain + plain)
        let bounded = try GunzipSink(limits: .init(maximumBytes: 1 << 20), next: MemorySink(limit: 8 << 20))
        #expect { try bounded.write(folded) } throws: { ($0 as? OCIError)?.code == .limitExceeded }
    }

    @Test("Content that is not what its descriptor says is refused")
    func verification() throws {
        let sink = VerifyingSink(Descriptor(of: [1, 2], mediaType: .octetStream), next: MemorySink(limit: 10))
        try sink.write([1, 3])
        #expect { try sink.finish() } throws: { ($0 as? OCIError)?.code == .contentMismatch }
    }
}
