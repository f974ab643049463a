import ImageStore
import NIOCore
import OCI
import RegistryClient

extension Engine {
    /// Pulls an image; the stream throws `EngineError`.
    public func pull(
        _ reference: String, platform: Platform? = nil, credentials: RegistryCredentials? = nil
    ) -> AsyncThrowingStream<PullEvent, any Error> {
        AsyncThrowingStream { $0.finish(throwing: EngineError(.notImplemented, "pull is not implemented")) }
    }

    /// The images, latest first.
    public func images(_ options: ImageListOptions = .init()) async throws(EngineError) -> [ImageListing] {
        throw EngineError(.notImplemented, "images is not implemented")
    }

    /// One image.
    public func image(_ name: String) async throws(EngineError) -> Image {
        throw EngineError(.notImplemented, "image is not implemented")
    }

    /// How an image came to be, latest first.
    public func imageHistory(_ name: String) async throws(EngineError) -> [HistoryLine] {
        throw EngineError(.notImplemented, "imageHistory is not implemented")
    }

    /// Gives an image a further name.
    public func tagImage(_ name: String, as newName: String) async throws(EngineError) {
        throw EngineError(.notImplemented, "tagImage is not implemented")
    }

    /// Takes names off an image, and the image away when none is left.
    public func removeImage(_ name: String, force: Bool = false) async throws(EngineError) -> [RemovalRecord] {
        throw EngineError(.notImplemented, "removeImage is not implemented")
    }

    /// Removes images that nothing uses; filters `dangling`, `until`, `label`, `label!`.
    public func pruneImages(_ filters: FilterArguments) async throws(EngineError) -> ImagePruneReport {
        throw EngineError(.notImplemented, "pruneImages is not implemented")
    }

    /// Loads images from an archive of `docker save`.
    public func loadImages(
        _ archive: some AsyncSequence<ByteBuffer, any Error> & Sendable, report: @escaping @Sendable (LoadEvent) -> Void
    ) async throws(EngineError) {
        throw EngineError(.notImplemented, "loadImages is not implemented")
    }

    /// Images as one archive.
    public func saveImages(_ names: [String]) async throws(EngineError) -> AsyncThrowingStream<ByteBuffer, any Error> {
        throw EngineError(.notImplemented, "saveImages is not implemented")
    }

    /// Makes an image from an archive of a root file system.
    public func importImage(
        _ archive: some AsyncSequence<ByteBuffer, any Error> & Sendable, _ request: ImageImport
    ) async throws(EngineError) -> Digest {
        throw EngineError(.notImplemented, "importImage is not implemented")
    }

    /// What a registry has under a name (`GET /distribution/{name}/json`).
    public func describeRemote(
        _ name: String, credentials: RegistryCredentials? = nil
    ) async throws(EngineError) -> RemoteDescription {
        throw EngineError(.notImplemented, "describeRemote is not implemented")
    }
}
