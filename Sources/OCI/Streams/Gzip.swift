import CZlib

/// Compresses what passes through it as one gzip member (RFC 1952); the same bytes in give the same bytes out.
public final class GzipSink: ByteSink {
    private var stream = z_stream()
    private let next: any ByteSink
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)
    private var isEnded = false

    /// A compressor in front of `next`, at zlib's level 1 (fast) to 9 (small).
    public init(level: Int32 = 6, next: any ByteSink) throws(OCIError) {
        self.next = next
        // 15 + 16 window bits ask for a gzip header, which zlib writes without name or time.
        let status = deflateInit2_(
            &stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)
        )
        guard status == Z_OK else { throw OCIError(.invalidStream, "zlib cannot start a compressor: status \(status)") }
    }

    deinit { deflateEnd(&stream) }

    /// See `ByteSink`.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) { try run(bytes, flush: Z_NO_FLUSH) }

    /// See `ByteSink`.
    public func finish() throws(OCIError) {
        guard !isEnded else { return }
        isEnded = true
        try run(UnsafeRawBufferPointer(start: nil, count: 0), flush: Z_FINISH)
        try next.finish()
    }

    private func run(_ bytes: UnsafeRawBufferPointer, flush: Int32) throws(OCIError) {
        stream.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
        stream.avail_in = UInt32(bytes.count)
        repeat {
            let status = fill { deflate(&stream, flush) }
            guard status != Z_STREAM_ERROR else { throw OCIError(.invalidStream, "zlib refused to compress") }
            let count = buffer.count - Int(stream.avail_out)
            if count > 0 { try forward(buffer, count: count, to: next) }
        } while stream.avail_out == 0
    }

    private func fill(_ step: () -> Int32) -> Int32 {
        buffer.withUnsafeMutableBufferPointer { pointer in
            stream.next_out = pointer.baseAddress
            stream.avail_out = UInt32(pointer.count)
            return step()
        }
    }
}

/// Decompresses gzip that passes through it, all members of it, within limits.
public final class GunzipSink: ByteSink {
    /// How far compressed bytes may unfold before they are taken for a bomb.
    public struct Limits: Sendable, Hashable {
        /// The largest number of decompressed bytes.
        public var maximumBytes: Int64
        /// The largest ratio of decompressed to compressed bytes, checked past the first megabyte; deflate cannot pass 1032.
        public var maximumRatio: Int64

        /// Limits by parts.
        public init(maximumBytes: Int64 = 64 << 30, maximumRatio: Int64 = 1040) {
            self.maximumBytes = maximumBytes
            self.maximumRatio = maximumRatio
        }
    }

    private var stream = z_stream()
    private let limits: Limits
    private let next: any ByteSink
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)
    private var bytesIn: Int64 = 0
    private var bytesOut: Int64 = 0
    private var isBetweenMembers = true

    /// A decompressor in front of `next`.
    public init(limits: Limits = Limits(), next: any ByteSink) throws(OCIError) {
        self.limits = limits
        self.next = next
        let status = inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            throw OCIError(.invalidStream, "zlib cannot start a decompressor: status \(status)")
        }
    }

    deinit { inflateEnd(&stream) }

    /// See `ByteSink`; throws `invalidStream` or `limitExceeded`.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
        bytesIn += Int64(bytes.count)
        stream.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
        stream.avail_in = UInt32(bytes.count)
        while stream.avail_in > 0 {
            if isBetweenMembers {
                inflateReset(&stream)
                isBetweenMembers = false
            }
            try drain()
        }
    }

    /// See `ByteSink`; throws `invalidStream` where the last member is cut off.
    public func finish() throws(OCIError) {
        guard isBetweenMembers, bytesIn > 0 else { throw OCIError(.invalidStream, "the gzip stream ends too early") }
        try next.finish()
    }

    private func drain() throws(OCIError) {
        repeat {
            let status = buffer.withUnsafeMutableBufferPointer { pointer in
                stream.next_out = pointer.baseAddress
                stream.avail_out = UInt32(pointer.count)
                return inflate(&stream, Z_NO_FLUSH)
            }
            guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
                throw OCIError(
                    .invalidStream, "the gzip stream is damaged after \(bytesOut) bytes: zlib status \(status)")
            }
            let count = buffer.count - Int(stream.avail_out)
            bytesOut += Int64(count)
            try checkLimits()
            if count > 0 { try forward(buffer, count: count, to: next) }
            if status == Z_STREAM_END {
                isBetweenMembers = true
                return
            }
        } while stream.avail_out == 0
    }

    private func checkLimits() throws(OCIError) {
        guard bytesOut <= limits.maximumBytes else {
            throw OCIError(.limitExceeded, "the gzip stream unfolds to more than \(limits.maximumBytes) bytes")
        }
        guard bytesOut <= 1 << 20 || bytesOut / max(1, bytesIn) <= limits.maximumRatio else {
            throw OCIError(.limitExceeded, "the gzip stream unfolds more than \(limits.maximumRatio) times")
        }
    }
}

private func forward(_ buffer: [UInt8], count: Int, to next: any ByteSink) throws(OCIError) {
    let result = buffer.withUnsafeBytes { bytes in
        Result { () throws(OCIError) in try next.write(UnsafeRawBufferPointer(rebasing: bytes[..<count])) }
    }
    try result.get()
}
