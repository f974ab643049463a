import DockerClient
import Synchronization

/// Everything that went over the wire during one attempt at one case, with its times.
final class Transcript: WireObserver {
    /// An event or a remark of the harness between events.
    private enum Entry {
        case wire(WireEvent)
        case note(String)
    }

    private struct State {
        var entries: [Entry] = []
        var bytes = 0
        var isFull = false
    }

    /// The bytes that are kept of one attempt.
    private static let maximumBytes = 16 << 20

    private let state = Mutex(State())

    func record(_ event: WireEvent) {
        state.withLock { state in
            switch event.kind {
            case .sent(let bytes), .received(let bytes):
                state.bytes += bytes.count
                if state.bytes > Self.maximumBytes {
                    if !state.isFull {
                        state.entries.append(.note("the transcript is full, further bytes are left out"))
                    }
                    state.isFull = true
                    return
                }
            default: break
            }
            state.entries.append(.wire(event))
        }
    }

    /// Notes what the harness does, e.g. the command that follows.
    func note(_ text: String) {
        state.withLock { $0.entries.append(.note(text)) }
    }

    /// A position to summarise from later.
    var mark: Int { state.withLock { $0.entries.count } }

    /// The exchanges since a mark.
    func exchanges(since mark: Int) -> [WireExchange] {
        WireExchange.all(in: events.dropFirst(mark).compactMap(\.self))
    }

    private var events: [WireEvent?] {
        state.withLock { state in
            state.entries.map { if case .wire(let event) = $0 { event } else { nil } }
        }
    }

    /// The whole transcript as text: times in milliseconds since the first event, direction, bytes, credentials masked.
    func text() -> String {
        let entries = state.withLock { $0.entries }
        let masked = Self.maskedPayloads(entries)
        var start: UInt64?
        var lines: [String] = []
        for (index, entry) in entries.enumerated() {
            switch entry {
            case .note(let text): lines.append("-- \(text)")
            case .wire(let event):
                start = start ?? event.at
                let time = TranscriptText.milliseconds(event.at &- (start ?? event.at))
                lines += TranscriptText.lines(event, time: time, payload: masked[index] ?? [])
            }
        }
        return lines.joined(separator: "\n")
    }

    /// Payloads by entry, masked over event boundaries: a credential may be cut by a write.
    private static func maskedPayloads(_ entries: [Entry]) -> [Int: [UInt8]] {
        struct Flow: Hashable {
            var connection: Int
            var isSent: Bool
        }
        var flows: [Flow: (bytes: [UInt8], pieces: [(entry: Int, count: Int)])] = [:]
        for (index, entry) in entries.enumerated() {
            guard case .wire(let event) = entry else { continue }
            switch event.kind {
            case .sent(let bytes):
                flows[Flow(connection: event.connection, isSent: true), default: ([], [])].bytes += bytes
                flows[Flow(connection: event.connection, isSent: true)]?.pieces.append((index, bytes.count))
            case .received(let bytes):
                flows[Flow(connection: event.connection, isSent: false), default: ([], [])].bytes += bytes
                flows[Flow(connection: event.connection, isSent: false)]?.pieces.append((index, bytes.count))
            default: break
            }
        }
        var payloads: [Int: [UInt8]] = [:]
        for flow in flows.values {
            var rest = Redaction.masked(flow.bytes)[...]
            for piece in flow.pieces {
                payloads[piece.entry] = Array(rest.prefix(piece.count))
                rest = rest.dropFirst(piece.count)
            }
        }
        return payloads
    }
}

/// How the events of a wire look as text.
enum TranscriptText {
    /// `12.345`: milliseconds with three decimals, from nanoseconds.
    static func milliseconds(_ nanoseconds: UInt64) -> String {
        let microseconds = nanoseconds / 1000
        let fraction = String(microseconds % 1000)
        return "\(microseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }

    static func lines(_ event: WireEvent, time: String, payload: [UInt8]) -> [String] {
        let head = "\(String(repeating: " ", count: max(0, 10 - time.count)))\(time) #\(event.connection) "
        return switch event.kind {
        case .connecting(let endpoint): [head + "connecting to \(endpoint)"]
        case .connected: [head + "connected"]
        case .secured: [head + "TLS agreed"]
        case .requestStarted, .headReceived: []
        case .sent: dump(payload, head: head, arrow: ">")
        case .received: dump(payload, head: head, arrow: "<")
        case .halfClosedByUs: [head + "> half-closed by the harness"]
        case .closedByUs: [head + "> closed by the harness"]
        case .closedByPeer: [head + "< closed by the daemon"]
        case .failed(let text): [head + "failed: \(text)"]
        }
    }

    /// Each line of the payload on its own line, bytes that are no text as `\xNN`.
    static func dump(_ bytes: [UInt8], head: String, arrow: String) -> [String] {
        var lines: [String] = []
        var start = 0
        while start < bytes.count {
            let end = (bytes[start...].firstIndex(of: 0x0A)).map { $0 + 1 } ?? bytes.count
            let prefix = lines.isEmpty ? head : String(repeating: " ", count: head.count)
            lines.append("\(prefix)\(arrow) \(escaped(Array(bytes[start..<end])))")
            start = end
        }
        return lines
    }

    static func escaped(_ bytes: [UInt8]) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return bytes.map { escaped(UnicodeScalar($0), isText: $0 < 0x80) }.joined()
        }
        return text.unicodeScalars.map { escaped($0, isText: true) }.joined()
    }

    private static func escaped(_ scalar: UnicodeScalar, isText: Bool) -> String {
        switch scalar {
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case "\\": return "\\\\"
        case _ where !isText || scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value):
            let digits = String(scalar.value, radix: 16)
            return "\\x" + (digits.count < 2 ? "0" : "") + digits
        default: return String(scalar)
        }
    }
}
