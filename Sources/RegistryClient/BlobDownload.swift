import NIOCore
import NIOHTTP1
import OCI

/// One blob on its way: asks again for what is missing when the connection is lost, and checks the whole.
struct BlobDownload {
    let descriptor: Descriptor
    let caller: RegistryCaller
    let path: String
    private var hasher: DigestHasher
    private var failures = 0

    init(descriptor: Descriptor, caller: RegistryCaller, path: String) {
        self.descriptor = descriptor
        self.caller = caller
        self.path = path
        hasher = DigestHasher(descriptor.digest.algorithm)
    }

    private var url: String { caller.endpoint.url("\(path)/blobs/\(descriptor.digest)") }

    mutating func run(
        onRetry: (RetryNotice) -> Void, consume: (ByteBuffer) async throws -> Void
    ) async throws {
        while true {
            let before = hasher.byteCount
            do {
                try await attempt(consume)
                break
            } catch let error as RegistryError {
                // Progress since the last failure earns a fresh set of tries.
                failures = hasher.byteCount > before ? 1 : failures + 1
                guard error.isTransient || error.code == .unreachable, failures < caller.configuration.attempts else {
                    throw error
                }
                let pause = caller.pause(after: failures, asked: error.retryAfter)
                onRetry(RetryNotice(pause: pause, attempt: failures, reason: error))
                try await Task.sleep(for: .nanoseconds(pause.nanoseconds))
            }
        }
        guard hasher.digest == descriptor.digest else {
            throw RegistryError(
                .corrupt, "filesystem layer verification failed for digest \(descriptor.digest)")
        }
    }

    private mutating func attempt(_ consume: (ByteBuffer) async throws -> Void) async throws {
        let start = hasher.byteCount
        var request = TransportRequest(url: url, isInsecure: caller.endpoint.isInsecure)
        if start > 0 {
            guard start < descriptor.size else { return }
            request.headers.add(name: "Range", value: "bytes=\(start)-")
        }
        let response = try await caller.send(request)
        guard response.status == .ok || (response.status == .partialContent && start > 0) else {
            let body = try await caller.transport.body(of: response, limit: 1 << 20, title: request.title)
            let failure = RegistryAnswer.failure(status: response.status, headers: response.headers, body: body)
            throw failure.code == .notFound ? failure.with(message: "unknown blob") : failure
        }
        if response.status == .partialContent {
            try checkRange(response.headers.first(name: "Content-Range"), start: start)
        }
        // A registry that ignores Range sends all again, and what was taken already is passed over.
        try await receive(response.body, skipping: response.status == .ok ? start : 0, title: request.title, consume)
    }

    private func checkRange(_ header: String?, start: Int64) throws(RegistryError) {
        guard let header, header.hasPrefix("bytes \(start)-") else {
            throw RegistryError(
                .corrupt, "blob \(descriptor.digest): asked from byte \(start), got \"\(header ?? "no Content-Range")\""
            )
        }
    }

    private mutating func receive(
        _ body: some AsyncSequence<ByteBuffer, any Error>, skipping skipped: Int64, title: String,
        _ consume: (ByteBuffer) async throws -> Void
    ) async throws {
        var skip = skipped
        var iterator = body.makeAsyncIterator()
        while true {
            let next: ByteBuffer?
            do {
                next = try await iterator.next()
                try Task.checkCancellation()
            } catch {
                throw TransportFailure.describe(error, during: title)
            }
            guard var piece = next else { break }
            let passed = min(Int64(piece.readableBytes), skip)
            skip -= passed
            piece.moveReaderIndex(forwardBy: Int(passed))
            guard piece.readableBytes > 0 else { continue }
            guard hasher.byteCount + Int64(piece.readableBytes) <= descriptor.size else {
                throw RegistryError(
                    .corrupt, "blob \(descriptor.digest) is longer than its \(descriptor.size) bytes")
            }
            piece.withUnsafeReadableBytes { hasher.update($0) }
            try await consume(piece)
        }
        guard hasher.byteCount == descriptor.size else {
            throw RegistryError(
                .unreachable, "\(title): unexpected EOF after \(hasher.byteCount) of \(descriptor.size) bytes",
                isTransient: true)
        }
    }
}
