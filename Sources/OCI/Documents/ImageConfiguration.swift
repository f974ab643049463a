import RawJSON

/// An image's configuration: what it runs on, how it runs, and what its layers unpack to (OCI image-spec, config.md).
public struct ImageConfiguration: Sendable, Hashable {
    /// How many bytes a configuration may have.
    public static let maximumBytes = 8 << 20

    /// What the image runs on.
    public var platform: Platform
    /// When it was made, in RFC 3339 form.
    public var created: String?
    /// Who made it.
    public var author: String?
    /// What a container made from the image starts with.
    public var execution: Execution
    /// The digests of the layers' uncompressed tar archives, lowest first.
    public var diffIDs: [Digest]
    /// How each layer came to be, lowest first.
    public var history: [History]

    /// One line of an image's history.
    public struct History: Sendable, Hashable {
        /// When, in RFC 3339 form.
        public var created: String?
        /// By which command.
        public var createdBy: String?
        /// A remark.
        public var comment: String?
        /// Whether the step made no layer.
        public var isEmptyLayer: Bool

        /// A line by parts.
        public init(created: String? = nil, createdBy: String?, comment: String? = nil, isEmptyLayer: Bool = false) {
            self.created = created
            self.createdBy = createdBy
            self.comment = comment
            self.isEmptyLayer = isEmptyLayer
        }
    }

    /// A configuration by parts.
    public init(
        platform: Platform, created: String? = nil, author: String? = nil, execution: Execution = Execution(),
        diffIDs: [Digest], history: [History] = []
    ) {
        self.platform = platform
        self.created = created
        self.author = author
        self.execution = execution
        self.diffIDs = diffIDs
        self.history = history
    }

    /// Parses a configuration; keep the bytes beside it where its digest matters.
    ///
    /// - Throws: `OCIError` with the member at fault.
    public init(parsing bytes: [UInt8]) throws(OCIError) {
        let reader = try DocumentReader.parse(bytes, name: "image configuration", limit: Self.maximumBytes)
        platform = try Platform(reader)
        created = try reader.optionalString("created")
        author = try reader.optionalString("author")
        execution = try reader.optional("config").map { value throws(OCIError) in try Execution(value) } ?? Execution()
        let rootfs = try reader.required("rootfs")
        guard try rootfs.string("type") == "layers" else { throw rootfs.fault("type is not \"layers\"") }
        diffIDs = []
        for text in try rootfs.optionalStrings("diff_ids") ?? [] {
            do { diffIDs.append(try Digest(parsing: text)) } catch {
                throw OCIError(error.code, "\(rootfs.path): diff_ids: \(error)")
            }
        }
        history = []
        for line in try reader.optionalList("history") ?? [] {
            history.append(
                History(
                    created: try line.optionalString("created"), createdBy: try line.optionalString("created_by"),
                    comment: try line.optionalString("comment"),
                    isEmptyLayer: try line.optionalBoolean("empty_layer") ?? false))
        }
    }

    /// The configuration as JSON, its members always in the same order.
    public var json: JSONValue {
        var object = JSONObject()
        object["architecture"] = .string(platform.architecture)
        object["variant"] = platform.variant.map(JSONValue.string)
        object["os"] = .string(platform.os)
        object["created"] = created.map(JSONValue.string)
        object["author"] = author.map(JSONValue.string)
        object["config"] = execution.json
        object["rootfs"] = [
            "type": "layers", "diff_ids": .array(diffIDs.map { .string($0.description) }),
        ]
        object["history"] = .array(history.map(\.json))
        return .object(object)
    }

    /// The configuration as the bytes of a blob.
    public var bytes: [UInt8] { json.bytes() }
}

extension ImageConfiguration.History {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        object["created"] = created.map(JSONValue.string)
        object["created_by"] = createdBy.map(JSONValue.string)
        object["comment"] = comment.map(JSONValue.string)
        if isEmptyLayer { object["empty_layer"] = true }
        return .object(object)
    }
}
