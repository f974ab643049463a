import FixtureImages
import OCI

/// The images as each case sees them: fixtures under its own labels, and what it pushed itself.
struct CaseImages: Sendable {
    let catalog: FixtureCatalog
    let run: String
    let state: RegistryState

    /// The manifest or index a tag or digest stands for; nil where there is none.
    func manifest(_ reference: String, _ target: RequestTarget) throws -> Document? {
        if reference.contains(":") {
            let digest = try Digest(parsing: reference)
            if let known = known(digest, target) { return known }
            // The registry may have been restarted since the tag was resolved: make the repository's manifests again.
            for tag in fixtureTags(target) { _ = try tagged(tag, target) }
            return known(digest, target)
        }
        return try tagged(reference, target)
    }

    private func known(_ digest: Digest, _ target: RequestTarget) -> Document? {
        state.withCase(target.case) { $0.manifests[digest] }
    }

    private func tagged(_ tag: String, _ target: RequestTarget) throws -> Document? {
        let pushed = state.withCase(target.case) { state in
            state.tags[target.repository]?[tag].flatMap { state.manifests[$0] }
        }
        if let pushed { return pushed }
        guard let name = catalog.name(of: "\(target.image):\(tag)") else { return nil }
        let variant = state.withCase(target.case) { $0.variants[name] ?? 1 }
        var identity = CaseIdentity(case: target.case, run: run, variant: variant)
        if !target.modes.isDisjoint(with: Mode.concerningBlobs) {
            identity.ownLayer = "\(target.repository):\(tag) \(run) \(variant)"
        }
        let own = try catalog.caseImage(name, for: identity)
        if target.modes.contains(.foreignPlatform) || target.modes.contains(.index) {
            identity.platform = Self.foreign(to: own.platform)
            let other = try catalog.caseImage(name, for: identity)
            if target.modes.contains(.foreignPlatform) { return store(other, target) }
            return store(index: [own, other], target)
        }
        return store(own, target)
    }

    private static func foreign(to platform: Platform) -> Platform {
        platform.architecture == "arm64"
            ? Platform(architecture: "amd64") : Platform(architecture: "arm64", variant: "v8")
    }

    private func store(_ image: CaseImage, _ target: RequestTarget) -> Document {
        var document = image.manifest
        if case .manifest(var manifest) = document.content {
            if target.modes.contains(.schema2) {
                manifest.mediaType = .dockerManifest
                manifest.config.mediaType = .dockerConfiguration
                for index in manifest.layers.indices { manifest.layers[index].mediaType = .dockerLayer }
                document = manifest.document
            }
            if target.modes.contains(.hugeManifest) {
                manifest.annotations.append(
                    Annotation("io.drydock.padding", String(repeating: "x", count: Document.maximumBytes + 1)))
                document = manifest.document
            }
        }
        let stored = document
        state.withCase(target.case) { state in
            state.manifests[stored.digest] = stored
            state.blobs[image.id] = image.configuration
            if let layer = image.generatedLayer { state.blobs[layer.descriptor.digest] = layer.bytes }
        }
        return stored
    }

    private func store(index images: [CaseImage], _ target: RequestTarget) -> Document {
        let entries = images.map { image in
            var descriptor = store(image, target).descriptor
            descriptor.platform = image.platform
            return descriptor
        }
        let type: MediaType = target.modes.contains(.schema2) ? .dockerManifestList : .imageIndex
        let document = ImageIndex(mediaType: type, manifests: entries).document
        state.withCase(target.case) { $0.manifests[document.digest] = document }
        return document
    }

    /// The content of a blob; nil where there is none.
    func blob(_ digest: Digest, _ target: RequestTarget) throws -> RegistryResponse.Body? {
        if let bytes = state.withCase(target.case, { $0.blobs[digest] }) { return .bytes(bytes) }
        if catalog.layout.contains(digest) {
            let path = catalog.layout.path(of: digest)
            return .file(path: path, offset: 0, count: try File(reading: path).size(), patch: nil)
        }
        for tag in fixtureTags(target) { _ = try tagged(tag, target) }
        return state.withCase(target.case) { $0.blobs[digest] }.map { .bytes($0) }
    }

    private func fixtureTags(_ target: RequestTarget) -> [String] {
        catalog.names.filter { $0.hasPrefix("\(target.image):") }.map { String($0.dropFirst(target.image.count + 1)) }
    }

    /// All tags of a repository, sorted.
    func tags(_ target: RequestTarget) -> [String] {
        let pushed = state.withCase(target.case) { Array(($0.tags[target.repository] ?? [:]).keys) }
        return Set(pushed + fixtureTags(target)).sorted()
    }
}
