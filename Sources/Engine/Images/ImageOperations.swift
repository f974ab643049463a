import ImageStore
import NIOCore
import OCI
import RegistryClient
import Synchronization

extension Engine {
    /// Pulls an image; the stream throws `EngineError`.
    public func pull(
        _ reference: String, platform: Platform? = nil, credentials: RegistryCredentials? = nil
    ) -> AsyncThrowingStream<PullEvent, any Error> {
        let events = imageStore.pull(reference, platform: platform, credentials: credentials)
        return AsyncThrowingStream { continuation in
            let task = Task { [weak self] in
                do {
                    for try await event in events {
                        if case .completed(let id) = event { await self?.publishImage("pull", reference, id) }
                        continuation.yield(event)
                    }
                    continuation.finish()
                } catch {
                    let failure = (error as? ImageStoreError).map { EngineError($0) } ?? EngineError(system: error)
                    continuation.finish(throwing: failure)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    /// One image.
    public func image(_ name: String) async throws(EngineError) -> Image {
        do { return try await imageStore.image(name) } catch { throw EngineError(error) }
    }

    /// How an image came to be, latest first.
    public func imageHistory(_ name: String) async throws(EngineError) -> [HistoryLine] {
        do { return try await imageStore.history(name) } catch { throw EngineError(error) }
    }

    /// Gives an image a further name.
    public func tagImage(_ name: String, as newName: String) async throws(EngineError) {
        do {
            try await imageStore.tag(name, as: newName)
            let image = try await imageStore.image(newName)
            await publishImage("tag", newName, image.id)
        } catch {
            throw EngineError(error)
        }
    }

    /// Takes names off an image, and the image away when none is left.
    public func removeImage(_ name: String, force: Bool = false) async throws(EngineError) -> [RemovalRecord] {
        do {
            let records = try await imageStore.remove(name, force: force)
            publish(records)
            return records
        } catch {
            throw EngineError(error)
        }
    }

    /// Removes images that nothing uses; filters `dangling`, `until`, `label`, `label!`.
    public func pruneImages(_ filters: FilterArguments) async throws(EngineError) -> ImagePruneReport {
        try filters.check(["dangling", "label", "label!", "until"])
        let limit = try filters.until().map { Timestamp(nanosecondsSince1970: $0).description }
        let filter = PruneFilter(danglingOnly: try filters.flag("dangling") ?? true, createdBefore: limit) { labels in
            filters.acceptsLabels(Dictionary(labels.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }))
        }
        do {
            let (removed, reclaimed) = try await imageStore.prune(filter)
            publish(removed)
            eventBus.publish(
                .image, "prune", actor: "", attributes: [Event.Attribute("reclaimed", String(reclaimed))])
            return ImagePruneReport(removed: removed, reclaimed: reclaimed)
        } catch {
            throw EngineError(error)
        }
    }

    /// Loads images from an archive of `docker save`.
    public func loadImages(
        _ archive: some AsyncSequence<ByteBuffer, any Error> & Sendable, report: @escaping @Sendable (LoadEvent) -> Void
    ) async throws(EngineError) {
        let names = Mutex<[String]>([])
        do {
            try await imageStore.load(archive) { event in
                switch event {
                case .loaded(let name): names.withLock { $0.append(name) }
                case .loadedID(let id): names.withLock { $0.append(id.description) }
                default: break
                }
                report(event)
            }
        } catch {
            throw EngineError(error)
        }
        var told: Set<Digest> = []
        for name in names.withLock({ $0 }) {
            let id = try await image(name).id
            if told.insert(id).inserted { publishImage("load", id) }
        }
    }

    /// Images as one archive.
    ///
    /// - Throws: `notFound` before the first byte.
    public func saveImages(_ names: [String]) async throws(EngineError) -> AsyncThrowingStream<ByteBuffer, any Error> {
        var ids: [Digest] = []
        for name in names {
            let id = try await image(name).id
            if !ids.contains(id) { ids.append(id) }
        }
        return stream { [weak self, imageStore, ids] sink throws(EngineError) in
            do throws(ImageStoreError) { try await imageStore.save(names, to: sink) } catch { throw EngineError(error) }
            for id in ids { self?.publishImage("save", id) }
        }
    }

    /// What a registry has under a name (`GET /distribution/{name}/json`).
    public func describeRemote(
        _ name: String, credentials: RegistryCredentials? = nil
    ) async throws(EngineError) -> RemoteDescription {
        do { return try await imageStore.describeRemote(name, credentials: credentials) } catch {
            throw EngineError(error)
        }
    }

    // MARK: - Events

    /// An event of an image that is named by its ID alone.
    private func publishImage(_ action: String, _ id: Digest) {
        let id = id.description
        eventBus.publish(.image, action, actor: id, attributes: [Event.Attribute("name", id)])
    }

    private func publishImage(_ action: String, _ name: String, _ id: Digest) async {
        let labels = await imageStore.image(id: id)?.configuration.execution.labels ?? []
        // A pull is told by the full reference, and names the repository (moby daemon/images/image_pull.go).
        let shown = action == "pull" ? Self.withoutTag(name) : name
        var attributes = [Event.Attribute("name", shown)]
        attributes += labels.map { Event.Attribute($0.name, $0.value) }
        eventBus.publish(
            .image, action, actor: action == "pull" ? name : id.description,
            attributes: attributes.sorted { $0.name < $1.name })
    }

    /// `nginx:1.27` and `nginx@sha256:…` as `nginx`; a port of the registry stays.
    static func withoutTag(_ name: String) -> String {
        let path = name.prefix { $0 != "@" }
        let last = path.lastIndex(of: "/") ?? path.startIndex
        return String(path[..<(path[last...].firstIndex(of: ":") ?? path.endIndex)])
    }

    private func publish(_ records: [RemovalRecord]) {
        for record in records {
            switch record {
            case .untagged(_, let image): publishImage("untag", image)
            case .deletedImage(let image): publishImage("delete", image)
            case .deletedLayer: break
            }
        }
    }
}
