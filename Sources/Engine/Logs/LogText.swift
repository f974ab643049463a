/// Room for the text of a block's entries, which is never longer than the lines it comes from.
struct LogText {
    private let room: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    /// What is copied at a time may reach so far past the end of a text.
    static let slack = 8

    /// - Parameter room: as many bytes as the lines have, and `slack`.
    init(_ room: UnsafeMutableRawBufferPointer) { self.room = room }

    /// Forgets what was added since the count was `count`.
    mutating func shrink(to count: Int) { self.count = count }

    mutating func append(_ byte: UInt8) {
        room[count] = byte
        count += 1
    }

    mutating func append(contentsOf bytes: some Collection<UInt8>) { for byte in bytes { append(byte) } }

    /// Copies what stands in a JSON string as it is, up to a quote, a backslash or the end; moves `position` there.
    mutating func copyPlain(_ line: UnsafeRawBufferPointer, _ position: inout Int) {
        while line.count - position >= 8 {
            let word = line.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            room.storeBytes(of: word, toByteOffset: count, as: UInt64.self)
            let found = Self.special(UInt64(littleEndian: word))
            let plain = found == 0 ? 8 : found.trailingZeroBitCount >> 3
            position += plain
            count += plain
            if found != 0 { return }
        }
        while position < line.count, line[position] != UInt8(ascii: "\""), line[position] != UInt8(ascii: "\\") {
            append(line[position])
            position += 1
        }
    }

    /// The high bit of each byte that is a quote or a backslash; only the lowest that is set is certain.
    private static func special(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ ones &* 0x22
        let slashes = word ^ ones &* 0x5C
        return (((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes)) & (ones &* 0x80)
    }
}
