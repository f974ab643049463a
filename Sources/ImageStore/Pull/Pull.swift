import DockerAPI
import NIOCore
import OCI
import RegistryClient

extension ImageStore {
    /// Pulls an image; the sequence ends with `completed`, or throws `ImageStoreError`. Ending the iteration early
    /// cancels the pull.
    ///
    /// - Parameters:
    ///   - reference: as the user wrote it: `nginx`, `127.0.0.1:5000/a/b:1`, `nginx@sha256:…`.
    ///   - platform: what to choose from an index; nil is the host's.
    ///   - credentials: from `X-Registry-Auth`.
    public nonisolated func pull(
        _ reference: String, platform: Platform? = nil, credentials: RegistryCredentials? = nil
    ) -> AsyncThrowingStream<PullEvent, any Error> {
        AsyncThrowingStream(bufferingPolicy: .bufferingOldest(1 << 16)) { events in
            let task = Task {
                do {
                    let image = try await self.pull(reference, platform, credentials) { events.yield($0) }
                    events.yield(.completed(image: image))
                    events.finish()
                } catch {
                    events.finish(throwing: ImageStoreError.wrap(error))
                }
            }
            events.onTermination = { _ in task.cancel() }
        }
    }

    /// What a registry has under a name, without fetching it (`GET /distribution/{name}/json`).
    public nonisolated func describeRemote(
        _ text: String, credentials: RegistryCredentials?
    ) async throws(ImageStoreError) -> RemoteDescription {
        do {
            let reference = try ImageReference(parsing: text).withDefaultTag
            return try await registry.repository(of: reference, credentials: credentials).describe()
        } catch {
            throw ImageStoreError.wrap(error)
        }
    }

    private func pull(
        _ text: String, _ platform: Platform?, _ credentials: RegistryCredentials?,
        _ emit: @escaping @Sendable (PullEvent) -> Void
    ) async throws -> Digest {
        let reference = try ImageReference(parsing: text).withDefaultTag
        let repository = registry.repository(of: reference, credentials: credentials)
        let known: @Sendable (Digest) -> Document? = { [layout] digest in
            // A document that cannot be read back is fetched again.
            guard let bytes = try? File.contents(of: layout.content(digest), limit: Document.maximumBytes),
                Digest.sha256(of: bytes) == digest
            else { return nil }
            return try? Document(parsing: bytes)
        }
        let resolved = try await repository.resolve(platform: platform, known: known) {
            // Not before: what is not there is an error, not a stream that ends with one.
            emit(.pulling(repository: reference.path, identifier: reference.digest ?? reference.tag ?? ""))
        }
        let id = resolved.manifest.config.digest
        guard id.algorithm == .sha256 else {
            throw ImageStoreError(.unsupported, "image \(id) is not named by sha256")
        }
        let isNew = images[id] == nil
        if isNew { try await bringImage(resolved, from: repository, emit) }
        try remember(resolved, reference, id)
        if let platform, let found = configurations[id]?.parsed.platform, !found.satisfies(platform) {
            emit(
                .warning(
                    "image with reference \(reference.familiar) was found but its platform (\(found.normalized)) does "
                        + "not match the specified platform (\(platform.normalized))"))
        }
        emit(.digest(resolved.digest))
        emit(.status((isNew ? "Downloaded newer image for " : "Image is up to date for ") + reference.familiar))
        return id
    }

    private func bringImage(
        _ resolved: ResolvedImage, from repository: RemoteRepository, _ emit: @escaping @Sendable (PullEvent) -> Void
    ) async throws {
        let manifest = resolved.manifest
        guard Self.configurationTypes.contains(manifest.config.mediaType) else {
            throw ImageStoreError(
                .unsupported, "unsupported media type \(manifest.config.mediaType): it is no container image")
        }
        let bytes = try await repository.bytes(manifest.config, limit: ImageConfiguration.maximumBytes)
        let configuration = try ImageConfiguration(parsing: bytes)
        guard configuration.diffIDs.count == manifest.layers.count else {
            throw ImageStoreError(.corrupt, "layers from manifest don't match image configuration")
        }
        guard configuration.platform.os == "linux" else {
            throw ImageStoreError(
                .unsupported,
                "image operating system \"\(configuration.platform.os)\" cannot be used on this platform: "
                    + "operating system is not supported")
        }
        let sources = zip(manifest.layers, LayerRecord.chainIDs(configuration.diffIDs)).enumerated().map {
            index, pair in
            LayerSource(
                chainID: pair.1, diffID: configuration.diffIDs[index],
                parent: index == 0 ? nil : LayerRecord.chainIDs(Array(configuration.diffIDs[..<index])).last,
                blob: pair.0,
                fetch: { onRetry, consume in
                    try await repository.blob(pair.0, onRetry: onRetry, consume: consume)
                })
        }
        let documents =
            resolved.target == resolved.manifestDocument
            ? [resolved.target] : [resolved.target, resolved.manifestDocument]
        try await establish(sources, configuration: bytes, documents: documents) { emit(.layer(id: $0, $1)) }
    }

    private static let configurationTypes: Set<MediaType> = [
        .imageConfiguration, .dockerConfiguration, .octetStream,
        // Written by old builders, and still taken by docker.
        MediaType(rawValue: "text/html"), MediaType(rawValue: ""),
    ]

    /// Brings all layers of an image in, then the image; after a failure nothing of it is left.
    func establish(
        _ sources: [LayerSource], configuration bytes: [UInt8], documents: [Document],
        report: @escaping @Sendable (String, LayerProgress) -> Void
    ) async throws {
        let chainIDs = sources.map(\.chainID)
        pin(chainIDs)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for source in sources {
                    group.addTask {
                        try await self.bring(source) { report(source.shortID, $0) }
                    }
                }
                try await group.waitForAll()
            }
            try commit(chainIDs, bytes, documents)
            unpin(chainIDs)
            if hasGarbage { await collectQuietly() }
        } catch {
            unpin(chainIDs)
            await collectQuietly()
            throw error
        }
    }

    /// Removes what nobody holds on to; what the caller has to tell is more important than a failure of this.
    func collectQuietly() async {
        do { try await collect() } catch { logger.error("cannot remove what is not needed any more: \(error)") }
    }

    private func commit(_ chainIDs: [Digest], _ bytes: [UInt8], _ documents: [Document]) throws {
        let id = Digest.sha256(of: bytes)
        try layout.write(bytes, to: layout.content(id))
        for document in documents { try layout.write(document.bytes, to: layout.content(document.digest)) }
        configurations[id] = (bytes, try ImageConfiguration(parsing: bytes))
        try write(ImageRecord(id: id, layers: chainIDs, documents: documents.map(\.digest), lastTagged: 0))
    }

    private func remember(_ resolved: ResolvedImage, _ reference: ImageReference, _ id: Digest) throws {
        let byDigest = try ImageReference(parsing: "\(reference.name)@\(resolved.digest)")
        if names.image(byDigest) != id { try setTag(byDigest, of: id) }
        if reference.digest == nil, names.image(reference) != id { try setTag(reference, of: id) }
    }
}

extension Platform {
    /// Whether something for this platform is what was asked for.
    func satisfies(_ wanted: Platform) -> Bool {
        let (mine, theirs) = (normalized, wanted.normalized)
        return mine.os == theirs.os && mine.architecture == theirs.architecture
            && (theirs.variant == nil || mine.variant == nil || mine.variant == theirs.variant)
    }
}
