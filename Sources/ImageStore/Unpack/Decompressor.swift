import CISAL
import CZstd
import OCI

/// Unfolds a layer that is written into it, by what its first bytes say it is: gzip, zstd or plain tar.
///
/// ISA-L unfolds gzip at more than twice zlib's rate.
final class Decompressor: ByteSink {
    private let next: any ByteSink
    private var head: [UInt8] = []
    private var stream: (any ByteSink)?

    init(next: any ByteSink) { self.next = next }

    func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
        if let stream { return try stream.write(bytes) }
        head.append(contentsOf: bytes)
        guard head.count >= 6 else { return }
        try start()
    }

    func finish() throws(OCIError) {
        if stream == nil { try start() }
        try stream?.finish()
    }

    private func start() throws(OCIError) {
        let stream: any ByteSink =
            if head.starts(with: [0x1F, 0x8B]) {
                GzipDecompressor(next: next)
            } else if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
                || (head.count >= 4 && head[0] & 0xF0 == 0x50 && head[1..<4].elementsEqual([0x2A, 0x4D, 0x18]))
            {
                try ZstdDecompressor(next: next)
            } else if head.starts(with: [0x42, 0x5A, 0x68]) {
                throw OCIError(.unsupported, "archives compressed with bzip2 are not read: use gzip or zstd")
            } else if head.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A]) {
                throw OCIError(.unsupported, "archives compressed with xz are not read: use gzip or zstd")
            } else {
                next
            }
        self.stream = stream
        try stream.write(head)
        head = []
    }
}

/// How much is unfolded before it is handed on.
private let pieceBytes = 256 << 10

/// gzip, all members of it (RFC 1952), with their checksums checked.
private final class GzipDecompressor: ByteSink {
    private let next: any ByteSink
    private let state: UnsafeMutablePointer<inflate_state>
    private let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceBytes, alignment: 64)
    private var isBetweenMembers = true

    init(next: any ByteSink) {
        self.next = next
        state = .allocate(capacity: 1)
        isal_inflate_init(state)
    }

    deinit {
        state.deallocate()
        piece.deallocate()
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
        state.pointee.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
        state.pointee.avail_in = UInt32(bytes.count)
        while true {
            if isBetweenMembers {
                guard state.pointee.avail_in > 0 else { return }
                let (input, count) = (state.pointee.next_in, state.pointee.avail_in)
                isal_inflate_reset(state)
                state.pointee.crc_flag = UInt32(ISAL_GZIP)
                (state.pointee.next_in, state.pointee.avail_in) = (input, count)
                isBetweenMembers = false
            }
            state.pointee.next_out = piece.bindMemory(to: UInt8.self).baseAddress
            state.pointee.avail_out = UInt32(pieceBytes)
            let status = isal_inflate(state)
            guard status == ISAL_DECOMP_OK else {
                throw OCIError(.invalidStream, "the gzip stream is damaged: \(Self.reason(status))")
            }
            let count = pieceBytes - Int(state.pointee.avail_out)
            if count > 0 { try next.write(UnsafeRawBufferPointer(rebasing: piece[..<count])) }
            if state.pointee.block_state == ISAL_BLOCK_FINISH {
                isBetweenMembers = true
            } else if state.pointee.avail_in == 0, state.pointee.avail_out > 0 {
                return
            }
        }
    }

    func finish() throws(OCIError) {
        guard isBetweenMembers else { throw OCIError(.invalidStream, "the gzip stream ends too early") }
        try next.finish()
    }

    private static func reason(_ status: Int32) -> String {
        switch status {
        case ISAL_INVALID_BLOCK: "invalid block"
        case ISAL_INVALID_SYMBOL: "invalid symbol"
        case ISAL_INVALID_LOOKBACK: "invalid distance"
        case ISAL_INVALID_WRAPPER: "invalid header"
        case ISAL_UNSUPPORTED_METHOD: "unknown method"
        case ISAL_INCORRECT_CHECKSUM: "wrong checksum"
        default: "status \(status)"
        }
    }
}

/// zstd, all frames of it (RFC 8878), with their checksums checked where they have one.
private final class ZstdDecompressor: ByteSink {
    private let next: any ByteSink
    private let stream: OpaquePointer
    private let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceBytes, alignment: 64)
    private var isBetweenFrames = true

    init(next: any ByteSink) throws(OCIError) {
        self.next = next
        guard let stream = ZSTD_createDStream() else {
            throw OCIError(.invalidStream, "zstd cannot start a decompressor")
        }
        self.stream = stream
    }

    deinit {
        ZSTD_freeDStream(stream)
        piece.deallocate()
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
        var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        while true {
            var output = ZSTD_outBuffer(dst: piece.baseAddress, size: piece.count, pos: 0)
            let before = input.pos
            let hint = ZSTD_decompressStream(stream, &output, &input)
            guard ZSTD_isError(hint) == 0 else {
                throw OCIError(
                    .invalidStream, "the zstd stream is damaged: \(String(cString: ZSTD_getErrorName(hint)))")
            }
            isBetweenFrames = hint == 0
            if output.pos > 0 { try next.write(UnsafeRawBufferPointer(rebasing: piece[..<output.pos])) }
            // A full piece may mean that more waits inside, though no input is left; not at the end of a frame.
            if input.pos == input.size, output.pos < output.size || isBetweenFrames { return }
            guard input.pos > before || output.pos > 0 else {
                throw OCIError(.invalidStream, "the zstd stream makes no progress")
            }
        }
    }

    func finish() throws(OCIError) {
        guard isBetweenFrames else { throw OCIError(.invalidStream, "the zstd stream ends too early") }
        try next.finish()
    }
}
