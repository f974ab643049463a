#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import RawJSON

/// A folder of images: blobs by digest and an index of tags (OCI image-spec, image-layout.md).
public struct ImageLayout: Sendable, Hashable {
    /// The folder that holds `oci-layout`, `index.json` and `blobs/`.
    public let folder: String

    /// Opens an existing layout.
    ///
    /// - Throws: `notFound` where there is none, `unsupported` for another version than 1.0.0.
    public init(opening folder: String) throws(OCIError) {
        self.folder = folder
        let marker = try File.contents(of: "\(folder)/oci-layout", limit: 4096)
        let reader = try DocumentReader.parse(marker, name: "\(folder)/oci-layout", limit: 4096)
        let version = try reader.string("imageLayoutVersion")
        guard version == "1.0.0" else {
            throw OCIError(.unsupported, "\(folder)/oci-layout has version \"\(version)\"; only 1.0.0 is read")
        }
    }

    /// Makes an empty layout in a folder that does not hold one yet.
    public init(creating folder: String) throws(OCIError) {
        self.folder = folder
        try File.makeFolder("\(folder)/blobs/sha256")
        try File.replace("\(folder)/oci-layout", with: Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
        try write(ImageIndex(manifests: []))
    }

    /// Where the blob of that digest stands, whether it is there or not.
    public func path(of digest: Digest) -> String {
        "\(folder)/blobs/\(digest.algorithm.rawValue)/\(digest.hexadecimal)"
    }

    /// Whether the blob is there.
    public func contains(_ digest: Digest) -> Bool { File.exists(path(of: digest)) }

    /// The index of tags.
    public func index() throws(OCIError) -> ImageIndex {
        let bytes = try File.contents(of: "\(folder)/index.json", limit: Document.maximumBytes)
        guard case .index(let index) = try Document(parsing: bytes, mediaType: .imageIndex).content else {
            throw OCIError(.invalidDocument, "\(folder)/index.json is not an index")
        }
        return index
    }

    /// Replaces the index of tags at once.
    public func write(_ index: ImageIndex) throws(OCIError) {
        try File.replace("\(folder)/index.json", with: index.document.bytes)
    }

    /// The bytes of a blob, checked against its descriptor.
    ///
    /// - Throws: `notFound`, `limitExceeded`, or `contentMismatch` where the file is not what its name says.
    public func blob(_ descriptor: Descriptor, limit: Int) throws(OCIError) -> [UInt8] {
        guard descriptor.size <= Int64(limit) else {
            throw OCIError(
                .limitExceeded, "blob \(descriptor.digest) has \(descriptor.size) bytes; at most \(limit) are read")
        }
        let memory = MemorySink(limit: limit)
        let sink = VerifyingSink(descriptor, next: memory)
        try File(reading: path(of: descriptor.digest)).copy(to: sink)
        try sink.finish()
        return memory.bytes
    }

    /// The manifest or index of that descriptor, checked against it.
    public func document(_ descriptor: Descriptor) throws(OCIError) -> Document {
        try Document(parsing: blob(descriptor, limit: Document.maximumBytes), mediaType: descriptor.mediaType)
    }

    /// The configuration of that descriptor, checked against it.
    public func configuration(_ descriptor: Descriptor) throws(OCIError) -> ImageConfiguration {
        try ImageConfiguration(parsing: blob(descriptor, limit: ImageConfiguration.maximumBytes))
    }

    /// Stores bytes as a blob.
    @discardableResult
    public func store(_ bytes: [UInt8], mediaType: MediaType) throws(OCIError) -> Descriptor {
        let descriptor = Descriptor(of: bytes, mediaType: mediaType)
        if !contains(descriptor.digest) { try File.replace(path(of: descriptor.digest), with: bytes) }
        return descriptor
    }

    /// A layer as it was stored: its compressed blob and the digest of the tar within.
    public struct StoredLayer: Sendable, Hashable {
        /// The blob, of media type `…layer.v1.tar+gzip`.
        public let descriptor: Descriptor
        /// The digest of the uncompressed tar.
        public let diffID: Digest
    }

    /// Stores a layer: `fill` writes the tar entries, which are hashed, compressed and hashed again on the way.
    public func storeLayer(
        level: Int32 = 6, _ fill: (TarWriter) throws(OCIError) -> Void
    ) throws(OCIError) -> StoredLayer {
        let temporary = "\(folder)/blobs/incoming.\(UUID().uuidString)"
        let compressed = DigestSink(next: FileSink(try File(creating: temporary)))
        let plain = DigestSink(next: try GzipSink(level: level, next: compressed))
        let writer = TarWriter(to: plain)
        try fill(writer)
        try writer.finish()
        let descriptor = Descriptor(mediaType: .layerTarGzip, digest: compressed.digest, size: compressed.byteCount)
        try File.rename(temporary, to: path(of: descriptor.digest))
        return StoredLayer(descriptor: descriptor, diffID: plain.digest)
    }
}
