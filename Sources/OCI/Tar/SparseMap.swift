/// Where the data of a sparse file goes (GNU tar manual, "Storing Sparse Files"): old GNU headers, pax 0.0, 0.1 and 1.0.
struct SparseMap: Sendable {
    struct Fragment: Sendable {
        var offset: Int64
        var length: Int64
    }

    let size: Int64
    private let fragments: [Fragment]
    private var index = 0
    private var position: Int64 = 0

    /// - Parameters:
    ///   - size: the file's size with its holes.
    ///   - data: how many bytes of data the archive has.
    /// - Throws: `invalidArchive` where fragments overlap, are out of order, beyond the size, or not the data's length.
    init(_ fragments: [Fragment], size: Int64, data: Int64, path: String) throws(OCIError) {
        var end: Int64 = 0, total: Int64 = 0
        for fragment in fragments {
            guard fragment.offset >= end, fragment.length >= 0, fragment.length <= size,
                fragment.offset <= size - fragment.length
            else { throw Self.fault(path) }
            end = fragment.offset + fragment.length
            total += fragment.length
        }
        guard total == data else {
            throw OCIError(
                .invalidArchive, "tar entry \"\(path)\" is sparse with \(total) bytes of data, but \(data) follow")
        }
        self.size = size
        self.fragments = fragments.filter { $0.length > 0 }
    }

    static func fault(_ path: String) -> OCIError {
        OCIError(.invalidArchive, "tar entry \"\(path)\" is sparse with a map that makes no sense")
    }

    /// Hands out a piece of the data, with the holes before its parts.
    mutating func place(_ piece: UnsafeRawBufferPointer, _ handler: (TarDecoder.Event) throws -> Void) throws {
        var rest = piece[...]
        while !rest.isEmpty, index < fragments.count {
            let fragment = fragments[index]
            if position < fragment.offset {
                try handler(.hole(fragment.offset - position))
                position = fragment.offset
            }
            let part = rest.prefix(Int(clamping: fragment.offset + fragment.length - position))
            try handler(.content(UnsafeRawBufferPointer(rebasing: part)))
            position += Int64(part.count)
            rest = rest.dropFirst(part.count)
            if position == fragment.offset + fragment.length { index += 1 }
        }
    }

    /// The hole at the end.
    mutating func end(_ handler: (TarDecoder.Event) throws -> Void) throws {
        guard position < size else { return }
        try handler(.hole(size - position))
        position = size
    }
}

// MARK: - Forms

extension SparseMap {
    /// `offset,length,offset,length` of pax 0.1, which pax 0.0 is read into as well.
    static func fragments(pax text: String, path: String) throws(OCIError) -> [Fragment] {
        guard !text.isEmpty else { return [] }
        return try paired(text.split(separator: ",", omittingEmptySubsequences: false).map(String.init), path)
    }

    private static func paired(_ texts: some Sequence<String>, _ path: String) throws(OCIError) -> [Fragment] {
        var fragments: [Fragment] = []
        var offset: Int64?
        for text in texts {
            guard let number = Int64(text), number >= 0 else { throw fault(path) }
            if let start = offset {
                fragments.append(Fragment(offset: start, length: number))
                offset = nil
            } else {
                offset = number
            }
        }
        guard offset == nil else { throw fault(path) }
        return fragments
    }

    /// The map that stands before the data in pax 1.0: a count and its pairs, a number a line, filled up to whole blocks.
    struct Reader: Sendable {
        private var line: [UInt8] = []
        private var numbers: [String] = []
        private var expected: Int?
        /// How many bytes of it came so far, whole blocks in the end.
        private(set) var byteCount = 0

        /// Takes the next block.
        ///
        /// - Returns: the fragments, when the block was the last.
        mutating func take(
            _ block: [UInt8], limit: Int, path: String
        ) throws(OCIError) -> [Fragment]? {
            byteCount += block.count
            guard byteCount <= limit else {
                throw OCIError(
                    .limitExceeded, "tar entry \"\(path)\" has a sparse map of more than \(limit) bytes")
            }
            for byte in block {
                guard byte == UInt8(ascii: "\n") else {
                    line.append(byte)
                    guard line.count <= 20 else { throw SparseMap.fault(path) }
                    continue
                }
                let text = String(decoding: line, as: UTF8.self)
                line.removeAll(keepingCapacity: true)
                if expected == nil {
                    guard let count = Int(text), count >= 0, count <= limit else { throw SparseMap.fault(path) }
                    expected = count * 2
                } else {
                    numbers.append(text)
                }
                if numbers.count == expected { return try SparseMap.paired(numbers, path) }
            }
            return nil
        }
    }
}
