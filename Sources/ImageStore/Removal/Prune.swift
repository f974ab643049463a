import OCI

/// Which images `docker image prune` takes.
public struct PruneFilter: Sendable {
    /// Only images without a tag; otherwise all that no container uses.
    public var danglingOnly: Bool
    /// Only images made before this moment, RFC 3339 in UTC; nil for all.
    public var createdBefore: String?
    /// Whether an image's labels let it be taken; label filters of docker, `label` and `label!`, are the caller's.
    public var acceptsLabels: @Sendable ([Annotation]) -> Bool

    /// A filter by parts.
    public init(
        danglingOnly: Bool = true, createdBefore: String? = nil,
        acceptsLabels: @escaping @Sendable ([Annotation]) -> Bool = { _ in true }
    ) {
        self.danglingOnly = danglingOnly
        self.createdBefore = createdBefore
        self.acceptsLabels = acceptsLabels
    }
}

extension ImageStore {
    /// Removes images that nothing uses.
    ///
    /// - Returns: what went, and how many bytes came free.
    public func prune(_ filter: PruneFilter) async throws(ImageStoreError) -> (
        removed: [RemovalRecord], reclaimed: Int64
    ) {
        var removed: [RemovalRecord] = []
        for image in list() where accepts(image, filter) {
            let references = names.references(to: image.id)
            if references.isEmpty {
                removed += try await removeUnlessUsed(image.id.hexadecimal)
            } else if !filter.danglingOnly || references.allSatisfy({ $0.digest != nil }) {
                for reference in references { removed += try await removeUnlessUsed(reference.description) }
            }
        }
        let reclaimed = removed.reduce(Int64(0)) { sum, record in
            if case .deletedLayer(_, let size) = record { sum + size } else { sum }
        }
        return (removed, reclaimed)
    }

    private func removeUnlessUsed(_ text: String) async throws(ImageStoreError) -> [RemovalRecord] {
        do { return try await remove(text) } catch {
            // An image in use, or one that went meanwhile, is what prune leaves alone.
            guard error.code == .conflict || error.code == .notFound else { throw error }
            return []
        }
    }

    private func accepts(_ image: Image, _ filter: PruneFilter) -> Bool {
        if let limit = filter.createdBefore {
            guard let created = image.configuration.created, let moment = Timestamp(parsing: created),
                let end = Timestamp(parsing: limit), !(end < moment)
            else { return false }
        }
        return filter.acceptsLabels(image.configuration.execution.labels)
    }
}
