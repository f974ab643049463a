import DockerAPI
import NIOCore
import OCI
import RegistryClient

extension ImageStore {
    /// Makes an image of one layer from a tar archive of a root file system, plain or compressed (`docker import`).
    ///
    /// - Parameters:
    ///   - name: what to call it, or nil.
    ///   - changes: what the image's containers start with; the caller has applied `--change` to it.
    ///   - message: the remark in its history.
    ///   - created: the moment, RFC 3339.
    /// - Returns: the new image's ID.
    public func importImage(
        _ archive: some AsyncSequence<ByteBuffer, any Error> & Sendable, name: String?, message: String,
        execution: ImageConfiguration.Execution = .init(), platform: Platform = .host, created: String
    ) async throws(ImageStoreError) -> Digest {
        do {
            let reference = try name.map { text in try ImageReference(parsing: text).withDefaultTag }
            guard reference?.digest == nil else {
                throw ImageStoreError(.invalidArgument, "cannot import digest reference")
            }
            let path = try layout.makeTemporary()
            do {
                let id = try await importImage(
                    archive, aside: path, message: message, execution: execution, platform: platform, created: created)
                if let reference { try setTag(reference, of: id) }
                try await workers.files.run { [layout] in try layout.remove(path) }
                return id
            } catch {
                let failure = error
                try await workers.files.run { [layout] in try layout.remove(path) }
                throw failure
            }
        } catch {
            throw ImageStoreError.wrap(error)
        }
    }

    private func importImage(
        _ archive: some AsyncSequence<ByteBuffer, any Error> & Sendable, aside path: String, message: String,
        execution: ImageConfiguration.Execution, platform: Platform, created: String
    ) async throws -> Digest {
        let incoming = try await receive(archive, at: "\(path)/archive")
        let diffID = try await workers.unpacking.run { [limits = configuration.limits] in
            let file = try File(reading: incoming)
            let limit = limits.archiveBytes(compressed: try file.size())
            let plain = DigestSink(next: CountingLimit(limit))
            let unfolded = Decompressor(next: plain)
            try file.copy(to: unfolded)
            try unfolded.finish()
            return plain.digest
        }
        let configuration = ImageConfiguration(
            platform: platform, created: created, execution: execution, diffIDs: [diffID],
            history: [ImageConfiguration.History(created: created, createdBy: nil, comment: message)])
        let source = try await source(incoming, chainID: diffID, diffID: diffID, parent: nil)
        let bytes = configuration.bytes
        try await establish([source], configuration: bytes, documents: []) { _, _ in }
        return .sha256(of: bytes)
    }
}

/// Refuses more than so many bytes.
private final class CountingLimit: ByteSink {
    private var left: Int64
    init(_ limit: Int64) { left = limit }

    func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
        left -= Int64(bytes.count)
        guard left >= 0 else { throw OCIError(.limitExceeded, "the archive unfolds to too many bytes") }
    }

    func finish() throws(OCIError) {}
}
