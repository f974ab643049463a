import CLinux

/// Lines of a json-file log that wait to be written at once:
/// `{"log":"text\n","stream":"stdout","attrs":{…},"time":"2026-01-02T03:04:05.678Z"}`.
struct JSONLines {
    /// At least so many bytes are gathered while more come: larger writes are no faster.
    static let batch = 64 << 10
    /// What a byte becomes at most.
    private static let longestEscape = 6

    /// Room for a batch and one line more; what is never used of it takes no memory.
    private let room: UnsafeMutableRawBufferPointer
    private var count = 0
    private let attributes: CString?
    /// How a line of this moment ends, after the name of its stream.
    private var ending: [UInt8] = []
    private var endingTime: Int64?

    /// - Parameter attributes: a JSON object written into each line; `nil` or empty for none.
    init(attributes: CString?) {
        self.attributes = attributes.flatMap { $0[0] == 0 ? nil : $0 }
        let frame = 256 + (self.attributes.map { Text.length($0) } ?? 0)
        room = .allocate(
            byteCount: Self.batch + LogWriter.lineLimit * Self.longestEscape + frame, alignment: 64)
    }

    /// What is to be written.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: room[..<count]) }
    var isFull: Bool { count >= Self.batch }

    mutating func removeAll() { count = 0 }

    /// Adds a line; there must be room, so `isFull` is asked after each.
    ///
    /// - Parameter text: at most `LogWriter.lineLimit` bytes, without a line feed.
    mutating func append(_ text: UnsafeRawBufferPointer, isComplete: Bool, isStandardOutput: Bool, _ time: Int64) {
        if time != endingTime { makeEnding(time) }
        add("{\"log\":\"")
        escape(text)
        if isComplete { add("\\n") }
        add(isStandardOutput ? "\",\"stream\":\"stdout\"" : "\",\"stream\":\"stderr\"")
        ending.withUnsafeBytes { add($0) }
    }

    private mutating func makeEnding(_ time: Int64) {
        ending.removeAll(keepingCapacity: true)
        if let attributes {
            ending.append(contentsOf: ",\"attrs\":".utf8)
            for index in 0..<Text.length(attributes) { ending.append(UInt8(bitPattern: attributes[index])) }
        }
        ending.append(contentsOf: ",\"time\":\"".utf8)
        Timestamp.append(time, to: &ending)
        ending.append(contentsOf: "\"}\n".utf8)
        endingTime = time
    }

    private mutating func add(_ bytes: UnsafeRawBufferPointer) {
        UnsafeMutableRawBufferPointer(rebasing: room[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    private mutating func add(_ text: StaticString) {
        add(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    // MARK: - Escaping

    /// Escapes as moby's jsonlog writer does: HTML characters and line separators, too; what is not UTF-8 becomes U+FFFD.
    private mutating func escape(_ text: UnsafeRawBufferPointer) {
        var index = 0
        while true {
            copyPlain(text, &index)
            guard index < text.count else { return }
            index += escapeFirst(text, index)
        }
    }

    /// Copies what stands in JSON as it is, eight bytes at a time, up to the first byte that may not.
    private mutating func copyPlain(_ text: UnsafeRawBufferPointer, _ index: inout Int) {
        while text.count - index >= 8 {
            let word = text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            // All eight are stored, and those that do not count are overwritten by what follows.
            room.storeBytes(of: word, toByteOffset: count, as: UInt64.self)
            let found = Self.special(UInt64(littleEndian: word))
            let plain = found == 0 ? 8 : found.trailingZeroBitCount >> 3
            index += plain
            count += plain
            if found != 0 { return }
        }
        while index < text.count, Self.special(UInt64(text[index]) | Self.spaces) == 0 {
            room[count] = text[index]
            index += 1
            count += 1
        }
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080
    private static let spaces: UInt64 = 0x2020_2020_2020_2000

    /// The high bit of each byte that is a control, a quote, a backslash, `<`, `>`, `&` or no ASCII; only the lowest
    /// that is set is certain.
    private static func special(_ word: UInt64) -> UInt64 {
        let controls = (word &- ones &* 0x20) & ~word
        // Two each: `"` and `&`, `<` and `>` differ in one bit.
        let quotes = (word | ones &* 0x04) ^ ones &* 0x26
        let angles = (word | ones &* 0x02) ^ ones &* 0x3E
        let slashes = word ^ ones &* 0x5C
        let equal = ((quotes &- ones) & ~quotes) | ((angles &- ones) & ~angles) | ((slashes &- ones) & ~slashes)
        return (controls | equal | word) & highs
    }

    /// Writes the character at `index`, and answers how many bytes of the text it takes.
    private mutating func escapeFirst(_ text: UnsafeRawBufferPointer, _ index: Int) -> Int {
        let byte = text[index]
        if byte < 0x80 {
            escapeASCII(byte)
            return 1
        }
        let length = Self.sequenceLength(text, index)
        if length == 0 {
            add("\\ufffd")
            return 1
        }
        if length == 3, byte == 0xE2, text[index + 1] == 0x80, text[index + 2] & 0xFE == 0xA8 {
            add(text[index + 2] == 0xA8 ? "\\u2028" : "\\u2029")
        } else {
            add(UnsafeRawBufferPointer(rebasing: text[index..<index + length]))
        }
        return length
    }

    private mutating func escapeASCII(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): add("\\\"")
        case UInt8(ascii: "\\"): add("\\\\")
        case UInt8(ascii: "\n"): add("\\n")
        case UInt8(ascii: "\r"): add("\\r")
        default:
            add("\\u00")
            room[count] = Self.hexDigit(byte >> 4)
            room[count + 1] = Self.hexDigit(byte & 15)
            count += 2
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// How many bytes the UTF-8 sequence at that place has; 0 where it is none (RFC 3629).
    private static func sequenceLength(_ text: UnsafeRawBufferPointer, _ index: Int) -> Int {
        let first = text[index]
        let length: Int
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF: length = 3
        case 0xF0...0xF4: length = 4
        default: return 0
        }
        guard index + length <= text.count else { return 0 }
        for offset in 1..<length where text[index + offset] & 0xC0 != 0x80 { return 0 }
        let second = text[index + 1]
        switch first {
        case 0xE0 where second < 0xA0, 0xED where second > 0x9F, 0xF0 where second < 0x90, 0xF4 where second > 0x8F:
            return 0
        default: return length
        }
    }
}
