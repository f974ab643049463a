import NIOCore
import NIOPosix
import OCI
import RegistryClient
import Synchronization

/// What a layer is made from.
struct LayerSource: Sendable {
    /// The digests that decide what it is.
    var chainID: Digest
    var diffID: Digest
    var parent: Digest?
    /// The blob: its digest and size.
    var blob: Descriptor
    /// Streams the blob's verified bytes.
    var fetch:
        @Sendable (
            _ onRetry: @escaping @Sendable (RetryNotice) -> Void,
            _ consume: @escaping @Sendable (ByteBuffer) async throws -> Void
        ) async throws -> Void

    /// How progress names it.
    var shortID: String { String(blob.digest.hexadecimal.prefix(12)) }
}

/// Brings one layer into the store: downloads and unpacks at the same time, checks both digests, and renames.
struct LayerJob: Sendable {
    let source: LayerSource
    let layout: StoreLayout
    let limits: UnpackLimits
    let workers: Workers
    let synchronizes: Bool
    let report: @Sendable (LayerProgress) -> Void

    /// - Returns: the layer's record, written and in place.
    func run() async throws -> LayerRecord {
        report(.pullingFileSystemLayer)
        try await workers.downloads.enter { report(.waiting) }
        let folder: String
        do { folder = try layout.makeTemporary() } catch {
            workers.downloads.leave()
            throw error
        }
        do {
            let record = try await fill(folder)
            try await workers.files.run { try layout.remove(folder) }
            report(.pullComplete)
            return record
        } catch {
            let failure = error
            try await workers.files.run { try layout.remove(folder) }
            throw failure
        }
    }

    private func fill(_ folder: String) async throws -> LayerRecord {
        let hasBlob = File.exists(layout.content(source.blob.digest))
        let progress = ThrottledProgress(total: source.blob.size, report: report)
        if hasBlob {
            workers.downloads.leave()
            let unpacked = try await workers.unpacking.run {
                try unpack(into: folder) { sink throws(OCIError) in
                    let checked = VerifyingSink(source.blob, next: sink)
                    try File(reading: layout.content(source.blob.digest)).copy(to: checked)
                    try checked.finish()
                }
            }
            return try await commit(folder, unpacked, newBlob: nil)
        }
        let file: GrowingFile
        do { file = try GrowingFile(creating: "\(folder)/blob") } catch {
            workers.downloads.leave()
            throw error
        }
        async let unpacking = workers.unpacking.run {
            do {
                return try unpack(into: folder) { sink throws(OCIError) in
                    try file.copy(to: sink) { progress.extracted($0) }
                }
            } catch {
                // The download must not go on for a layer that is refused.
                file.end(.failure(OCIError.wrapping(error)))
                throw error
            }
        }
        try await download(to: file, progress)
        return try await commit(folder, try await unpacking, newBlob: file.path)
    }

    private func download(to file: GrowingFile, _ progress: ThrottledProgress) async throws {
        defer { workers.downloads.leave() }
        do {
            let gathered = Gathered(file: file, files: workers.files)
            try await source.fetch({ notice in
                report(.retrying(seconds: max(1, notice.pause.nanoseconds / 1_000_000_000)))
            }) { piece in
                progress.downloaded(Int64(piece.readableBytes))
                try await gathered.add(piece)
            }
            report(.verifyingChecksum)
            try await gathered.flush()
            file.end(.success(()))
            report(.downloadComplete)
            progress.startExtracting()
        } catch {
            file.end(.failure(OCIError.wrapping(error)))
            throw error
        }
    }

    private struct Unpacked: Sendable {
        var diffID: Digest
        var size: Int64
        var archiveSize: Int64
    }

    private func unpack(
        into folder: String, from feed: (any ByteSink) throws(OCIError) -> Void
    ) throws(OCIError) -> Unpacked {
        try File.makeFolder("\(folder)/layer/diff")
        let unpacker = LayerUnpacker(
            into: try FileDescriptor.directory("\(folder)/layer/diff"), limits: limits,
            compressedBytes: source.blob.size)
        let plain = DigestSink(source.diffID.algorithm, next: unpacker)
        let handOff = ThreadHandOff(next: plain) { work in workers.writing.pool.submit { _ in work() } }
        do { try feed(Decompressor(next: handOff)) } catch {
            handOff.abandon()
            throw error
        }
        guard plain.digest == source.diffID else {
            throw OCIError(
                .contentMismatch,
                "layers from manifest don't match image configuration: \(source.blob.digest) unpacks to \(plain.digest), "
                    + "not \(source.diffID)")
        }
        return Unpacked(diffID: plain.digest, size: unpacker.size, archiveSize: plain.byteCount)
    }

    private func commit(_ folder: String, _ unpacked: Unpacked, newBlob: String?) async throws -> LayerRecord {
        try Task.checkCancellation()
        let record = LayerRecord(
            chainID: source.chainID, diffID: source.diffID, parent: source.parent, size: unpacked.size,
            archiveSize: unpacked.archiveSize, blob: source.blob.digest, blobSize: source.blob.size)
        try await workers.files.run {
            if synchronizes {
                try SystemCall.synchronize(folder)
            }
            if let newBlob { try layout.move(newBlob, to: layout.content(source.blob.digest)) }
            try layout.write(record.json.bytes(), to: "\(folder)/layer/layer.json")
            try layout.move("\(folder)/layer", to: layout.layer(source.chainID))
        }
        return record
    }
}

/// Gathers small pieces, so that the disk's thread is asked once for many.
private actor Gathered {
    private let file: GrowingFile
    private let files: Workers.Pool
    private var buffer = ByteBuffer()
    private static let room = 512 << 10

    init(file: GrowingFile, files: Workers.Pool) {
        self.file = file
        self.files = files
    }

    func add(_ piece: ByteBuffer) async throws {
        buffer.writeImmutableBuffer(piece)
        if buffer.readableBytes >= Self.room { try await flush() }
    }

    func flush() async throws {
        guard buffer.readableBytes > 0 else { return }
        let full = buffer
        buffer = ByteBuffer()
        try await files.run { [file] in try full.withUnsafeReadableBytes { try file.append($0) } }
    }
}

/// Tells of progress ten times a second at most, as docker does, and of unpacking only once the download is over.
final class ThrottledProgress: Sendable {
    private struct State {
        var downloaded: Int64 = 0
        var extracted: Int64 = 0
        var isExtracting = false
        var last: ContinuousClock.Instant?
    }
    private let state = Mutex(State())
    private let total: Int64
    private let report: @Sendable (LayerProgress) -> Void

    init(total: Int64, report: @escaping @Sendable (LayerProgress) -> Void) {
        self.total = total
        self.report = report
    }

    func downloaded(_ count: Int64) {
        let current: Int64? = state.withLock { state in
            state.downloaded += count
            return Self.isDue(&state, isWhole: state.downloaded == total) ? state.downloaded : nil
        }
        if let current { report(.downloading(current: current, total: total)) }
    }

    func extracted(_ count: Int64) {
        let current: Int64? = state.withLock { state in
            state.extracted = count
            guard state.isExtracting else { return nil }
            return Self.isDue(&state, isWhole: count == total) ? count : nil
        }
        if let current { report(.extracting(current: current, total: total)) }
    }

    func startExtracting() {
        let current = state.withLock { state in
            state.isExtracting = true
            state.last = nil
            return state.extracted
        }
        report(.extracting(current: current, total: total))
    }

    private static func isDue(_ state: inout State, isWhole: Bool) -> Bool {
        let now = ContinuousClock.now
        if !isWhole, let last = state.last, now - last < .milliseconds(100) { return false }
        state.last = now
        return true
    }
}

extension OCIError {
    /// An error of the pipeline's other end, for its reader to throw.
    static func wrapping(_ error: any Error) -> OCIError {
        (error as? OCIError) ?? OCIError(.invalidStream, "\(error)")
    }
}
