import DockerClient
import RawJSON

/// One request and what came for it, condensed from the events of a wire.
struct WireExchange: Sendable {
    var method: String
    var target: String
    var status: Int?
    /// From the start of the request to the end of the head, in nanoseconds.
    var headAfter: UInt64?
    /// From the start of the request to the first byte after the head.
    var bodyAfter: UInt64?
    /// The bytes after the head, transfer coding included, up to a limit.
    var body: [UInt8] = []
    var bodyBytes = 0
    var closedBy: String?
    var failure: String?

    /// The bytes of a head that is not complete yet.
    private var head: [UInt8] = []

    private static let keptBytes = 64 << 10

    init(_ method: String, _ target: String) {
        self.method = method
        self.target = target
    }

    static func all(in events: [WireEvent]) -> [WireExchange] {
        var exchanges: [WireExchange] = []
        var current: [Int: (index: Int, startedAt: UInt64)] = [:]
        for event in events {
            if case .requestStarted(let method, let target) = event.kind {
                current[event.connection] = (exchanges.count, event.at)
                exchanges.append(WireExchange(method, target))
                continue
            }
            guard let (index, startedAt) = current[event.connection] else { continue }
            exchanges[index].take(event, after: event.at &- startedAt)
        }
        return exchanges
    }

    private mutating func take(_ event: WireEvent, after elapsed: UInt64) {
        switch event.kind {
        case .received(let bytes):
            let payload = status == nil ? takeHead(bytes, after: elapsed) : bytes[...]
            guard !payload.isEmpty else { return }
            bodyAfter = bodyAfter ?? elapsed
            bodyBytes += payload.count
            if body.count < Self.keptBytes { body += payload.prefix(Self.keptBytes - body.count) }
        case .closedByPeer: closedBy = closedBy ?? "the daemon"
        case .closedByUs: closedBy = closedBy ?? "the harness"
        case .failed(let text): failure = text
        default: break
        }
    }

    /// Reads the head from the bytes themselves, so that a relayed connection is told like one of the client's.
    ///
    /// - Returns: what follows the head.
    private mutating func takeHead(_ bytes: [UInt8], after elapsed: UInt64) -> ArraySlice<UInt8> {
        head += bytes
        guard head.count <= Self.keptBytes, let end = Self.headEnd(head) else { return [] }
        let lines = String(decoding: head[..<end], as: UTF8.self).split(separator: "\r\n")
        let rest = head[end...]
        head = []
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count >= 2, let code = Int(words[1]) else { return [] }
        // Informational answers come before the real one.
        if (100..<200).contains(code), code != 101 { return takeHead(Array(rest), after: elapsed) }
        status = code
        headAfter = elapsed
        return rest
    }

    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (0...(bytes.count - 4)).first { bytes[$0..<$0 + 4].elementsEqual([0x0D, 0x0A, 0x0D, 0x0A]) }.map {
            $0 + 4
        }
    }

    /// Two lines for a person: the request, and what came when.
    var lines: [String] {
        var answer: [String] = []
        if let status {
            answer.append("\(status) after \(Self.time(headAfter ?? 0))")
            if bodyBytes > 0, let bodyAfter { answer.append("first byte after \(Self.time(bodyAfter)): \(start)") }
        } else {
            answer.append(failure.map { "failed: \($0)" } ?? "no answer")
        }
        if let closedBy, status == 101 { answer.append("closed by \(closedBy)") }
        return ["\(method) \(target)", answer.joined(separator: ", ")]
    }

    /// What the body begins with: a frame of a multiplexed stream by its channel, otherwise the bytes themselves.
    private var start: String {
        let size = bodyBytes == 1 ? "1 byte" : "\(bodyBytes) bytes"
        if body.count >= 8, body[0] <= 3, body[1...3].allSatisfy({ $0 == 0 }) {
            let length = body[4...7].reduce(0) { $0 << 8 | Int($1) }
            return "channel \(body[0]), \(length) bytes (\(size) in all)"
        }
        let shown = TranscriptText.escaped(Array(Redaction.masked(body).prefix(160)))
        return "\(size) \(shown)\(bodyBytes > 160 ? "…" : "")"
    }

    private static func time(_ nanoseconds: UInt64) -> String {
        let tenths = nanoseconds / 100_000
        return "\(tenths / 10).\(tenths % 10) ms"
    }
}
