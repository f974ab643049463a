import OCI
import RawJSON

/// What is written about an image: `images/HEX.json`.
struct ImageRecord: Sendable, Hashable {
    var id: Digest
    /// Chain IDs, lowest layer first.
    var layers: [Digest]
    /// Manifests and indexes that led here, kept so that the next pull need not fetch them.
    var documents: [Digest]
    /// Nanoseconds since 1970.
    var lastTagged: Int64

    var json: JSONValue {
        [
            "id": .string(id.description), "layers": .array(layers.map { .string($0.description) }),
            "documents": .array(documents.map { .string($0.description) }),
            "lastTagged": .number(JSONNumber(lastTagged)),
        ]
    }

    init(id: Digest, layers: [Digest], documents: [Digest], lastTagged: Int64) {
        self.id = id
        self.layers = layers
        self.documents = documents
        self.lastTagged = lastTagged
    }

    init(parsing bytes: [UInt8], name: String) throws {
        let value = try JSONValue.parse(bytes)
        guard let id = value["id"]?.string, let lastTagged = value["lastTagged"]?.int64 else {
            throw ImageStoreError(.corrupt, "\(name): id or lastTagged is missing")
        }
        self.init(
            id: try Digest(parsing: id), layers: try value.digests("layers", name),
            documents: try value.digests("documents", name), lastTagged: lastTagged)
    }
}

/// What is written about a layer: `layers/HEX/layer.json`.
struct LayerRecord: Sendable, Hashable {
    var chainID: Digest
    var diffID: Digest
    var parent: Digest?
    /// The bytes of the unpacked files.
    var size: Int64
    /// The bytes of the tar archive.
    var archiveSize: Int64
    /// The archive as it came, compressed or not.
    var blob: Digest
    var blobSize: Int64

    var json: JSONValue {
        var object: JSONObject = [
            "chainID": .string(chainID.description), "diffID": .string(diffID.description),
            "size": .number(JSONNumber(size)), "archiveSize": .number(JSONNumber(archiveSize)),
            "blob": .string(blob.description), "blobSize": .number(JSONNumber(blobSize)),
        ]
        object["parent"] = parent.map { .string($0.description) }
        return .object(object)
    }

    init(
        chainID: Digest, diffID: Digest, parent: Digest?, size: Int64, archiveSize: Int64, blob: Digest, blobSize: Int64
    ) {
        self.chainID = chainID
        self.diffID = diffID
        self.parent = parent
        self.size = size
        self.archiveSize = archiveSize
        self.blob = blob
        self.blobSize = blobSize
    }

    init(parsing bytes: [UInt8], name: String) throws {
        let value = try JSONValue.parse(bytes)
        guard let chainID = value["chainID"]?.string, let diffID = value["diffID"]?.string,
            let size = value["size"]?.int64, let archiveSize = value["archiveSize"]?.int64,
            let blob = value["blob"]?.string, let blobSize = value["blobSize"]?.int64
        else { throw ImageStoreError(.corrupt, "\(name): a member is missing") }
        self.init(
            chainID: try Digest(parsing: chainID), diffID: try Digest(parsing: diffID),
            parent: try value["parent"]?.string.map { text throws(OCIError) in try Digest(parsing: text) }, size: size,
            archiveSize: archiveSize, blob: try Digest(parsing: blob), blobSize: blobSize)
    }

    /// The chain ID of a layer upon those below it (OCI image-spec, config.md, Layer ChainID).
    static func chainID(_ diffID: Digest, upon parent: Digest?) -> Digest {
        guard let parent else { return diffID }
        return .sha256(of: Array("\(parent) \(diffID)".utf8))
    }

    /// The chain IDs of a whole image, lowest first.
    static func chainIDs(_ diffIDs: [Digest]) -> [Digest] {
        var chain: [Digest] = []
        for diffID in diffIDs { chain.append(chainID(diffID, upon: chain.last)) }
        return chain
    }
}

extension JSONValue {
    fileprivate func digests(_ member: String, _ name: String) throws -> [Digest] {
        guard let list = self[member]?.array else { throw ImageStoreError(.corrupt, "\(name): \(member) is missing") }
        return try list.map { element in
            guard let text = element.string else {
                throw ImageStoreError(.corrupt, "\(name): \(member) holds no strings")
            }
            return try Digest(parsing: text)
        }
    }
}
