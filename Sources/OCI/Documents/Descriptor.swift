import RawJSON

/// Where content is found: its type, digest and size (OCI image-spec, descriptor.md).
public struct Descriptor: Sendable, Hashable {
    /// The type of the content.
    public var mediaType: MediaType
    /// The digest of the content's bytes.
    public var digest: Digest
    /// The content's size in bytes.
    public var size: Int64
    /// For an entry of an index: what the image runs on.
    public var platform: Platform?
    /// Free annotations, in document order.
    public var annotations: [Annotation]

    /// A descriptor by parts.
    public init(
        mediaType: MediaType, digest: Digest, size: Int64, platform: Platform? = nil, annotations: [Annotation] = []
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.platform = platform
        self.annotations = annotations
    }

    /// The descriptor of these bytes.
    public init(of bytes: [UInt8], mediaType: MediaType) {
        self.init(mediaType: mediaType, digest: .sha256(of: bytes), size: Int64(bytes.count))
    }

    init(_ reader: DocumentReader) throws(OCIError) {
        mediaType = MediaType(rawValue: try reader.string("mediaType"))
        digest = try reader.digest("digest")
        size = try reader.integer("size")
        guard size >= 0 else { throw reader.fault("size \(size) is negative") }
        platform = try reader.optional("platform").map { value throws(OCIError) in try Platform(value) }
        annotations = try Annotation.list(reader)
    }

    var json: JSONValue {
        var object: JSONObject = [
            "mediaType": .string(mediaType.rawValue), "digest": .string(digest.description),
            "size": .number(JSONNumber(size)),
        ]
        object["platform"] = platform?.json
        object["annotations"] = Annotation.json(annotations)
        return .object(object)
    }
}

/// One `"name": "value"` pair of an annotations map (OCI image-spec, annotations.md).
public struct Annotation: Sendable, Hashable {
    /// The name, by custom in reverse-DNS form.
    public var name: String
    /// The value.
    public var value: String

    /// An annotation by parts.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// The tag of a manifest within an image layout's `index.json`.
    public static let referenceName = "org.opencontainers.image.ref.name"

    static func list(_ reader: DocumentReader) throws(OCIError) -> [Annotation] {
        var list: [Annotation] = []
        for (name, value) in try reader.stringMap("annotations") { list.append(Annotation(name, value)) }
        return list
    }

    static func json(_ annotations: [Annotation]) -> JSONValue? {
        guard !annotations.isEmpty else { return nil }
        return .object(
            JSONObject(members: annotations.map { JSONObject.Member(name: $0.name, value: .string($0.value)) }))
    }
}

/// What an image runs on, for example `linux/amd64` or `linux/arm64/v8` (OCI image-spec, image-index.md).
public struct Platform: Sendable, Hashable, CustomStringConvertible {
    /// The operating system, as Go's GOOS: `linux`.
    public var os: String
    /// The processor architecture, as Go's GOARCH: `amd64`, `arm64`.
    public var architecture: String
    /// The variant of the architecture, for example `v8`.
    public var variant: String?

    /// A platform by parts.
    public init(os: String = "linux", architecture: String, variant: String? = nil) {
        self.os = os
        self.architecture = architecture
        self.variant = variant
    }

    init(_ reader: DocumentReader) throws(OCIError) {
        os = try reader.string("os")
        architecture = try reader.string("architecture")
        variant = try reader.optionalString("variant")
    }

    var json: JSONValue {
        var object: JSONObject = ["architecture": .string(architecture), "os": .string(os)]
        object["variant"] = variant.map(JSONValue.string)
        return .object(object)
    }

    /// `linux/arm64/v8`
    public var description: String { [os, architecture, variant].compactMap(\.self).joined(separator: "/") }
}
