import OCI

/// A small layer made for one case alone, so that a daemon which has all other layers must still fetch this one.
public struct GeneratedLayer: Sendable {
    /// The layer's blob.
    public let descriptor: Descriptor
    /// The digest of the tar within.
    public let diffID: Digest
    /// The blob's bytes.
    public let bytes: [UInt8]

    /// Bytes of content that compress badly, so that half a blob is a good part of it.
    private static let contentBytes = 64 << 10

    init(for token: String) throws(OCIError) {
        var content: [UInt8] = []
        var last = Digest.sha256(of: Array(token.utf8))
        while content.count < Self.contentBytes {
            content += Array(last.hexadecimal.utf8)
            last = .sha256(of: Array(last.hexadecimal.utf8))
        }
        let memory = MemorySink(limit: 1 << 20)
        let plain = DigestSink(next: try GzipSink(next: memory))
        let writer = TarWriter(to: plain)
        var entry = TarEntry(path: "etc/drydock-case")
        entry.modificationTime = LayerTree.modificationTime
        try writer.add(entry, content: content)
        try writer.finish()
        bytes = memory.bytes
        diffID = plain.digest
        descriptor = Descriptor(of: bytes, mediaType: .layerTarGzip)
    }
}
