import OCI
import RawJSON

/// One line of a json-file log, taken apart: `{"log":"…","stream":"stdout","attrs":{…},"time":"…"}`.
struct LogLine {
    var channel = LogChannel.stdout
    var time: Int64 = 0
    var attributes: [Event.Attribute] = []

    /// Appends the entry's text to `text`, and answers the rest; nil for a line that is none.
    ///
    /// - Parameter line: the line without its line feed.
    static func parse(_ line: UnsafeRawBufferPointer, into text: inout LogText) -> LogLine? {
        let start = text.count
        if let parsed = parseUsual(line, into: &text) { return parsed }
        text.shrink(to: start)
        return parseAny(line, into: &text)
    }

    /// The order of members in which dockerd and the monitor write them, which needs no general parser.
    private static func parseUsual(_ line: UnsafeRawBufferPointer, into text: inout LogText) -> LogLine? {
        var scanner = Scanner(bytes: line)
        var result = LogLine()
        guard scanner.take("{\"log\":\""), scanner.string(into: &text), scanner.take(",\"stream\":\"std") else {
            return nil
        }
        if scanner.take("out\"") {
            result.channel = .stdout
        } else if scanner.take("err\"") {
            result.channel = .stderr
        } else {
            return nil
        }
        guard scanner.take(",\"time\":\""), let time = scanner.timestamp(), scanner.take("\"}"), scanner.isAtEnd else {
            return nil
        }
        result.time = time
        return result
    }

    private static func parseAny(_ line: UnsafeRawBufferPointer, into text: inout LogText) -> LogLine? {
        guard let value = try? JSONValue.parse(line), let log = value["log"]?.string, log.utf8.count <= line.count,
            let stamp = value["time"]?.string, let time = Timestamp(parsing: stamp)?.nanosecondsSince1970
        else { return nil }
        text.append(contentsOf: log.utf8)
        var result = LogLine(channel: value["stream"]?.string == "stderr" ? .stderr : .stdout, time: time)
        for member in value["attrs"]?.object?.members ?? [] {
            result.attributes.append(Event.Attribute(member.name, member.value.string ?? ""))
        }
        result.attributes.sort { $0.name < $1.name }
        return result
    }

    /// The moment of a line, where nothing else of it is wanted; the time stands at its end.
    static func time(of line: UnsafeRawBufferPointer) -> Int64? {
        guard line.count > 40, line[line.count - 1] == UInt8(ascii: "}"), line[line.count - 2] == UInt8(ascii: "\"")
        else {
            return nil
        }
        var start = line.count - 2
        while start > 0, line[start - 1] != UInt8(ascii: "\"") { start -= 1 }
        return Timestamp(parsing: UnsafeRawBufferPointer(rebasing: line[start..<(line.count - 2)]))?
            .nanosecondsSince1970
    }
}

/// Reads a line from its start on.
private struct Scanner {
    let bytes: UnsafeRawBufferPointer
    var position = 0

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ literal: StaticString) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard bytes.count - position >= count else { return false }
        for index in 0..<count where bytes[position + index] != literal.utf8Start[index] { return false }
        position += count
        return true
    }

    /// The text up to its closing quote, its escapes undone; false where it does not end or has an escape of another kind.
    mutating func string(into text: inout LogText) -> Bool {
        while true {
            text.copyPlain(bytes, &position)
            guard position < bytes.count else { return false }
            if bytes[position] == UInt8(ascii: "\"") {
                position += 1
                return true
            }
            guard unescape(into: &text) else { return false }
        }
    }

    private mutating func unescape(into text: inout LogText) -> Bool {
        guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\") else { return false }
        let letter = bytes[position + 1]
        position += 2
        switch letter {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "u"):
            guard let code = hexadecimal(), let scalar = Unicode.Scalar(code) else { return false }
            text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default: return false
        }
        return true
    }

    /// Four hexadecimal digits; nil for half of a surrogate pair, which the general parser knows.
    private mutating func hexadecimal() -> UInt32? {
        guard bytes.count - position >= 4 else { return nil }
        var code: UInt32 = 0
        for index in 0..<4 {
            guard let digit = bytes[position + index].hexadecimalValue else { return nil }
            code = code << 4 | UInt32(digit)
        }
        position += 4
        return 0xD800..<0xE000 ~= code ? nil : code
    }

    mutating func timestamp() -> Int64? {
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") { position += 1 }
        return Timestamp(parsing: UnsafeRawBufferPointer(rebasing: bytes[start..<position]))?.nanosecondsSince1970
    }
}
