import CLinux
import ShimProtocol

/// Bytes on their way to the container's stdin; bounded by taking no further message while some are left.
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
    var isFull: Bool { hasPending }

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
        pending.removeAll(keepingCapacity: true)
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

/// The descriptors of one turn of the loop.
struct PollList {
    private var entries: [clinux_ready] = []
    private static let readable: Int16 = 1
    private static let writable: Int16 = 4

    init() { entries.reserveCapacity(8) }

    mutating func add(_ descriptor: Int32, when condition: Bool = true) {
        guard descriptor >= 0, condition else { return }
        entries.append(clinux_ready(fd: descriptor, events: Self.readable, ready: 0))
    }

    mutating func addWritable(_ descriptor: Int32, when condition: Bool) {
        guard descriptor >= 0, condition else { return }
        entries.append(clinux_ready(fd: descriptor, events: Self.writable, ready: 0))
    }

    /// Waits until one is ready or the deadline (CLOCK_MONOTONIC, nanoseconds) has come.
    mutating func wait(until deadline: Int64?) {
        var timeout: Int32 = -1
        if let deadline {
            timeout = Int32(max(0, min(60_000, (deadline - clinux_monotonic_ns() + 999_999) / 1_000_000)))
        }
        _ = clinux_poll(&entries, entries.count, timeout)
    }

    func isReady(_ descriptor: Int32) -> Bool {
        guard descriptor >= 0 else { return false }
        return entries.contains { $0.fd == descriptor && $0.ready & ~Self.writable != 0 }
    }
}
