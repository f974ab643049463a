/// Takes what comes on a hijacked connection and says, item by item, whether it is what the conversation expects.
///
/// Order is kept within a channel only: two pipes of a process have no order between them.
public struct ConversationMatcher: Sendable {
    /// A frame that has not been consumed yet; `length` is the size in its header.
    private struct Frame: Sendable {
        let channel: UInt8
        let length: Int
        var payload: [UInt8]
        /// Whether an earlier item has consumed its beginning.
        var isBroken = false
    }

    private var raw: [UInt8] = []
    private var frames: [Frame] = []

    /// A matcher that has seen nothing yet.
    public init() {}

    /// Takes a frame of a multiplexed stream; `channel` is its first header byte, `length` the size in its header.
    public mutating func append(frame channel: UInt8, length: Int, payload: [UInt8]) {
        frames.append(Frame(channel: channel, length: length, payload: payload))
    }

    /// Takes bytes of a stream without frames.
    public mutating func append(raw bytes: [UInt8]) {
        raw += bytes
    }

    /// What has come and no item has consumed, as bytes of that channel.
    public func pending(_ channel: StreamChannel) -> [UInt8] {
        guard let number = channel.number else { return raw }
        return frames.filter { $0.channel == number }.flatMap(\.payload)
    }

    /// Tries to match the next item, and consumes what it matches.
    ///
    /// Items that send (`send`, `halfClose`) match at once: doing them is the caller's part. `open` matches while the
    /// connection is open, and `closed` once it has ended with nothing unread.
    ///
    /// - Parameters:
    ///   - ended: whether the server has closed the connection, so that nothing more can come.
    public mutating func match(_ item: ConversationItem, variables: Variables, ended: Bool) -> MatchProgress {
        switch item {
        case .send, .halfClose: return .matched([:])
        case .open(let line): return ended ? fail(line, "connection", "open", "closed by the server") : .matched([:])
        case .closed(let line): return closed(line, ended)
        case .frame(let pattern): return frame(pattern, variables, ended)
        case .expect(let pattern): return expect(pattern, variables, ended)
        }
    }

    private func fail(_ line: Int, _ location: String, _ expected: String, _ got: String) -> MatchProgress {
        .failed([Mismatch(line: line, location: location, expected: expected, got: got)])
    }

    private func closed(_ line: Int, _ ended: Bool) -> MatchProgress {
        if !raw.isEmpty {
            return fail(line, "connection", "closed with nothing further", "raw \(Excerpt.quoted(bytes: raw))")
        }
        if let frame = frames.first(where: { !$0.payload.isEmpty || !$0.isBroken }) {
            let got = "frame \(frame.channel) \(frame.length) \(Excerpt.quoted(bytes: frame.payload))"
            return fail(line, "connection", "closed with nothing further", got)
        }
        return ended ? .matched([:]) : .incomplete
    }

    private mutating func frame(_ pattern: FramePattern, _ variables: Variables, _ ended: Bool) -> MatchProgress {
        let expected = "frame \(pattern.channel) \(pattern.length) \(pattern.payload.source)"
        guard
            let index = frames.firstIndex(where: {
                $0.channel == pattern.channel && !($0.isBroken && $0.payload.isEmpty)
            })
        else { return ended ? fail(pattern.line, "frame", expected, "the end of the stream") : .incomplete }
        let frame = frames[index]
        let text = String(decoding: frame.payload, as: UTF8.self)
        guard !frame.isBroken, frame.length == pattern.length,
            let captures = pattern.payload.match(text, variables: variables)
        else {
            let got = "frame \(frame.channel) \(frame.length) \(Excerpt.quoted(bytes: frame.payload))"
            return fail(pattern.line, "frame", expected, got)
        }
        frames.remove(at: index)
        return .matched(captures)
    }

    private mutating func expect(_ pattern: ChannelPattern, _ variables: Variables, _ ended: Bool) -> MatchProgress {
        let bytes = pending(pattern.channel)
        let location = pattern.channel.rawValue
        let got = bytes.isEmpty ? "the end of the stream" : Excerpt.quoted(bytes: bytes)
        switch pattern.content {
        case .line(let regex, let line):
            guard let end = bytes.firstIndex(of: 0x0A) ?? (ended && !bytes.isEmpty ? bytes.count - 1 : nil) else {
                return ended ? fail(line, location, regex.description, got) : .incomplete
            }
            var text = String(decoding: bytes[...end], as: UTF8.self).unicodeScalars
            while let last = text.last, last == "\n" || last == "\r" { text.removeLast() }
            guard regex.matchesWhole(String(text)) else {
                return fail(line, location, regex.description, Excerpt.quoted(String(text)))
            }
            consume(end + 1, pattern.channel)
            return .matched([:])
        case .text(let text):
            let decoded = String(decoding: bytes, as: UTF8.self)
            if let found = text.find(in: decoded, variables: variables, anchored: true) {
                consume(decoded.utf8.distance(from: decoded.startIndex, to: found.end), pattern.channel)
                return .matched(found.captures)
            }
            let leading = Array(text.leadingText(variables).utf8)
            let canMatch = zip(bytes, leading).allSatisfy { $0 == $1 } && (bytes.count < leading.count || !text.isPlain)
            return ended || !canMatch ? fail(text.line, location, text.source, got) : .incomplete
        }
    }

    private mutating func consume(_ count: Int, _ channel: StreamChannel) {
        guard let number = channel.number else {
            raw.removeFirst(min(count, raw.count))
            return
        }
        var left = count
        for index in frames.indices where frames[index].channel == number && left > 0 {
            let part = min(left, frames[index].payload.count)
            frames[index].payload.removeFirst(part)
            frames[index].isBroken = true
            left -= part
        }
        frames.removeAll { $0.isBroken && $0.payload.isEmpty }
    }
}

extension StreamChannel {
    /// The first byte of its frames' headers; `nil` for a stream without frames.
    var number: UInt8? {
        switch self {
        case .stdout: 1
        case .stderr: 2
        case .raw: nil
        }
    }
}

extension LinePattern {
    /// Whether this is text and variables only.
    var isPlain: Bool {
        pieces.allSatisfy { piece in
            switch piece {
            case .text, .variable: true
            case .capture, .regex, .anyText: false
            }
        }
    }
}
