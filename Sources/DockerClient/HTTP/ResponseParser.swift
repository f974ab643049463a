/// Reads one HTTP/1 answer from the pieces in which it arrives (RFC 9112).
///
/// The client has a parser of its own because it judges daemons: it keeps the head as it came, switches to a raw stream
/// in the middle of a read, says what exactly is wrong with an answer, and tells bytes that belong to nothing.
package struct ResponseParser {
    /// What the next bytes complete.
    package enum Event {
        /// 100 to 199 but 101; the real head follows.
        case informational(ResponseHead)
        case head(ResponseHead, isHijacked: Bool)
        case body([UInt8])
        case end(ResponseEnd)
    }

    private enum State {
        case head
        case fixed(remaining: Int)
        case chunkSize
        case chunkData(remaining: Int)
        case chunkEnd
        case trailers
        case untilClose
        case ended
    }

    private static let maximumChunkLineBytes = 4096

    private let method: String
    private let upgrade: EngineRequest.Upgrade
    private let maximumHeadBytes: Int
    private var state = State.head
    private var line = HeadLines()
    private(set) var receivedBytes = 0

    package init(method: String, upgrade: EngineRequest.Upgrade, maximumHeadBytes: Int) {
        self.method = method
        self.upgrade = upgrade
        self.maximumHeadBytes = maximumHeadBytes
    }

    /// Takes the next bytes and answers what they complete.
    package mutating func feed(_ bytes: [UInt8]) throws(ResponseFault) -> [Event] {
        receivedBytes += bytes.count
        var events: [Event] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            if case .ended = state {
                events.append(.end(ResponseEnd(trailers: [], surplus: Array(rest))))
                return events
            }
            try step(&rest, &events)
        }
        return events
    }

    /// States that the peer has sent its last byte. Answers the end of a body that only that ends, `nil` where
    /// something was still due; see `awaited`.
    package mutating func finish() -> ResponseEnd? {
        switch state {
        case .untilClose:
            state = .ended
            return ResponseEnd()
        case .ended: return ResponseEnd()
        default: return nil
        }
    }

    /// What is due next, for messages.
    var awaited: String {
        switch state {
        case .head: "the head of the answer"
        case .fixed(let remaining): "the rest of the body (\(remaining) bytes)"
        case .chunkSize, .chunkData, .chunkEnd: "the rest of the chunked body"
        case .trailers: "the end of the chunked body"
        case .untilClose, .ended: "nothing"
        }
    }

    private mutating func step(_ rest: inout ArraySlice<UInt8>, _ events: inout [Event]) throws(ResponseFault) {
        switch state {
        case .head: try readHead(&rest, &events)
        case .fixed(let remaining):
            let piece = take(&rest, upTo: remaining)
            events.append(.body(piece))
            state = .fixed(remaining: remaining - piece.count)
            if remaining == piece.count { end(&events) }
        case .chunkSize: try readChunkSize(&rest)
        case .chunkData(let remaining):
            let piece = take(&rest, upTo: remaining)
            events.append(.body(piece))
            state = remaining == piece.count ? .chunkEnd : .chunkData(remaining: remaining - piece.count)
        case .chunkEnd:
            guard let text = try line.next(&rest, limit: 2, fault: .chunkEnd) else { return }
            guard text.isEmpty else { throw .chunkEnd }
            line = HeadLines()
            state = .chunkSize
        case .trailers: try readTrailers(&rest, &events)
        case .untilClose: events.append(.body(take(&rest, upTo: rest.count)))
        case .ended: break
        }
    }

    private func take(_ rest: inout ArraySlice<UInt8>, upTo count: Int) -> [UInt8] {
        let piece = rest.prefix(count)
        rest = rest.dropFirst(count)
        return Array(piece)
    }

    private mutating func end(_ events: inout [Event], trailers: [(name: String, value: String)] = []) {
        state = .ended
        events.append(.end(ResponseEnd(trailers: trailers, surplus: [])))
    }

    private mutating func readHead(_ rest: inout ArraySlice<UInt8>, _ events: inout [Event]) throws(ResponseFault) {
        try line.checkStart(adding: rest)
        guard let lines = try line.block(&rest, limit: maximumHeadBytes) else { return }
        let head = try HeadLines.parse(lines, raw: line.raw)
        line = HeadLines()
        if (100..<200).contains(head.status), head.status != 101 {
            events.append(.informational(head))
            return
        }
        let framing = try framing(of: head)
        let isStreamed = if case .untilClose = framing { true } else { false }
        let isChunked = if case .chunkSize = framing { true } else { false }
        let isHijacked = head.status == 101 || (upgrade != .none && head.status == 200 && (isStreamed || isChunked))
        events.append(.head(head, isHijacked: isHijacked))
        state = framing
        if case .ended = framing { events.append(.end(ResponseEnd())) }
    }

    /// The length of the body, RFC 9112 section 6.3.
    private func framing(of head: ResponseHead) throws(ResponseFault) -> State {
        if head.status == 101 {
            guard upgrade != .none else { throw .unrequestedUpgrade }
            return .untilClose
        }
        if method == "HEAD" || head.status == 204 || head.status == 304 { return .ended }
        let codings = head.all("Transfer-Encoding")
        if !codings.isEmpty {
            guard codings.count == 1, codings[0].lowercased() == "chunked" else {
                throw .transferCoding(codings.joined(separator: ", "))
            }
            return .chunkSize
        }
        let lengths = Set(head.all("Content-Length"))
        guard let length = lengths.first else { return .untilClose }
        guard lengths.count == 1, length.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(length) else {
            throw .contentLength(head.all("Content-Length").joined(separator: ", "))
        }
        return count == 0 ? .ended : .fixed(remaining: count)
    }

    private mutating func readChunkSize(_ rest: inout ArraySlice<UInt8>) throws(ResponseFault) {
        let limit = Self.maximumChunkLineBytes
        guard let text = try line.next(&rest, limit: limit, fault: .chunkSize("longer than \(limit) bytes")) else {
            return
        }
        line = HeadLines()
        let digits = text.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 && $0 != 0x09 }
        let digitsText = String(decoding: digits, as: UTF8.self)
        guard (1...15).contains(digits.count), digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-"),
            let size = Int(digitsText, radix: 16)
        else { throw .chunkSize(HeadLines.shown(text)) }
        state = size == 0 ? .trailers : .chunkData(remaining: size)
    }

    private mutating func readTrailers(_ rest: inout ArraySlice<UInt8>, _ events: inout [Event]) throws(ResponseFault) {
        guard let lines = try line.block(&rest, limit: maximumHeadBytes) else { return }
        line = HeadLines()
        var trailers: [(name: String, value: String)] = []
        for text in lines { trailers.append(try HeadLines.field(text)) }
        end(&events, trailers: trailers)
    }
}

/// What stood after a body.
package struct ResponseEnd: Sendable {
    var trailers: [(name: String, value: String)] = []
    var surplus: [UInt8] = []
}
