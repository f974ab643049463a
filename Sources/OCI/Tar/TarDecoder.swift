/// Reads a tar archive as its bytes come: v7, ustar, pax records, GNU long names, base-256 numbers and sparse files.
///
/// It is strict (checksums, field syntax, limits) and holds no more than one header in memory. What a path may name is
/// the caller's business: see `TarEntry.components`.
public struct TarDecoder {
    /// What the bytes turned out to be, in order: an entry, its content in pieces, and its end.
    public enum Event {
        case entry(TarEntry)
        /// A piece of the file's content, valid during the call.
        case content(UnsafeRawBufferPointer)
        /// So many zeros of a sparse file's content, which the archive leaves out.
        case hole(Int64)
        case entryEnd
    }

    private enum State {
        case header, content(remaining: Int64), metadata(flag: UInt8, remaining: Int), padding(Int), ended
        /// Blocks of an old GNU map, or of the map before a pax 1.0 file's data.
        case oldSparse(Pending), sparseMap(Pending, SparseMap.Reader)
    }

    /// A sparse entry whose map is still coming.
    private struct Pending {
        var entry: TarEntry
        /// Bytes of the archive that are its data, the map of pax 1.0 included.
        var data: Int64
        var fragments: [SparseMap.Fragment] = []
    }

    private let limits: TarLimits
    private var state = State.header
    private var block: [UInt8] = []
    private var metadata: [UInt8] = []
    private var global = PaxRecords()
    private var local: PaxRecords?
    private var longName: [UInt8]?
    private var longLink: [UInt8]?
    private var sparse: SparseMap?
    private var entryCount = 0
    private var byteCount: Int64 = 0

    /// A decoder at the start of an archive.
    public init(limits: TarLimits = TarLimits()) { self.limits = limits }

    /// Whether the end-of-archive block has come; bytes after it are ignored.
    public var hasEnded: Bool { if case .ended = state { true } else { false } }

    /// Takes the next bytes and hands out what they hold.
    ///
    /// - Throws: `OCIError`, or what `handler` throws; the decoder must not be used after either.
    public mutating func decode(_ bytes: UnsafeRawBufferPointer, _ handler: (Event) throws -> Void) throws {
        byteCount += Int64(bytes.count)
        guard byteCount <= limits.archiveBytes else {
            throw OCIError(.limitExceeded, "the tar archive is larger than \(limits.archiveBytes) bytes")
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            switch state {
            case .ended: return
            case .header:
                guard let block = takeBlock(&rest) else { return }
                try begin(TarHeader(block: block), handler)
            case .oldSparse(let pending):
                guard let block = takeBlock(&rest) else { return }
                try extend(pending, TarHeader(block: block), isFirst: false, handler)
            case .sparseMap(var pending, var reader):
                guard let block = takeBlock(&rest) else { return }
                let fragments = try reader.take(block, limit: limits.headerBytes, path: pending.entry.path)
                pending.data -= Int64(block.count)
                guard pending.data >= 0 else { throw SparseMap.fault(pending.entry.path) }
                state = .sparseMap(pending, reader)
                if let fragments { try start(pending, fragments, handler) }
            case .padding(let count):
                let left = count - take(&rest, count).count
                state = left == 0 ? .header : .padding(left)
            case .metadata(let flag, let remaining):
                let piece = take(&rest, remaining)
                metadata.append(contentsOf: piece)
                state = .metadata(flag: flag, remaining: remaining - piece.count)
                if piece.count == remaining { try endMetadata(flag) }
            case .content(let remaining):
                let piece = take(&rest, Int(min(remaining, Int64(Int.max))))
                if sparse == nil { try handler(.content(piece)) } else { try sparse?.place(piece, handler) }
                state = .content(remaining: remaining - Int64(piece.count))
            }
            try settle(handler)
        }
    }

    /// Says that no more bytes come.
    ///
    /// - Throws: `OCIError` where the archive stops within an entry.
    public func finish() throws(OCIError) {
        switch state {
        case .ended: return
        case .header where block.isEmpty && local == nil && longName == nil && longLink == nil: return
        default: throw OCIError(.invalidArchive, "the tar archive ends within an entry, after \(byteCount) bytes")
        }
    }

    private var contentPadding = 0

    /// The next whole block; `nil` while it is incomplete.
    private mutating func takeBlock(_ rest: inout Slice<UnsafeRawBufferPointer>) -> [UInt8]? {
        block.append(contentsOf: take(&rest, TarFormat.blockBytes - block.count))
        guard block.count == TarFormat.blockBytes else { return nil }
        defer { block.removeAll(keepingCapacity: true) }
        return block
    }

    private func take(_ rest: inout Slice<UnsafeRawBufferPointer>, _ count: Int) -> UnsafeRawBufferPointer {
        let piece = rest.prefix(count)
        rest = rest.dropFirst(piece.count)
        return UnsafeRawBufferPointer(rebasing: piece)
    }

    private mutating func settle(_ handler: (Event) throws -> Void) throws {
        guard case .content(remaining: 0) = state else { return }
        try sparse?.end(handler)
        sparse = nil
        try handler(.entryEnd)
        state = contentPadding == 0 ? .header : .padding(contentPadding)
    }

    private static func padding(after size: Int64) -> Int {
        Int((Int64(TarFormat.blockBytes) - size % Int64(TarFormat.blockBytes)) % Int64(TarFormat.blockBytes))
    }

    private mutating func begin(_ header: TarHeader, _ handler: (Event) throws -> Void) throws {
        if header.isZero {
            state = .ended
            return
        }
        try header.checkChecksum()
        switch header.typeFlag {
        case TarFormat.TypeFlag.extended, TarFormat.TypeFlag.globalExtended, TarFormat.TypeFlag.gnuLongName,
            TarFormat.TypeFlag.gnuLongLink:
            let size = try header.size()
            guard size >= 0, size <= Int64(limits.headerBytes) else {
                throw OCIError(
                    .limitExceeded, "a tar header extension has \(size) bytes; at most \(limits.headerBytes) are read")
            }
            metadata.removeAll(keepingCapacity: true)
            state = .metadata(flag: header.typeFlag, remaining: Int(size))
            if size == 0 { try endMetadata(header.typeFlag) }
        default:
            entryCount += 1
            guard entryCount <= limits.entries else {
                throw OCIError(.limitExceeded, "the tar archive has more than \(limits.entries) entries")
            }
            let records = local
            let (entry, data) = try self.entry(header)
            contentPadding = Self.padding(after: data)
            if header.typeFlag == TarFormat.TypeFlag.gnuSparse {
                try extend(Pending(entry: entry, data: data), header, isFirst: true, handler)
            } else if let records, records.isSparse {
                let pending = Pending(entry: entry, data: data)
                if try records.text("GNU.sparse.major") == "1" {
                    state = .sparseMap(pending, SparseMap.Reader())
                } else {
                    let map = try records.text(PaxRecords.sparseMap) ?? ""
                    try start(pending, SparseMap.fragments(pax: map, path: entry.path), handler)
                }
            } else {
                try handler(.entry(entry))
                state = .content(remaining: data)
            }
        }
    }

    /// Takes the fragments of an old GNU header or of a block after it.
    private mutating func extend(
        _ pending: Pending, _ header: TarHeader, isFirst: Bool, _ handler: (Event) throws -> Void
    ) throws {
        var pending = pending
        pending.fragments += try header.sparseFragments(isFirst: isFirst)
        guard pending.fragments.count * 24 <= limits.headerBytes else {
            throw OCIError(
                .limitExceeded,
                "tar entry \"\(pending.entry.path)\" has a sparse map of more than \(limits.headerBytes) bytes")
        }
        if header.hasMoreSparse(isFirst: isFirst) {
            state = .oldSparse(pending)
        } else {
            try start(pending, pending.fragments, handler)
        }
    }

    /// Starts the content of a sparse file, its map being whole.
    private mutating func start(
        _ pending: Pending, _ fragments: [SparseMap.Fragment], _ handler: (Event) throws -> Void
    ) throws {
        sparse = try SparseMap(fragments, size: pending.entry.size, data: pending.data, path: pending.entry.path)
        try handler(.entry(pending.entry))
        state = .content(remaining: pending.data)
    }

    private mutating func endMetadata(_ flag: UInt8) throws(OCIError) {
        let size = metadata.count
        switch flag {
        case TarFormat.TypeFlag.extended:
            var records = PaxRecords()
            try records.merge(parsing: metadata)
            local = records
        case TarFormat.TypeFlag.globalExtended: try global.merge(parsing: metadata)
        case TarFormat.TypeFlag.gnuLongName: longName = Array(metadata.prefix { $0 != 0 })
        default: longLink = Array(metadata.prefix { $0 != 0 })
        }
        let padding = Self.padding(after: Int64(size))
        state = padding == 0 ? .header : .padding(padding)
    }

    /// - Returns: the entry, and how many bytes of the archive are its data: fewer than its size for a sparse file.
    private mutating func entry(_ header: TarHeader) throws(OCIError) -> (TarEntry, data: Int64) {
        defer {
            local = nil
            longName = nil
            longLink = nil
        }
        let records = global.overridden(by: local)
        // Tar stores a pax sparse file under a name of its own making; the file's is in a record.
        let isSparse = local?.isSparse == true
        let hasOwnName = isSparse ? try records.text("GNU.sparse.name") != nil : false
        let pathRecord = hasOwnName ? "GNU.sparse.name" : "path"
        let paxPath = try records.text(pathRecord)
        let paxLink = try records.text("linkpath")
        let path = try checkedPath(paxPath ?? longName.map { String(decoding: $0, as: UTF8.self) } ?? header.name)
        guard !path.isEmpty else { throw OCIError(.invalidArchive, "a tar entry has no name") }
        guard isSparse || !records.isSparse else {
            throw OCIError(.invalidArchive, "a global pax header makes all files sparse, tar entry \"\(path)\" first")
        }
        let link = try checkedPath(paxLink ?? longLink.map { String(decoding: $0, as: UTF8.self) } ?? header.linkName)
        let data = try preferred(records.number("size"), header.size)
        let size = try sparseSize(header, isSparse ? local : nil, path) ?? data
        guard size >= 0, data >= 0 else { throw OCIError(.invalidArchive, "tar entry \"\(path)\" has a negative size") }
        guard max(size, data) <= limits.fileBytes else {
            throw OCIError(
                .limitExceeded, "tar entry \"\(path)\" has \(size) bytes; at most \(limits.fileBytes) are read")
        }
        let kind = try kind(header, path: path, link: link)
        let time = try records.time("mtime")
        var entry = TarEntry(
            path: path, kind: kind, mode: try header.mode(),
            uid: try preferred(identifier("uid", records, path), header.uid),
            gid: try preferred(identifier("gid", records, path), header.gid),
            modificationTime: try preferred(time?.seconds, header.modificationTime),
            size: kind == .file ? size : 0)
        guard kind == .file || size == 0 || kind.isHardLink else {
            throw OCIError(.invalidArchive, "tar entry \"\(path)\" is no file but announces \(size) bytes")
        }
        entry.modificationNanoseconds = time?.nanoseconds ?? 0
        entry.rawPath = paxPath != nil ? records.rawBytes(pathRecord) : longName.map(\.rawUnlessUTF8) ?? header.rawName
        entry.rawLinkTarget =
            paxLink != nil ? records.rawBytes("linkpath") : longLink.map(\.rawUnlessUTF8) ?? header.rawLinkName
        entry.userName = try records.text("uname") ?? header.userName
        entry.groupName = try records.text("gname") ?? header.groupName
        entry.extendedAttributes = records.extendedAttributes
        return (entry, kind == .file ? data : 0)
    }

    /// The size of a sparse file with its holes; `nil` for any other entry.
    private func sparseSize(_ header: TarHeader, _ records: PaxRecords?, _ path: String) throws(OCIError) -> Int64? {
        let isOld = header.typeFlag == TarFormat.TypeFlag.gnuSparse
        guard isOld || records != nil else { return nil }
        let files = [TarFormat.TypeFlag.file, TarFormat.TypeFlag.oldFile, TarFormat.TypeFlag.contiguous]
        guard isOld ? header.isGNU && records == nil : files.contains(header.typeFlag) else {
            throw OCIError(.invalidArchive, "tar entry \"\(path)\" is marked sparse, but is no file that can be")
        }
        guard let records else { return try header.sparseSize() }
        let major = try records.text("GNU.sparse.major") ?? "0"
        guard ["0", "1"].contains(major) else {
            throw OCIError(
                .unsupported, "tar entry \"\(path)\" is a GNU sparse file of version \(major); 0 and 1 are read")
        }
        let whole = try records.number("GNU.sparse.realsize"), older = try records.number("GNU.sparse.size")
        guard let size = whole ?? older else {
            throw OCIError(.invalidArchive, "tar entry \"\(path)\" is a GNU sparse file without a size")
        }
        return size
    }

    /// The value of a pax record where there is one, else the header's own; `??` cannot carry the typed error.
    private func preferred<Value>(
        _ record: Value?, _ header: () throws(OCIError) -> Value
    ) throws(OCIError) -> Value {
        if let record { record } else { try header() }
    }

    private func identifier(_ name: String, _ records: PaxRecords, _ path: String) throws(OCIError) -> UInt32? {
        guard let value = try records.number(name) else { return nil }
        guard let identifier = UInt32(exactly: value) else {
            throw OCIError(.invalidArchive, "tar entry \"\(path)\": \(name) \(value) is out of range")
        }
        return identifier
    }

    private func checkedPath(_ path: String) throws(OCIError) -> String {
        guard path.utf8.count <= limits.pathBytes else {
            throw OCIError(
                .limitExceeded, "a tar path has \(path.utf8.count) bytes; at most \(limits.pathBytes) are read")
        }
        return path
    }

    private func kind(_ header: TarHeader, path: String, link: String) throws(OCIError) -> TarEntry.Kind {
        switch header.typeFlag {
        case TarFormat.TypeFlag.file, TarFormat.TypeFlag.oldFile, TarFormat.TypeFlag.contiguous,
            TarFormat.TypeFlag.gnuSparse:
            // Archives older than POSIX mark a directory by a trailing slash alone.
            return header.typeFlag == TarFormat.TypeFlag.oldFile && path.hasSuffix("/") ? .directory : .file
        case TarFormat.TypeFlag.directory: return .directory
        case TarFormat.TypeFlag.fifo: return .fifo
        case TarFormat.TypeFlag.hardLink:
            guard !link.isEmpty else { throw OCIError(.invalidArchive, "tar entry \"\(path)\" links to nothing") }
            return .hardLink(target: link)
        case TarFormat.TypeFlag.symbolicLink:
            guard !link.isEmpty else { throw OCIError(.invalidArchive, "tar entry \"\(path)\" links to nothing") }
            return .symbolicLink(target: link)
        case TarFormat.TypeFlag.characterDevice:
            return .characterDevice(major: try header.deviceMajor(), minor: try header.deviceMinor())
        case TarFormat.TypeFlag.blockDevice:
            return .blockDevice(major: try header.deviceMajor(), minor: try header.deviceMinor())
        default:
            throw OCIError(.unsupported, "tar entry \"\(path)\" is of type \(header.typeFlag), which is not read")
        }
    }
}

extension TarEntry.Kind {
    /// Whether it is a hard link, which some writers announce with its target's size though no content follows.
    public var isHardLink: Bool { if case .hardLink = self { true } else { false } }
}
