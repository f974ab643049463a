/// The media type of an image document or blob (OCI image-spec, media-types.md; Docker image manifest version 2, schema 2).
public struct MediaType: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The type as it stands in `Content-Type` and `mediaType`.
    public let rawValue: String
    /// Any media type; unknown ones are kept as they are.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// The type itself.
    public var description: String { rawValue }

    /// An OCI image manifest.
    public static let imageManifest = MediaType(rawValue: "application/vnd.oci.image.manifest.v1+json")
    /// An OCI image index.
    public static let imageIndex = MediaType(rawValue: "application/vnd.oci.image.index.v1+json")
    /// An OCI image configuration.
    public static let imageConfiguration = MediaType(rawValue: "application/vnd.oci.image.config.v1+json")
    /// A layer as plain tar.
    public static let layerTar = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar")
    /// A layer as tar in gzip.
    public static let layerTarGzip = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+gzip")
    /// A layer as tar in zstd.
    public static let layerTarZstd = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+zstd")
    /// Docker's image manifest, schema 2.
    public static let dockerManifest = MediaType(rawValue: "application/vnd.docker.distribution.manifest.v2+json")
    /// Docker's manifest list, its form of an index.
    public static let dockerManifestList = MediaType(
        rawValue: "application/vnd.docker.distribution.manifest.list.v2+json")
    /// Docker's image configuration.
    public static let dockerConfiguration = MediaType(rawValue: "application/vnd.docker.container.image.v1+json")
    /// Docker's layer: tar in gzip.
    public static let dockerLayer = MediaType(rawValue: "application/vnd.docker.image.rootfs.diff.tar.gzip")
    /// Any bytes.
    public static let octetStream = MediaType(rawValue: "application/octet-stream")

    /// Whether it names a manifest of one image.
    public var isManifest: Bool { self == .imageManifest || self == .dockerManifest }
    /// Whether it names a list of manifests.
    public var isIndex: Bool { self == .imageIndex || self == .dockerManifestList }
}
