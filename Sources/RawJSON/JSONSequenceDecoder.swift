/// Cuts a stream of JSON values into values as bytes arrive, whatever separates them: nothing, newlines, CRLF.
///
/// Docker streams progress, events and statistics as values one after the other (Engine API: `POST /images/create`,
/// `GET /events`), and a read may end in the middle of one.
public struct JSONSequenceDecoder: Sendable {
    /// How many bytes one value may have before the stream is refused.
    public let maximumValueBytes: Int

    private var pending: [UInt8] = []
    private var depth = 0
    private var insideString = false
    private var escaped = false

    /// A decoder that refuses a single value longer than `maximumValueBytes`.
    public init(maximumValueBytes: Int = 16 << 20) {
        self.maximumValueBytes = maximumValueBytes
    }

    /// Takes the next bytes and answers the values they complete, each beside its own bytes.
    ///
    /// - Throws: `JSONParseError` where a completed value is not JSON or an incomplete one grows past the limit.
    public mutating func append(
        _ bytes: some Sequence<UInt8>
    ) throws(JSONParseError) -> [(value: JSONValue, bytes: [UInt8])] {
        var values: [(value: JSONValue, bytes: [UInt8])] = []
        for byte in bytes {
            if let complete = step(byte) { values.append((try JSONValue.parse(complete), complete)) }
            guard pending.count <= maximumValueBytes else {
                throw JSONParseError(
                    reason: "a value longer than \(maximumValueBytes) bytes", offset: pending.count, line: 1)
            }
        }
        return values
    }

    /// What is left when the stream has ended: the last value where it was a bare word or number, or `nil`.
    ///
    /// - Throws: `JSONParseError` where the stream ended inside a value.
    public mutating func finish() throws(JSONParseError) -> (value: JSONValue, bytes: [UInt8])? {
        guard !pending.isEmpty else { return nil }
        let rest = pending
        pending = []
        return (try JSONValue.parse(rest), rest)
    }

    private mutating func step(_ byte: UInt8) -> [UInt8]? {
        let isSpace = [0x20, 0x09, 0x0A, 0x0D].contains(byte)
        if pending.isEmpty && isSpace { return nil }
        if depth == 0 && !insideString && isSpace { return take() }
        pending.append(byte)
        if insideString {
            if escaped {
                escaped = false
            } else if byte == UInt8(ascii: "\\") {
                escaped = true
            } else if byte == UInt8(ascii: "\"") {
                insideString = false
                if depth == 0 { return take() }
            }
            return nil
        }
        switch byte {
        case UInt8(ascii: "\""): insideString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
            if depth <= 0 {
                depth = 0
                return take()
            }
        default: break
        }
        return nil
    }

    private mutating func take() -> [UInt8] {
        defer { pending = [] }
        return pending
    }
}
