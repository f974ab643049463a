/// Why bytes are not an HTTP/1 answer (RFC 9112), or not one this client accepts.
public enum ResponseFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// The first bytes are not `HTTP/1.`; they are given, at most 40.
    case notHTTP(firstBytes: String)
    /// The first bytes are a TLS record.
    case tlsRecord
    /// A status line that is none.
    case statusLine(String)
    /// A header line that is none.
    case headerLine(String)
    /// A head longer than accepted.
    case headTooLong(limit: Int)
    /// A `Content-Length` that is no number, or several that differ.
    case contentLength(String)
    /// A transfer coding other than `chunked`.
    case transferCoding(String)
    /// A chunk whose size is no hexadecimal number.
    case chunkSize(String)
    /// Chunk data that is not followed by a line end.
    case chunkEnd
    /// 101 where no upgrade was asked for.
    case unrequestedUpgrade

    /// What was wrong.
    public var description: String {
        switch self {
        case .notHTTP(let bytes): "it starts with \"\(bytes)\""
        case .tlsRecord: "it starts with a TLS record"
        case .statusLine(let line): "the status line is \"\(line)\""
        case .headerLine(let line): "a header line is \"\(line)\""
        case .headTooLong(let limit): "the head is longer than \(limit) bytes"
        case .contentLength(let value): "Content-Length is \"\(value)\""
        case .transferCoding(let value): "Transfer-Encoding is \"\(value)\"; only chunked is known"
        case .chunkSize(let line): "a chunk size is \"\(line)\""
        case .chunkEnd: "a chunk is not followed by a line end"
        case .unrequestedUpgrade: "101 Switching Protocols, and no upgrade was asked for"
        }
    }
}
