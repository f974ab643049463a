/// Where bytes go: a file, a hash, a compressor in front of another sink. One thread uses a sink at a time.
public protocol ByteSink: AnyObject {
    /// Takes the next bytes; they are only valid during the call.
    func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError)
    /// Says that no more bytes come: buffers are written out and checks on the whole are made, down the chain.
    func finish() throws(OCIError)
}

extension ByteSink {
    /// Takes the next bytes from an array.
    public func write(_ bytes: [UInt8]) throws(OCIError) {
        let result = bytes.withUnsafeBytes { buffer in Result { () throws(OCIError) in try write(buffer) } }
        try result.get()
    }
}

/// Keeps bytes in memory, up to a limit.
public final class MemorySink: ByteSink {
    /// How many bytes are kept before the next is refused.
    public let limit: Int
    /// The bytes so far.
    public private(set) var bytes: [UInt8] = []

    /// An empty sink.
    public init(limit: Int) { self.limit = limit }

    /// See `ByteSink`; throws `limitExceeded`.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
        guard self.bytes.count + bytes.count <= limit else {
            throw OCIError(.limitExceeded, "content is larger than \(limit) bytes")
        }
        self.bytes.append(contentsOf: bytes)
    }

    /// See `ByteSink`.
    public func finish() throws(OCIError) {}
}

/// Hashes and counts what passes through it.
public final class DigestSink: ByteSink {
    private var hasher: DigestHasher
    private let next: (any ByteSink)?

    /// A sink in front of `next`; without one the bytes end here.
    public init(_ algorithm: Digest.Algorithm = .sha256, next: (any ByteSink)? = nil) {
        hasher = DigestHasher(algorithm)
        self.next = next
    }

    /// See `ByteSink`.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
        hasher.update(bytes)
        try next?.write(bytes)
    }

    /// See `ByteSink`.
    public func finish() throws(OCIError) { try next?.finish() }

    /// The digest of all bytes so far.
    public var digest: Digest { hasher.digest }
    /// How many bytes came so far.
    public var byteCount: Int64 { hasher.byteCount }
}

/// Lets content pass that is what its descriptor announced: never a byte more than its size, and its digest at the end.
public final class VerifyingSink: ByteSink {
    private let descriptor: Descriptor
    private let next: any ByteSink
    private var hasher: DigestHasher

    /// A check in front of `next`, whose `finish` is only called when the content is right.
    public init(_ descriptor: Descriptor, next: any ByteSink) {
        self.descriptor = descriptor
        self.next = next
        hasher = DigestHasher(descriptor.digest.algorithm)
    }

    /// See `ByteSink`; throws `contentMismatch` at the first byte too many.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
        guard hasher.byteCount + Int64(bytes.count) <= descriptor.size else {
            throw OCIError(.contentMismatch, "blob \(descriptor.digest) is longer than its \(descriptor.size) bytes")
        }
        hasher.update(bytes)
        try next.write(bytes)
    }

    /// See `ByteSink`; throws `contentMismatch` where size or digest is not the announced one.
    public func finish() throws(OCIError) {
        guard hasher.byteCount == descriptor.size else {
            throw OCIError(
                .contentMismatch,
                "blob \(descriptor.digest) ended after \(hasher.byteCount) of \(descriptor.size) bytes")
        }
        guard hasher.digest == descriptor.digest else {
            throw OCIError(.contentMismatch, "blob \(descriptor.digest) has content of digest \(hasher.digest)")
        }
        try next.finish()
    }
}
