import NIOCore
import NIOHTTP1
import OCI

typealias HTTPChannel = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

/// One client's connection: requests one after the other until either side ends it.
struct Connection: Sendable {
    /// How many bytes of a request's body are kept: a layer in one piece.
    static let maximumBodyBytes = 256 << 20
    private static let pieceBytes = 256 << 10
    private static let tricklePieces: Int64 = 30
    private static let tricklePause = Duration.milliseconds(100)

    let responder: Responder
    let listenerMode: Mode?
    let address: String

    func serve(_ client: HTTPChannel) async throws {
        let channel = client.channel
        try await withTaskCancellationHandler {
            try await client.executeThenClose { inbound, _ in try await answer(inbound, on: channel) }
        } onCancel: {
            // A client that has stopped reading would keep a write waiting for good.
            channel.close(promise: nil)
        }
    }

    private func answer(
        _ requests: NIOAsyncChannelInboundStream<HTTPServerRequestPart>, on channel: any Channel
    ) async throws {
        var head: HTTPRequestHead?
        var body: [UInt8] = []
        for try await part in requests {
            switch part {
            case .head(let received):
                head = received
                body = []
            case .body(let bytes):
                guard body.count + bytes.readableBytes <= Self.maximumBodyBytes else {
                    let refusal = RegistryResponse.error(413, .sizeInvalid, "the body is too large")
                    try await write(refusal, isHead: false, keepAlive: false, to: channel)
                    return
                }
                body += bytes.readableBytesView
            case .end:
                guard let received = head else { return }
                let request = Responder.Request(
                    method: received.method.rawValue, uri: received.uri,
                    headers: received.headers.map { ($0.name, $0.value) }, body: body, listenerMode: listenerMode,
                    address: address)
                body = []
                let goesOn = try await write(
                    responder.respond(request), isHead: received.method == .HEAD, keepAlive: received.isKeepAlive,
                    to: channel)
                guard goesOn else { return }
            }
        }
    }

    /// Sends a response and answers whether the connection goes on.
    @discardableResult
    private func write(
        _ response: RegistryResponse, isHead: Bool, keepAlive: Bool, to channel: any Channel
    ) async throws -> Bool {
        var head = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: response.status))
        for header in response.headers { head.headers.add(name: header.name, value: header.value) }
        if response.hidesLength, !isHead {
            head.headers.add(name: "Transfer-Encoding", value: "chunked")
        } else if response.status != 204 {
            head.headers.add(name: "Content-Length", value: String(response.body.count))
        }
        if !keepAlive { head.headers.add(name: "Connection", value: "close") }
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        if !isHead {
            guard try await writeBody(response, to: channel) else { return false }
        }
        try await send(.end(nil), to: channel)
        return keepAlive
    }

    /// Returns when the kernel has taken all that was sent so far: closing the channel drops what is still queued in it.
    private func send(_ part: HTTPServerResponsePart, to channel: any Channel) async throws {
        try await channel.writeAndFlush(part).get()
    }

    /// Sends the body; false where it was cut off on purpose.
    private func writeBody(_ response: RegistryResponse, to channel: any Channel) async throws -> Bool {
        let total = response.cutAfter ?? response.body.count
        let piece = response.trickles ? max(1, total / Self.tricklePieces) : Int64(Self.pieceBytes)
        let file: File? = if case .file(let path, _, _, _) = response.body { try File(reading: path) } else { nil }
        var sent: Int64 = 0
        while sent < total {
            let count = Int(min(piece, total - sent))
            let bytes = try Self.bytes(of: response.body, file, at: sent, count: count)
            guard !bytes.isEmpty else { return false }
            try await send(.body(.byteBuffer(ByteBuffer(bytes: bytes))), to: channel)
            sent += Int64(bytes.count)
            // The pause is what this mode is for: a client must cope with a slow registry.
            if response.trickles { try await Task.sleep(for: Self.tricklePause) }
        }
        return response.cutAfter == nil
    }

    private static func bytes(of body: RegistryResponse.Body, _ file: File?, at sent: Int64, count: Int) throws
        -> [UInt8]
    {
        switch body {
        case .bytes(let bytes): return Array(bytes[Int(sent)..<Int(sent) + count])
        case .file(_, let offset, _, let patch):
            guard let file else { return [] }
            var bytes = try file.read(at: offset + sent, count: count)
            if let patch, patch.offset >= offset + sent, patch.offset < offset + sent + Int64(bytes.count) {
                bytes[Int(patch.offset - offset - sent)] ^= 0xFF
            }
            return bytes
        }
    }
}
