import DockerAPI
import OCI
import RawJSON

/// Which names lead to which images: tags (`docker.io/library/nginx:latest`) and digests (`…/nginx@sha256:…`).
struct ReferenceTable: Sendable {
    private var images: [ImageReference: Digest] = [:]

    init() {}

    init(parsing bytes: [UInt8], name: String) throws {
        guard let members = try JSONValue.parse(bytes).object?.members else {
            throw ImageStoreError(.corrupt, "\(name) is not a JSON object")
        }
        for member in members {
            guard let id = member.value.string else {
                throw ImageStoreError(.corrupt, "\(name): \(member.name) is no string")
            }
            images[try ImageReference(parsing: member.name)] = try Digest(parsing: id)
        }
    }

    var json: JSONValue {
        let members = images.map { JSONObject.Member(name: $0.key.description, value: .string($0.value.description)) }
        return .object(JSONObject(members: members.sorted { $0.name < $1.name }))
    }

    /// The image of a tag or digest; a name without either means `latest`.
    func image(_ reference: ImageReference) -> Digest? {
        if let image = images[reference.withDefaultTag] { return image }
        // `name:tag@digest` is looked up by its digest alone, as docker does.
        guard reference.digest != nil, reference.tag != nil else { return nil }
        return images.first { $0.key.name == reference.name && $0.key.digest == reference.digest }?.value
    }

    /// All names of an image, tags before digests, each in order of the alphabet.
    func references(to image: Digest) -> [ImageReference] {
        images.filter { $0.value == image }.map(\.key).sorted { left, right in
            if (left.digest == nil) != (right.digest == nil) { return left.digest == nil }
            return left.description < right.description
        }
    }

    /// All names.
    var all: [ImageReference: Digest] { images }

    mutating func set(_ reference: ImageReference, to image: Digest) { images[reference.withDefaultTag] = image }

    /// Takes a name off; the very reference as it was kept, or nil where there was none.
    mutating func remove(_ reference: ImageReference) -> ImageReference? {
        images.removeValue(forKey: reference.withDefaultTag) == nil ? nil : reference.withDefaultTag
    }
}
