import ImageStore
import NIOCore
import NIOPosix
import OCI

extension Engine {
    /// What stands at a path of a container.
    public func pathStatus(_ name: String, path: String) async throws(EngineError) -> PathStatus {
        try Self.check(path)
        return try await files(of: try container(name), name) { archive throws(EngineError) in
            try await archive.status(of: path)
        }
    }

    /// A path of a container as a tar archive.
    public func archive(
        _ name: String, path: String
    ) async throws(EngineError) -> (status: PathStatus, bytes: AsyncThrowingStream<ByteBuffer, any Error>) {
        try Self.check(path)
        let container = try container(name)
        let found = Promise<Result<PathStatus, EngineError>>()
        let stream = stream { [weak self] sink throws(EngineError) in
            guard let self else { return }
            do throws(EngineError) {
                try await self.files(of: container, name) { archive throws(EngineError) in
                    try await archive.read(path, to: sink) { found.fulfil(.success($0)) }
                }
            } catch {
                found.fulfil(.failure(error))
                throw error
            }
        }
        guard let status = await found.value() else { throw EngineError(.cancelled, "context canceled") }
        let result = try status.get()
        publish("archive-path", of: container)
        return (result, stream)
    }

    /// Unpacks a tar archive into a folder of a container.
    ///
    /// - Parameters:
    ///   - keepsKind: refuse to replace a folder by a file, or the reverse (`noOverwriteDirNonDir`).
    ///   - copiesOwner: give the files the owner of the container's user (`copyUIDGID`).
    /// - Throws: `forbidden` where the root or the volume is read-only.
    public func extract(
        _ name: String, path: String, keepsKind: Bool, copiesOwner: Bool,
        from archive: some AsyncSequence<ByteBuffer, any Error> & Sendable
    ) async throws(EngineError) {
        try Self.check(path)
        let container = try container(name)
        let host = container.read { $0.record.hostConfiguration }
        var options = ArchiveUnpacker.Options()
        options.keepsKinds = keepsKind
        if copiesOwner {
            let identity = try account(of: container, host).identity
            options.owner = ArchiveUnpacker.Owner(uid: identity.uid, gid: identity.gid)
        }
        let mounts = container.definition.mountPoints.map(\.point)
        let isRootReadOnly = host.readonlyRootfs
        let chosen = options
        try await files(of: container, name) { files throws(EngineError) in
            try await files.write(archive, into: path, options: chosen) { resolved in
                let mount = mounts.filter { resolved == $0.destination || resolved.hasPrefix("\($0.destination)/") }
                    .max { $0.destination.utf8.count < $1.destination.utf8.count }
                if let mount, !mount.isWritable {
                    throw EngineError(.forbidden, "mounted volume is marked read-only")
                }
                if mount == nil, isRootReadOnly {
                    throw EngineError(.forbidden, "container rootfs is marked read-only")
                }
            }
        }
        publish("extract-to-dir", of: container)
    }

    /// The whole file system of a container as a tar archive.
    public func export(_ name: String) async throws(EngineError) -> AsyncThrowingStream<ByteBuffer, any Error> {
        let container = try container(name)
        publish("export", of: container)
        return stream { [weak self] sink throws(EngineError) in
            try await self?.files(of: container, name) { archive throws(EngineError) in
                try await archive.export(to: sink)
            }
        }
    }

    /// What the container changed in its file system.
    public func changes(_ name: String) async throws(EngineError) -> [FileChange] {
        let container = try container(name)
        return try UpperLayer.changes(
            of: container.upperDirectory, over: container.definition.lowerDirectories)
    }

    private static func check(_ path: String) throws(EngineError) {
        guard !path.isEmpty else { throw EngineError(.invalidArgument, "bad parameter: path cannot be empty") }
    }

    /// A container's files: of a running one as its process sees them, of another put together, while nobody starts it.
    private func files<Answer>(
        of container: Container, _ name: String,
        _ body: (ContainerArchive) async throws(EngineError) -> Answer
    ) async throws(EngineError) -> Answer {
        if let process = container.read({ $0.process }) {
            return try await body(
                ContainerArchive(of: .running(pid: process.pid), container: name, threads: .singleton))
        }
        return try await container.gate.pass { () async throws(EngineError) in
            // It may have been started while we waited.
            if let process = container.read({ $0.process }) {
                return try await body(
                    ContainerArchive(of: .running(pid: process.pid), container: name, threads: .singleton))
            }
            let layers = ContainerTree.OverlayLayers(
                place: container.rootDirectory, upper: container.upperDirectory, work: container.workDirectory,
                lowers: container.definition.lowerDirectories)
            let volumes = container.definition.mountPoints.filter { !$0.path.isEmpty }.map { mount in
                ContainerTree.VolumeMount(source: mount.path, destination: mount.point.destination)
            }
            let user = Identifiers.make()
            try mountVolumes(of: container, for: user)
            defer { unmountVolumes(of: container, for: user) }
            return try await body(
                ContainerArchive(of: .stopped(layers: layers, volumes: volumes), container: name, threads: .singleton))
        }
    }

    /// An archive that is written as it is read; whoever stops reading stops the writing.
    func stream(
        _ write: @escaping @Sendable (StreamSink) async throws(EngineError) -> Void
    ) -> AsyncThrowingStream<ByteBuffer, any Error> {
        let (stream, continuation) = AsyncThrowingStream<ByteBuffer, any Error>.makeStream()
        let sink = StreamSink(continuation)
        let task = Task {
            do {
                try await write(sink)
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in
            sink.close()
            task.cancel()
        }
        return stream
    }
}
