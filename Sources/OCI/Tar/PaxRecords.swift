/// The records of a pax extended header: `LENGTH NAME=VALUE\n`, each length counting the whole record.
struct PaxRecords {
    private(set) var values: [String: [UInt8]] = [:]
    private var sparseNumbers = 0

    mutating func merge(parsing content: [UInt8]) throws(OCIError) {
        var position = 0
        while position < content.count {
            guard let space = content[position...].firstIndex(of: UInt8(ascii: " ")), space - position <= 10,
                let length = Int(String(decoding: content[position..<space], as: UTF8.self)),
                length > space - position + 2, length <= content.count - position,
                content[position + length - 1] == UInt8(ascii: "\n"),
                let equals = content[space..<position + length].firstIndex(of: UInt8(ascii: "="))
            else { throw OCIError(.invalidArchive, "a pax header has a malformed record at byte \(position)") }
            guard let name = String(validating: content[space + 1..<equals], as: UTF8.self), !name.isEmpty else {
                throw OCIError(.invalidArchive, "a pax header has a record without a name at byte \(position)")
            }
            let value = Array(content[equals + 1..<position + length - 1])
            if name == "GNU.sparse.offset" || name == "GNU.sparse.numbytes" {
                // Pax 0.0 repeats these two for each fragment; together they are the map of 0.1.
                let isTurn = (sparseNumbers % 2 == 0) == (name == "GNU.sparse.offset")
                guard isTurn, !value.contains(UInt8(ascii: ",")) else {
                    throw OCIError(.invalidArchive, "a pax header has a sparse map out of order at byte \(position)")
                }
                values[Self.sparseMap, default: []] += (sparseNumbers == 0 ? [] : [UInt8(ascii: ",")]) + value
                sparseNumbers += 1
            } else {
                values[name] = value
            }
            position += length
        }
    }

    /// These global records with those of one entry in front.
    func overridden(by local: PaxRecords?) -> PaxRecords {
        guard let local else { return self }
        var merged = self
        merged.values.merge(local.values) { _, new in new }
        return merged
    }

    /// The text of a record; an empty value takes an earlier one back, so it counts as absent.
    func text(_ name: String) throws(OCIError) -> String? {
        guard let bytes = values[name], !bytes.isEmpty else { return nil }
        guard !bytes.contains(0) else { throw OCIError(.invalidArchive, "pax record \(name) holds a NUL byte") }
        return String(decoding: bytes, as: UTF8.self)
    }

    func number(_ name: String) throws(OCIError) -> Int64? {
        guard let text = try text(name) else { return nil }
        guard let value = Int64(text) else {
            throw OCIError(.invalidArchive, "pax record \(name) is \"\(text.prefix(40))\", not a whole number")
        }
        return value
    }

    /// A time in seconds with an optional fraction, of which nine digits count.
    func time(_ name: String) throws(OCIError) -> (seconds: Int64, nanoseconds: UInt32)? {
        guard let text = try text(name) else { return nil }
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? parts[1] : ""
        guard let first = parts.first, let whole = Int64(first),
            fraction.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { throw OCIError(.invalidArchive, "pax record \(name) is \"\(text.prefix(40))\", not a time") }
        let digits = fraction.prefix(9)
        let padded = digits + String(repeating: "0", count: 9 - digits.utf8.count)
        let nanoseconds = UInt32(padded) ?? 0
        // A negative time's fraction goes down from it: -1.25 is 0.75 s after -2.
        guard first.hasPrefix("-"), nanoseconds > 0, whole > Int64.min else { return (whole, nanoseconds) }
        return (whole - 1, 1_000_000_000 - nanoseconds)
    }

    /// The entry's modification time as a record has it.
    static func time(_ entry: TarEntry) -> String {
        guard entry.modificationNanoseconds > 0 else { return String(entry.modificationTime) }
        let isNegative = entry.modificationTime < 0
        let whole = isNegative ? -(entry.modificationTime + 1) : entry.modificationTime
        let part = isNegative ? 1_000_000_000 - entry.modificationNanoseconds : entry.modificationNanoseconds
        let digits = String(part)
        let sign = isNegative ? "-" : ""
        return "\(sign)\(whole)." + String(repeating: "0", count: 9 - digits.utf8.count) + digits
    }

    /// The bytes of a record that is not UTF-8.
    func rawBytes(_ name: String) -> [UInt8]? {
        guard let bytes = values[name], !bytes.isEmpty else { return nil }
        return bytes.rawUnlessUTF8
    }

    var extendedAttributes: [String: [UInt8]] {
        var attributes: [String: [UInt8]] = [:]
        for (name, value) in values where name.hasPrefix(Self.attributePrefix) {
            attributes[String(name.dropFirst(Self.attributePrefix.count))] = value
        }
        return attributes
    }

    /// Whether the entry is a sparse file in one of GNU tar's three pax forms.
    var isSparse: Bool { values.keys.contains { $0.hasPrefix("GNU.sparse.") } }

    static let sparseMap = "GNU.sparse.map"
    static let attributePrefix = "SCHILY.xattr."

    /// One record, its length counting itself.
    static func record(_ name: String, _ value: [UInt8]) -> [UInt8] {
        let rest = Array(" \(name)=".utf8) + value + [UInt8(ascii: "\n")]
        var length = rest.count
        while String(length).utf8.count + rest.count != length { length = String(length).utf8.count + rest.count }
        return Array(String(length).utf8) + rest
    }
}

extension Collection<UInt8> {
    /// The bytes themselves where a `String` cannot hold them.
    var rawUnlessUTF8: [UInt8]? {
        allSatisfy { $0 < 0x80 } || String(validating: self, as: UTF8.self) != nil ? nil : Array(self)
    }
}
