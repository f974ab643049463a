import DockerAPI
import OCI

extension ImageStore {
    /// Removes a name, and the image with it when that was its last; or, given an ID, the image with all its names.
    ///
    /// - Parameters:
    ///   - text: `nginx:latest`, `nginx@sha256:…`, an ID or the start of one.
    ///   - force: as `docker rmi -f`.
    /// - Throws: `notFound`; `conflict`, in docker's words, where a container or another name stands against it.
    @discardableResult
    public func remove(_ text: String, force: Bool = false) async throws(ImageStoreError) -> [RemovalRecord] {
        let uses = await containers()
        // From here to the end of `takeAway` nothing else of the store runs, so the checks stay true.
        let id = try record(text).id
        do {
            let outcome = try takeAway(text, id, force, uses)
            guard outcome.isGone else { return outcome.records }
            let layers = try await collect()
            return outcome.records + layers.map { .deletedLayer($0.chainID, size: $0.size) }
        } catch {
            throw ImageStoreError.wrap(error)
        }
    }

    private func takeAway(
        _ text: String, _ id: Digest, _ force: Bool, _ uses: [ContainerUse]
    ) throws -> (records: [RemovalRecord], isGone: Bool) {
        var records: [RemovalRecord] = []
        let references = names.references(to: id)
        if Self.isIDPrefix(text, of: id) {
            if Self.isSingle(references) {
                var kinds: Set<Conflict> = [.runningContainer]
                if !force { kinds.insert(.stoppedContainer) }
                try check(id, for: kinds, uses)
                for reference in references { try untag(reference, of: id, &records) }
            }
        } else {
            if !force, Self.isSingle(references), let use = uses.first(where: { $0.image == id }) {
                throw ImageStoreError(
                    .conflict,
                    "conflict: unable to remove repository reference \"\(text)\" (must force) - container "
                        + "\(use.containerID.prefix(12)) is using its referenced image \(Self.short(id))")
            }
            let parsed = try ImageReference(parsing: text).withDefaultTag
            try untag(kept(parsed), of: id, &records)
            try untagLeftOverDigests(of: parsed, id, &records)
            if !names.references(to: id).isEmpty { return (records, false) }
        }
        var kinds: Set<Conflict> = [.runningContainer]
        if !force { kinds.formUnion([.otherReferences, .stoppedContainer]) }
        try check(id, for: kinds, uses)
        for reference in names.references(to: id) { try untag(reference, of: id, &records) }
        try layout.remove(layout.image(id))
        images[id] = nil
        configurations[id] = nil
        records.append(.deletedImage(id))
        return (records, true)
    }

    /// `name:tag@digest` was looked up by its digest, so that is the name to take off.
    private func kept(_ reference: ImageReference) -> ImageReference {
        guard reference.tag != nil, reference.digest != nil, names.all[reference] == nil else { return reference }
        return names.all.keys.first { $0.name == reference.name && $0.digest == reference.digest } ?? reference
    }

    /// With the last tag of a repository its digests go too.
    private func untagLeftOverDigests(of reference: ImageReference, _ id: Digest, _ records: inout [RemovalRecord])
        throws
    {
        guard reference.digest == nil else { return }
        let rest = names.references(to: id).filter { $0.name == reference.name }
        guard rest.allSatisfy({ $0.digest != nil }) else { return }
        for digest in rest { try untag(digest, of: id, &records) }
    }

    private func untag(_ reference: ImageReference, of id: Digest, _ records: inout [RemovalRecord]) throws {
        var changed = names
        guard let removed = changed.remove(reference) else {
            throw ImageStoreError(.notFound, "No such image: \(reference.familiar)")
        }
        try write(changed)
        records.append(.untagged(removed.familiar, image: id))
    }

    private enum Conflict { case runningContainer, stoppedContainer, otherReferences }

    private func check(_ id: Digest, for kinds: Set<Conflict>, _ uses: [ContainerUse]) throws(ImageStoreError) {
        func refusal(_ how: String, _ why: String) -> ImageStoreError {
            ImageStoreError(.conflict, "conflict: unable to delete \(Self.short(id)) (\(how)) - \(why)")
        }
        if kinds.contains(.runningContainer), let use = uses.first(where: { $0.image == id && $0.isRunning }) {
            throw refusal("cannot be forced", "image is being used by running container \(use.containerID.prefix(12))")
        }
        if kinds.contains(.otherReferences), !names.references(to: id).isEmpty {
            throw refusal("must be forced", "image is referenced in multiple repositories")
        }
        if kinds.contains(.stoppedContainer), let use = uses.first(where: { $0.image == id && !$0.isRunning }) {
            throw refusal("must be forced", "image is being used by stopped container \(use.containerID.prefix(12))")
        }
    }

    private static func short(_ id: Digest) -> Substring { id.hexadecimal.prefix(12) }

    private static func isIDPrefix(_ text: String, of id: Digest) -> Bool {
        id.description.hasPrefix(text) || id.hexadecimal.hasPrefix(text)
    }

    /// Whether all names are one tag, with digests of the same repository at most.
    private static func isSingle(_ references: [ImageReference]) -> Bool {
        guard references.count > 1 else { return true }
        let tags = references.filter { $0.digest == nil }
        guard tags.count <= 1 else { return false }
        let repositories = Set(references.filter { $0.digest != nil }.map(\.name))
        guard let single = tags.first ?? references.first else { return true }
        return repositories == [single.name]
    }
}
