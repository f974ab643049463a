import NIOCore
import NIOHTTP1

/// The first lines of an answer, as bytes.
struct ResponseHead {
    /// How the client learns where the body ends.
    enum Framing {
        /// There is none, and the status says so.
        case none
        case length(Int)
        case chunked
        /// At the end of the connection.
        case untilClose
    }

    let status: HTTPResponseStatus
    let headers: HTTPHeaders
    let framing: Framing
    let keepsAlive: Bool

    /// Writes the head; values never hold a line end. `common` are whole lines.
    func write(to buffer: inout ByteBuffer, common: String) {
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString("\(status.code) \(status.reasonPhrase)\r\n")
        buffer.writeString(common)
        for (name, value) in headers { line(name, value, to: &buffer) }
        switch framing {
        case .none, .untilClose: break
        case .length(let count): line("Content-Length", "\(count)", to: &buffer)
        case .chunked: buffer.writeStaticString("Transfer-Encoding: chunked\r\n")
        }
        if !keepsAlive { buffer.writeStaticString("Connection: close\r\n") }
        buffer.writeStaticString("\r\n")
    }

    /// The head of a connection that becomes a stream; 101 where the client asked for it, else 200 (docker's two ways).
    static func writeHijacked(to buffer: inout ByteBuffer, upgraded: Bool, headers: HTTPHeaders, common: String) {
        buffer.writeStaticString(upgraded ? "HTTP/1.1 101 UPGRADED\r\n" : "HTTP/1.1 200 OK\r\n")
        let head = ResponseHead(status: .ok, headers: headers, framing: .untilClose, keepsAlive: true)
        for (name, value) in headers { head.line(name, value, to: &buffer) }
        if upgraded { buffer.writeStaticString("Connection: Upgrade\r\nUpgrade: tcp\r\n") }
        buffer.writeString(common)
        buffer.writeStaticString("\r\n")
    }

    private func line(_ name: String, _ value: String, to buffer: inout ByteBuffer) {
        buffer.writeString(name)
        buffer.writeStaticString(": ")
        if value.utf8.contains(where: { $0 == 0x0D || $0 == 0x0A }) {
            buffer.writeBytes(value.utf8.map { $0 == 0x0D || $0 == 0x0A ? 0x20 : $0 })
        } else {
            buffer.writeString(value)
        }
        buffer.writeStaticString("\r\n")
    }
}

extension ByteBuffer {
    /// One chunk of a chunked body; an empty one would end it, so nothing is written then.
    mutating func writeChunk(_ bytes: ByteBuffer) {
        guard bytes.readableBytes > 0 else { return }
        writeString(String(bytes.readableBytes, radix: 16))
        writeStaticString("\r\n")
        writeImmutableBuffer(bytes)
        writeStaticString("\r\n")
    }
}
