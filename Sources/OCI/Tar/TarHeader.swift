/// One 512-byte header block, its fields cut out by place (POSIX.1-2017 pax, "ustar Interchange Format").
struct TarHeader {
    let block: [UInt8]

    var isZero: Bool { block.withUnsafeBytes { $0.allSatisfy { $0 == 0 } } }
    var typeFlag: UInt8 { block[156] }
    private var isUstar: Bool { hasMagic("ustar") }
    var isGNU: Bool { hasMagic("ustar  \0") }

    private func hasMagic(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { text in (0..<text.count).allSatisfy { block[257 + $0] == text[$0] } }
    }

    func checkChecksum() throws(OCIError) {
        let stored = try number(148..<156, "checksum")
        let (unsigned, signed) = sums
        // Some historic writers summed signed bytes, and POSIX readers accept both.
        guard stored == unsigned || stored == signed else {
            throw OCIError(.invalidArchive, "tar header of \"\(name)\" has a wrong checksum")
        }
    }

    /// The sums of all bytes, the checksum's own field counted as spaces.
    private var sums: (unsigned: Int64, signed: Int64) {
        block.withUnsafeBytes { bytes in
            var unsigned: UInt32 = 0
            var negative: UInt32 = 0
            for byte in bytes {
                unsigned &+= UInt32(byte)
                negative &+= UInt32(byte >> 7)
            }
            for byte in bytes[148..<156] {
                unsigned = unsigned &- UInt32(byte) &+ 0x20
                negative &-= UInt32(byte >> 7)
            }
            return (Int64(unsigned), Int64(unsigned) - Int64(negative) * 256)
        }
    }

    /// The name, with the ustar prefix in front where the format has one.
    var name: String {
        let name = text(0..<100)
        guard isUstar, !isGNU else { return name }
        let prefix = text(345..<500)
        return prefix.isEmpty ? name : "\(prefix)/\(name)"
    }
    var linkName: String { text(157..<257) }
    /// The bytes of the name where they are not UTF-8.
    var rawName: [UInt8]? {
        let name = Array(block[0..<100].prefix { $0 != 0 })
        guard isUstar, !isGNU else { return name.rawUnlessUTF8 }
        let prefix = Array(block[345..<500].prefix { $0 != 0 })
        return (prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name).rawUnlessUTF8
    }
    var rawLinkName: [UInt8]? { block[157..<257].prefix { $0 != 0 }.rawUnlessUTF8 }
    var userName: String { isUstar ? text(265..<297) : "" }
    var groupName: String { isUstar ? text(297..<329) : "" }

    func mode() throws(OCIError) -> UInt32 { UInt32(truncatingIfNeeded: try number(100..<108, "mode")) & 0o7777 }
    func uid() throws(OCIError) -> UInt32 { try identifier(108..<116, "uid") }
    func gid() throws(OCIError) -> UInt32 { try identifier(116..<124, "gid") }
    func size() throws(OCIError) -> Int64 { try number(124..<136, "size") }
    func modificationTime() throws(OCIError) -> Int64 { try number(136..<148, "mtime") }
    func deviceMajor() throws(OCIError) -> UInt32 { isUstar ? try identifier(329..<337, "devmajor") : 0 }
    func deviceMinor() throws(OCIError) -> UInt32 { isUstar ? try identifier(337..<345, "devminor") : 0 }

    /// The file's size with its holes, in a header of type `S`.
    func sparseSize() throws(OCIError) -> Int64 { try number(483..<495, "sparse size") }

    /// Whether another block of the map follows: in the header itself, or in a block of the map.
    func hasMoreSparse(isFirst: Bool) -> Bool { block[isFirst ? 482 : 504] != 0 }

    /// The fragments in the header, or in a block of the map; a pair without a length ends them.
    func sparseFragments(isFirst: Bool) throws(OCIError) -> [SparseMap.Fragment] {
        var fragments: [SparseMap.Fragment] = []
        let start = isFirst ? 386 : 0
        for place in stride(from: start, to: start + (isFirst ? 4 : 21) * 24, by: 24) {
            guard block[place] != 0, block[place + 12] != 0 else { break }
            fragments.append(
                SparseMap.Fragment(
                    offset: try number(place..<place + 12, "sparse offset"),
                    length: try number(place + 12..<place + 24, "sparse length")))
        }
        return fragments
    }

    private func text(_ field: Range<Int>) -> String {
        String(decoding: block[field].prefix { $0 != 0 }, as: UTF8.self)
    }

    private func identifier(_ field: Range<Int>, _ what: String) throws(OCIError) -> UInt32 {
        let value = try number(field, what)
        guard let identifier = UInt32(exactly: value) else {
            throw OCIError(.invalidArchive, "tar header of \"\(name)\": \(what) \(value) is out of range")
        }
        return identifier
    }

    /// Octal digits between spaces and NULs, or GNU's base-256 form, whose first byte has its high bit set.
    private func number(_ field: Range<Int>, _ what: String) throws(OCIError) -> Int64 {
        let bytes = block[field]
        var fault: OCIError { OCIError(.invalidArchive, "tar header of \"\(name)\": \(what) is not a number") }
        if let first = bytes.first, first & 0x80 != 0 {
            var value: Int64 = first & 0x40 != 0 ? -1 : 0
            for (index, byte) in bytes.enumerated() {
                let part = index == 0 ? Int64(byte & 0x3F) | (value & ~0x3F) : Int64(byte)
                if index == 0 {
                    value = part
                } else {
                    guard value >= Int64.min >> 8, value <= Int64.max >> 8 else { throw fault }
                    value = value << 8 | part
                }
            }
            return value
        }
        var value: Int64 = 0
        let digits = bytes.drop { $0 == UInt8(ascii: " ") }.prefix { $0 != 0 && $0 != UInt8(ascii: " ") }
        for digit in digits {
            guard (0x30...0x37).contains(digit), value <= Int64.max >> 3 else { throw fault }
            value = value << 3 | Int64(digit - 0x30)
        }
        return value
    }
}
