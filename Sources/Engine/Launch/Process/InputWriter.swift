import ShimProtocol
import Synchronization

/// Bytes for a process's stdin in the order of their writers, one message under way at a time (see ShimProtocol.h).
struct InputWriter {
    /// Which `write` something belongs to; a task may be cancelled before it has added anything.
    final class Ticket: Sendable {
        let isCancelled = Atomic(false)
    }

    /// What to send next.
    enum Step {
        case bytes([UInt8])
        case end
    }

    private struct Part {
        let bytes: [UInt8]
        let ticket: Ticket
        /// With the writer's last part.
        var writer: CheckedContinuation<Bool, Never>?
    }

    private static let room = Int(SHIM_MESSAGE_LIMIT) - MemoryLayout<shim_message>.size

    private var parts: [Part] = []
    private var isUnderWay = false
    private var isClosing = false
    private var isClosed = false

    /// `false` where no input is taken any more.
    mutating func add(_ bytes: [UInt8], _ ticket: Ticket, _ writer: CheckedContinuation<Bool, Never>) -> Bool {
        guard !isClosing, !ticket.isCancelled.load(ordering: .relaxed) else { return false }
        var start = 0
        while bytes.count - start > Self.room {
            parts.append(Part(bytes: Array(bytes[start..<start + Self.room]), ticket: ticket))
            start += Self.room
        }
        parts.append(Part(bytes: Array(bytes[start...]), ticket: ticket, writer: writer))
        return true
    }

    mutating func close() { isClosing = true }

    /// `nil` while a message is under way or there is nothing to say.
    mutating func next() -> Step? {
        guard !isUnderWay else { return nil }
        if let part = parts.first {
            isUnderWay = true
            return .bytes(part.bytes)
        }
        guard isClosing, !isClosed else { return nil }
        isClosed = true
        return .end
    }

    /// The message under way is in the pipe; answers the writer whose last part it was.
    mutating func taken() -> CheckedContinuation<Bool, Never>? {
        guard isUnderWay, !parts.isEmpty else { return nil }
        isUnderWay = false
        return parts.removeFirst().writer
    }

    /// Drops what a writer has not sent yet; what is under way goes through. Answers the writer, if it still waits.
    mutating func cancel(_ ticket: Ticket) -> CheckedContinuation<Bool, Never>? {
        ticket.isCancelled.store(true, ordering: .relaxed)
        guard let writer = parts.last(where: { $0.ticket === ticket })?.writer else { return nil }
        let kept = isUnderWay ? parts.first : nil
        parts = (isUnderWay ? parts.dropFirst() : parts[...]).filter { $0.ticket !== ticket }
        if var kept {
            if kept.ticket === ticket { kept.writer = nil }
            parts.insert(kept, at: 0)
        }
        return writer
    }

    /// Nothing more can be written; answers all who wait.
    mutating func end() -> [CheckedContinuation<Bool, Never>] {
        defer { parts = [] }
        isClosing = true
        isClosed = true
        return parts.compactMap(\.writer)
    }
}
