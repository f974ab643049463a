import RawJSON

/// Writes images in the format of `docker save`, which `docker load` and `podman load` read: `manifest.json` and the
/// blobs it names.
public struct DockerArchive: Sendable {
    /// One image of the archive.
    public struct Image: Sendable, Hashable {
        /// The bytes of its configuration; their digest is the image ID.
        public var configuration: [UInt8]
        /// Its layers, lowest first; they are taken from the layout.
        public var layers: [Descriptor]
        /// The full references it gets, each with a tag: `127.0.0.1:5000/nginx:latest`.
        public var tags: [String]

        /// An image by parts.
        public init(configuration: [UInt8], layers: [Descriptor], tags: [String]) {
            self.configuration = configuration
            self.layers = layers
            self.tags = tags
        }
    }

    /// The images, in order.
    public var images: [Image]
    /// Where the layers stand.
    public var layout: ImageLayout

    /// An archive of these images.
    public init(images: [Image], layout: ImageLayout) {
        self.images = images
        self.layout = layout
    }

    /// Writes the archive; each layer once, though several images share it.
    public func write(to sink: any ByteSink) throws(OCIError) {
        let writer = TarWriter(to: sink)
        var written: Set<Digest> = []
        for directory in ["blobs/", "blobs/sha256/"] {
            try writer.add(TarEntry(path: directory, kind: .directory, mode: 0o755))
        }
        var entries: [JSONValue] = []
        for image in images {
            let digest = Digest.sha256(of: image.configuration)
            if written.insert(digest).inserted {
                try writer.add(TarEntry(path: Self.name(digest)), content: image.configuration)
            }
            for layer in image.layers where written.insert(layer.digest).inserted {
                try add(layer, to: writer)
            }
            entries.append([
                "Config": .string(Self.name(digest)), "RepoTags": .array(image.tags.map(JSONValue.string)),
                "Layers": .array(image.layers.map { .string(Self.name($0.digest)) }),
            ])
        }
        try writer.add(TarEntry(path: "manifest.json"), content: JSONValue.array(entries).bytes())
        try writer.finish()
    }

    private func add(_ layer: Descriptor, to writer: TarWriter) throws(OCIError) {
        try writer.begin(TarEntry(path: Self.name(layer.digest), size: layer.size))
        let content = VerifyingSink(layer, next: EntryContent(writer: writer))
        try File(reading: layout.path(of: layer.digest)).copy(to: content)
        try content.finish()
    }

    private static func name(_ digest: Digest) -> String { "blobs/\(digest.algorithm.rawValue)/\(digest.hexadecimal)" }
}

/// The content of a writer's current entry, as a sink.
private final class EntryContent: ByteSink {
    private let writer: TarWriter
    init(writer: TarWriter) { self.writer = writer }
    func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) { try writer.append(bytes) }
    func finish() throws(OCIError) {}
}
