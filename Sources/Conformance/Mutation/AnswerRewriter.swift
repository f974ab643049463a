import DockerAPI
import DockerClient
import RawJSON

/// Passes one answer on as a mutation has it.
struct AnswerRewriter {
    /// How the body is treated, known with the head.
    private enum Mode {
        case pass
        /// Kept until it has ended, then altered as one document.
        case document
        case messages(JSONSequenceDecoder)
        case frames(StreamDemultiplexer)
        case delivered(Mutation.Delivery)
    }

    private let change: Mutation.Change
    private let request: ProxiedRequest
    private let output: FileStream
    private let onChange: () -> Void
    private var parser: ResponseParser
    private var mode = Mode.pass
    private var head: AnswerHead?
    private var isHeadHeld = false
    private var held: [UInt8] = []
    private var count = 0

    /// - Parameter onChange: called where something was altered.
    init(
        change: Mutation.Change, request: ProxiedRequest, output: FileStream, onChange: @escaping () -> Void
    ) {
        self.change = change
        self.request = request
        self.output = output
        self.onChange = onChange
        let upgrade: EngineRequest.Upgrade = request.header("Upgrade") == nil ? .none : .tcp
        parser = ResponseParser(method: request.method, upgrade: upgrade, maximumHeadBytes: 256 << 10)
    }

    /// Reads from the daemon until its answer has ended.
    ///
    /// - Returns: whether the client is told of the end.
    mutating func run(from source: Int32) throws -> Bool {
        while let bytes = BlockingSocket.receive(source) {
            for event in try parser.feed(bytes) {
                switch event {
                case .informational(let head): try output.write(head.raw)
                case .head(let head, _): try begin(head)
                case .body(let bytes): try body(bytes)
                case .end: return try end()
                }
            }
        }
        // The daemon closed: the end of a body that only that ends, or of one that it cut itself.
        return parser.finish() == nil ? true : try end()
    }

    private mutating func begin(_ original: ResponseHead) throws {
        var head = AnswerHead(original)
        switch change {
        case .head(let edit): if edit(&head, request) { onChange() }
        case .document(let statuses, _) where statuses.contains(head.status) && head.isJSON && request.method != "HEAD":
            mode = .document
        case .messages where head.status == 200 && head.isJSON: mode = .messages(JSONSequenceDecoder())
        case .frames where head.isMultiplexed: mode = .frames(StreamDemultiplexer())
        case .delivery(let delivery): mode = .delivered(delivery)
        default: break
        }
        self.head = head
        switch mode {
        case .document, .delivered(.lateHead), .delivered(.atTheEnd): isHeadHeld = true
        case .messages, .frames, .delivered(.shortened): try send(length: .unknown)
        case .pass, .delivered(.neverEnds): try output.write(head.bytes)
        }
    }

    private enum Length { case unknown, known(Int) }

    /// Sends the head for a body of another length; one that ends with the connection stays so.
    private mutating func send(length: Length) throws {
        guard var head else { return }
        switch length {
        case .unknown where head.remove("Content-Length"): head.set("Transfer-Encoding", "chunked")
        case .unknown: break
        case .known(let bytes):
            head.remove("Transfer-Encoding")
            head.set("Content-Length", String(bytes))
        }
        self.head = head
        isHeadHeld = false
        try output.write(head.bytes)
    }

    private mutating func body(_ bytes: [UInt8]) throws {
        switch mode {
        case .pass, .delivered(.neverEnds): try piece(bytes)
        case .document, .delivered(.atTheEnd): held += bytes
        case .delivered(.lateHead):
            if isHeadHeld, let head {
                onChange()
                isHeadHeld = false
                try output.write(head.bytes)
            }
            try piece(bytes)
        case .delivered(.shortened):
            let all = held + bytes
            held = Array(all.suffix(4))
            try piece(Array(all.dropLast(4)))
        case .messages(var decoder):
            for (value, raw) in try decoder.append(bytes) { try message(value, raw) }
            mode = .messages(decoder)
        case .frames(var demultiplexer):
            for frame in try demultiplexer.append(bytes) { try relay(frame) }
            mode = .frames(demultiplexer)
        }
    }

    private mutating func message(_ value: JSONValue, _ raw: [UInt8]) throws {
        defer { count += 1 }
        guard case .messages(let edit) = change, let new = edit(value, count) else { return try piece(raw + [0x0A]) }
        onChange()
        for value in new { try piece(value.line(.init(escapesHTML: true))) }
    }

    private mutating func relay(_ frame: StreamFrame) throws {
        defer { count += 1 }
        guard case .frames(let edit) = change, let new = edit(frame, count) else { return try piece(frame.encoded) }
        onChange()
        try piece(new)
    }

    private func piece(_ bytes: [UInt8]) throws {
        guard !bytes.isEmpty else { return }
        guard head?.isChunked ?? false else { return try output.write(bytes) }
        try output.write(Array((String(bytes.count, radix: 16) + "\r\n").utf8) + bytes + [0x0D, 0x0A])
    }

    private mutating func end() throws -> Bool {
        switch mode {
        case .delivered(.neverEnds):
            guard head?["Content-Length"] == nil, head?.status != 204 else { return true }
            onChange()
            return false
        case .document: try endDocument()
        case .delivered(.atTheEnd):
            guard let head else { return true }
            if !held.isEmpty { onChange() }
            isHeadHeld = false
            try output.write(head.bytes)
            try piece(held)
        case .delivered(.shortened) where !held.isEmpty: onChange()
        default: if isHeadHeld, let head { try output.write(head.bytes) }
        }
        if head?.isChunked ?? false, request.method != "HEAD" { try output.write(Array("0\r\n\r\n".utf8)) }
        return true
    }

    private mutating func endDocument() throws {
        var text = held
        if case .document(_, let edit) = change, var value = try? JSONValue.parse(held), edit(&value, request) {
            onChange()
            text = value.line(.init(escapesHTML: true))
        }
        try send(length: .known(text.count))
        try output.write(text)
    }
}
