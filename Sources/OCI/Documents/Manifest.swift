import RawJSON

/// The manifest of one image: its configuration and its layers, lowest first (OCI image-spec, manifest.md).
public struct ImageManifest: Sendable, Hashable {
    /// `application/vnd.oci.image.manifest.v1+json` or Docker's schema 2.
    public var mediaType: MediaType
    /// The configuration's descriptor; its digest is the image ID of Docker.
    public var config: Descriptor
    /// The layers, lowest first.
    public var layers: [Descriptor]
    /// Free annotations.
    public var annotations: [Annotation]

    /// A manifest by parts.
    public init(
        mediaType: MediaType = .imageManifest, config: Descriptor, layers: [Descriptor], annotations: [Annotation] = []
    ) {
        self.mediaType = mediaType
        self.config = config
        self.layers = layers
        self.annotations = annotations
    }

    init(_ reader: DocumentReader, mediaType: MediaType) throws(OCIError) {
        self.mediaType = mediaType
        config = try Descriptor(reader.required("config"))
        guard let list = try reader.optionalList("layers") else { throw reader.fault("layers is missing") }
        guard list.count <= Document.maximumLayers else {
            throw OCIError(
                .limitExceeded, "\(reader.path): \(list.count) layers; at most \(Document.maximumLayers) are read")
        }
        layers = []
        for element in list { layers.append(try Descriptor(element)) }
        annotations = try Annotation.list(reader)
    }

    /// The manifest as the bytes that go over the wire.
    public var document: Document {
        var object: JSONObject = [
            "schemaVersion": 2, "mediaType": .string(mediaType.rawValue), "config": config.json,
            "layers": .array(layers.map(\.json)),
        ]
        object["annotations"] = Annotation.json(annotations)
        return Document(
            bytes: JSONValue.object(object).bytes(), mediaType: mediaType, content: .manifest(self))
    }
}

/// A list of manifests, by platform or by tag (OCI image-spec, image-index.md).
public struct ImageIndex: Sendable, Hashable {
    /// `application/vnd.oci.image.index.v1+json` or Docker's manifest list.
    public var mediaType: MediaType
    /// The manifests, in order of preference.
    public var manifests: [Descriptor]
    /// Free annotations.
    public var annotations: [Annotation]

    /// An index by parts.
    public init(mediaType: MediaType = .imageIndex, manifests: [Descriptor], annotations: [Annotation] = []) {
        self.mediaType = mediaType
        self.manifests = manifests
        self.annotations = annotations
    }

    init(_ reader: DocumentReader, mediaType: MediaType) throws(OCIError) {
        self.mediaType = mediaType
        guard let list = try reader.optionalList("manifests") else { throw reader.fault("manifests is missing") }
        guard list.count <= Document.maximumIndexEntries else {
            throw OCIError(
                .limitExceeded,
                "\(reader.path): \(list.count) manifests; at most \(Document.maximumIndexEntries) are read")
        }
        manifests = []
        for element in list { manifests.append(try Descriptor(element)) }
        annotations = try Annotation.list(reader)
    }

    /// The index as the bytes that go over the wire.
    public var document: Document {
        var object: JSONObject = [
            "schemaVersion": 2, "mediaType": .string(mediaType.rawValue), "manifests": .array(manifests.map(\.json)),
        ]
        object["annotations"] = Annotation.json(annotations)
        return Document(bytes: JSONValue.object(object).bytes(), mediaType: mediaType, content: .index(self))
    }
}

/// A manifest or index with the very bytes it came as, so that its digest never changes by re-encoding.
public struct Document: Sendable, Hashable {
    /// The parsed form.
    public enum Content: Sendable, Hashable {
        case manifest(ImageManifest)
        case index(ImageIndex)
    }

    /// How many bytes a manifest or index may have (distribution-spec, Pushing Manifests: registries accept 4 MiB).
    public static let maximumBytes = 4 << 20
    /// How many layers a manifest may list; the overlay file system of Linux mounts no more than 127 with Docker.
    public static let maximumLayers = 127
    /// How many manifests an index may list.
    public static let maximumIndexEntries = 1024

    /// The bytes as they came or go.
    public let bytes: [UInt8]
    /// What they are.
    public let mediaType: MediaType
    /// The parsed form.
    public let content: Content
    /// The digest of the bytes.
    public let digest: Digest

    init(bytes: [UInt8], mediaType: MediaType, content: Content) {
        self.bytes = bytes
        self.mediaType = mediaType
        self.content = content
        digest = .sha256(of: bytes)
    }

    /// Parses a manifest or an index.
    ///
    /// - Parameters:
    ///   - mediaType: the `Content-Type` it came with; where the document has `mediaType` too, both must agree.
    /// - Throws: `OCIError` with the member at fault; documents that could be read as both kinds are refused.
    public init(parsing bytes: [UInt8], mediaType announced: MediaType? = nil) throws(OCIError) {
        let reader = try DocumentReader.parse(bytes, name: "manifest", limit: Self.maximumBytes)
        let version = try reader.integer("schemaVersion")
        guard version == 2 else {
            throw OCIError(.unsupported, "manifest: schemaVersion \(version) is not supported; only 2 is")
        }
        let written = try reader.optionalString("mediaType").map(MediaType.init(rawValue:))
        if let written, let announced, written != announced {
            throw reader.fault("mediaType is \(written) but it came as \(announced)")
        }
        let hasManifests = reader.value["manifests"] != nil
        let hasLayers = reader.value["layers"] != nil || reader.value["config"] != nil
        if hasManifests, hasLayers { throw reader.fault("it has both manifests and layers") }
        let type = written ?? announced ?? (hasManifests ? .imageIndex : .imageManifest)
        if type.isManifest {
            self.init(bytes: bytes, mediaType: type, content: .manifest(try ImageManifest(reader, mediaType: type)))
        } else if type.isIndex {
            self.init(bytes: bytes, mediaType: type, content: .index(try ImageIndex(reader, mediaType: type)))
        } else {
            throw OCIError(.unsupported, "manifest: media type \(type) is neither a manifest nor an index")
        }
    }

    /// The descriptor of the bytes.
    public var descriptor: Descriptor { Descriptor(mediaType: mediaType, digest: digest, size: Int64(bytes.count)) }
}
