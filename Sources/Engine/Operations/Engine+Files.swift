import NIOCore

extension Engine {
    /// What stands at a path of a container.
    public func pathStatus(_ name: String, path: String) async throws(EngineError) -> PathStatus {
        throw EngineError(.notImplemented, "pathStatus is not implemented")
    }

    /// A path of a container as a tar archive.
    public func archive(
        _ name: String, path: String
    ) async throws(EngineError) -> (status: PathStatus, bytes: AsyncThrowingStream<ByteBuffer, any Error>) {
        throw EngineError(.notImplemented, "archive is not implemented")
    }

    /// Unpacks a tar archive into a folder of a container.
    ///
    /// - Parameters:
    ///   - keepsKind: refuse to replace a folder by a file, or the reverse (`noOverwriteDirNonDir`).
    ///   - copiesOwner: keep the archive's owners (`copyUIDGID`).
    public func extract(
        _ name: String, path: String, keepsKind: Bool, copiesOwner: Bool,
        from archive: some AsyncSequence<ByteBuffer, any Error> & Sendable
    ) async throws(EngineError) {
        throw EngineError(.notImplemented, "extract is not implemented")
    }

    /// The whole file system of a container as a tar archive.
    public func export(_ name: String) async throws(EngineError) -> AsyncThrowingStream<ByteBuffer, any Error> {
        throw EngineError(.notImplemented, "export is not implemented")
    }
}
