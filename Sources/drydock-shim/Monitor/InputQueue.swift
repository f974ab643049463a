import CLinux
import ShimProtocol

/// Bytes on their way to the container's stdin; one message at most, since the daemon waits for STDIN_TAKEN.
struct InputQueue {
    private(set) var descriptor: Int32
    private var pending: [UInt8] = []
    private var offset = 0
    private var closesWhenEmpty = false
    private var ownsDescriptor = true

    init(descriptor: Int32) {
        self.descriptor = descriptor
        if descriptor >= 0 { _ = clinux_set_nonblocking(descriptor, 1) }
    }

    var hasPending: Bool { offset < pending.count }

    /// Takes a message; nothing is pending when it comes.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard descriptor >= 0, !closesWhenEmpty else { return }
        pending.append(contentsOf: bytes)
        flush()
    }

    /// Writes as much as the pipe takes.
    mutating func flush() {
        while hasPending, descriptor >= 0 {
            let written = pending.withUnsafeBytes {
                clinux_write(descriptor, $0.baseAddress.map { $0 + offset }, $0.count - offset)
            }
            if written == -Int64(Errno.tryAgain) { return }
            // A reader that is gone wants nothing more (EPIPE).
            if written < 0 { return discard() }
            offset += Int(written)
        }
        pending = []
        offset = 0
        if closesWhenEmpty { discard() }
    }

    /// Ends the stream after what is pending; a terminal's descriptor is the output's, too, and stays open.
    mutating func close(descriptorToo: Bool) {
        closesWhenEmpty = true
        ownsDescriptor = descriptorToo
        if !hasPending { discard() }
    }

    private mutating func discard() {
        if descriptor >= 0, ownsDescriptor { _ = clinux_close(descriptor) }
        descriptor = -1
        pending = []
        offset = 0
    }
}
