import CLinux

/// The descriptors of one turn of the loop.
struct PollList {
    private var entries: [clinux_ready] = []

    init() { entries.reserveCapacity(8) }

    mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

    mutating func add(_ descriptor: Int32, when condition: Bool = true) {
        append(descriptor, CLINUX_EPOLLIN, condition)
    }

    mutating func addWritable(_ descriptor: Int32, when condition: Bool) {
        append(descriptor, CLINUX_EPOLLOUT, condition)
    }

    private mutating func append(_ descriptor: Int32, _ events: UInt32, _ condition: Bool) {
        guard descriptor >= 0, condition else { return }
        entries.append(clinux_ready(fd: descriptor, events: Int16(events), ready: 0))
    }

    /// Waits until one is ready or the deadline (CLOCK_MONOTONIC, nanoseconds) has come.
    mutating func wait(until deadline: Int64?) {
        var timeout: Int32 = -1
        if let deadline {
            timeout = Int32(max(0, min(60_000, (deadline - clinux_monotonic_ns() + 999_999) / 1_000_000)))
        }
        _ = clinux_poll(&entries, entries.count, timeout)
    }

    /// Whether it can be read, or has ended.
    func isReady(_ descriptor: Int32) -> Bool {
        guard descriptor >= 0 else { return false }
        return entries.contains {
            $0.fd == descriptor && $0.events == Int16(CLINUX_EPOLLIN) && $0.ready != 0
        }
    }
}
