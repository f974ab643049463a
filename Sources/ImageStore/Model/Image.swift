import OCI
import RawJSON

/// An image that is here, whole.
public struct Image: Sendable, Hashable {
    /// The digest of the configuration: docker's image ID.
    public let id: Digest
    /// The configuration, parsed.
    public let configuration: ImageConfiguration
    /// The configuration as it came; its digest is `id`.
    public let configurationBytes: [UInt8]
    /// The layers, lowest first.
    public let layers: [Layer]
    /// What the image is called, as docker shows it: `nginx:latest`.
    public let tags: [String]
    /// Where it was pulled from: `nginx@sha256:…`.
    public let digests: [String]
    /// When it was last tagged, nanoseconds since 1970; 0 for never.
    public let lastTagged: Int64

    /// The sum of the layers' sizes in bytes.
    public var size: Int64 { layers.reduce(0) { $0 + $1.size } }
    /// Whether nothing names it by a tag.
    public var isDangling: Bool { tags.isEmpty }
    /// The folders to mount, uppermost first, as overlay's `lowerdir` wants them.
    public var lowerDirectories: [String] { layers.reversed().map(\.directory) }
    /// The uppermost layer, to be named in `ContainerUse`.
    public var topLayer: Digest? { layers.last?.chainID }
}

/// One unpacked layer, shared by all images that have it and the same ones below.
public struct Layer: Sendable, Hashable {
    /// What the layer and those below it are, as one digest (OCI image-spec, config.md, Layer ChainID).
    public let chainID: Digest
    /// The digest of its uncompressed tar archive.
    public let diffID: Digest
    /// The folder it is unpacked in, with overlay's own whiteouts.
    public let directory: String
    /// The bytes of its files, each hard-linked file counted once.
    public let size: Int64
}

/// One line of `docker history`, latest first.
public struct HistoryLine: Sendable, Hashable {
    /// The image's ID for the first line, `<missing>` for the others.
    public let id: String
    /// When, in RFC 3339 form, or nil.
    public let created: String?
    /// By which command.
    public let createdBy: String
    /// A remark.
    public let comment: String
    /// The bytes of the layer it made; 0 where it made none.
    public let size: Int64
    /// The tags of the image, on the first line.
    public let tags: [String]
}

/// What the store's images take on the disk.
public struct ImageUsage: Sendable, Hashable {
    /// All layers, each counted once.
    public let layersSize: Int64
    /// For each image the bytes of layers that other images have too.
    public let sharedSizes: [Digest: Int64]
    /// Bytes that would come free if every image without a container went.
    public let reclaimable: Int64
}

/// What removing an image did, in docker's order.
public enum RemovalRecord: Sendable, Hashable {
    /// A name was taken off: `nginx:latest`.
    case untagged(String, image: Digest)
    /// The image itself is gone.
    case deletedImage(Digest)
    /// A layer is gone; `size` bytes came free.
    case deletedLayer(Digest, size: Int64)
}
