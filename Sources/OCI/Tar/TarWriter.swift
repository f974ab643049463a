/// Writes a tar archive to a sink: ustar, with a pax header where a field does not fit. The same entries in the same
/// order give the same bytes.
public final class TarWriter {
    private let sink: any ByteSink
    private var remaining: Int64 = 0
    private var padding = 0
    private var current = ""

    /// A writer at the start of an archive.
    public init(to sink: any ByteSink) { self.sink = sink }

    /// Starts an entry; `entry.size` bytes must follow by `append` before the next one starts.
    public func begin(_ entry: TarEntry) throws(OCIError) {
        try checkComplete()
        guard entry.size >= 0, entry.kind == .file || entry.size == 0 else {
            throw OCIError(.invalidArchive, "tar entry \"\(entry.path)\": size \(entry.size) does not fit its kind")
        }
        let records = Self.paxRecords(entry)
        if !records.isEmpty {
            let header = Self.header(
                TarEntry(path: "PaxHeaders/entry", size: Int64(records.count)), flag: TarFormat.TypeFlag.extended)
            try sink.write(header + Self.padded(records))
        }
        try sink.write(Self.header(entry, flag: Self.flag(entry.kind)))
        current = entry.path
        remaining = entry.size
        padding = Int((512 - entry.size % 512) % 512)
        if remaining == 0 { padding = 0 }
    }

    /// Writes the next bytes of the current file.
    public func append(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
        guard Int64(bytes.count) <= remaining else {
            throw OCIError(.invalidArchive, "tar entry \"\(current)\" gets more content than its size")
        }
        try sink.write(bytes)
        remaining -= Int64(bytes.count)
        if remaining == 0, padding > 0 {
            try sink.write([UInt8](repeating: 0, count: padding))
            padding = 0
        }
    }

    /// Writes an entry with its content; `entry.size` is set from it.
    public func add(_ entry: TarEntry, content: [UInt8] = []) throws(OCIError) {
        var sized = entry
        sized.size = Int64(content.count)
        try begin(sized)
        let result = content.withUnsafeBytes { buffer in
            Result { () throws(OCIError) in if !buffer.isEmpty { try append(buffer) } }
        }
        try result.get()
    }

    /// Ends the archive and finishes the sink.
    public func finish() throws(OCIError) {
        try checkComplete()
        try sink.write([UInt8](repeating: 0, count: 2 * TarFormat.blockBytes))
        try sink.finish()
    }

    private func checkComplete() throws(OCIError) {
        guard remaining == 0 else {
            throw OCIError(.invalidArchive, "tar entry \"\(current)\" lacks \(remaining) bytes of content")
        }
    }

    private static func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
    }

    private static func paxRecords(_ entry: TarEntry) -> [UInt8] {
        var records: [UInt8] = []
        if entry.path.utf8.count > 100 { records += PaxRecords.record("path", Array(entry.path.utf8)) }
        if let target = entry.kind.linkTarget, target.utf8.count > 100 {
            records += PaxRecords.record("linkpath", Array(target.utf8))
        }
        if entry.size > TarFormat.maximumOctalSize {
            records += PaxRecords.record("size", Array(String(entry.size).utf8))
        }
        if entry.uid > TarFormat.maximumOctalIdentifier {
            records += PaxRecords.record("uid", Array(String(entry.uid).utf8))
        }
        if entry.gid > TarFormat.maximumOctalIdentifier {
            records += PaxRecords.record("gid", Array(String(entry.gid).utf8))
        }
        let fits = (0...TarFormat.maximumOctalSize).contains(entry.modificationTime)
        if !fits || entry.modificationNanoseconds > 0 {
            records += PaxRecords.record("mtime", Array(PaxRecords.time(entry).utf8))
        }
        for (name, value) in entry.extendedAttributes.sorted(by: { $0.key < $1.key }) {
            records += PaxRecords.record(PaxRecords.attributePrefix + name, value)
        }
        return records
    }

    private static func flag(_ kind: TarEntry.Kind) -> UInt8 {
        switch kind {
        case .file: TarFormat.TypeFlag.file
        case .directory: TarFormat.TypeFlag.directory
        case .fifo: TarFormat.TypeFlag.fifo
        case .hardLink: TarFormat.TypeFlag.hardLink
        case .symbolicLink: TarFormat.TypeFlag.symbolicLink
        case .characterDevice: TarFormat.TypeFlag.characterDevice
        case .blockDevice: TarFormat.TypeFlag.blockDevice
        }
    }

    private static func header(_ entry: TarEntry, flag: UInt8) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: TarFormat.blockBytes)
        func put(_ text: some Sequence<UInt8>, at offset: Int, width: Int) {
            for (index, byte) in text.enumerated().prefix(width) { block[offset + index] = byte }
        }
        func octal(_ value: Int64, at offset: Int, width: Int) {
            let digits = String(value, radix: 8)
            put(
                (String(repeating: "0", count: max(0, width - 1 - digits.utf8.count)) + digits).utf8, at: offset,
                width: width)
        }
        put(entry.path.utf8, at: 0, width: 100)
        octal(Int64(entry.mode & 0o7777), at: 100, width: 8)
        octal(entry.uid > TarFormat.maximumOctalIdentifier ? 0 : Int64(entry.uid), at: 108, width: 8)
        octal(entry.gid > TarFormat.maximumOctalIdentifier ? 0 : Int64(entry.gid), at: 116, width: 8)
        octal(entry.size > TarFormat.maximumOctalSize ? 0 : entry.size, at: 124, width: 12)
        let fits = (0...TarFormat.maximumOctalSize).contains(entry.modificationTime)
        octal(fits ? entry.modificationTime : 0, at: 136, width: 12)
        block[156] = flag
        put((entry.kind.linkTarget ?? "").utf8, at: 157, width: 100)
        put("ustar\u{0}00".utf8, at: 257, width: 8)
        put(entry.userName.utf8, at: 265, width: 31)
        put(entry.groupName.utf8, at: 297, width: 31)
        let (major, minor) = entry.kind.device
        octal(Int64(major), at: 329, width: 8)
        octal(Int64(minor), at: 337, width: 8)
        put(String(repeating: " ", count: 8).utf8, at: 148, width: 8)
        let sum = block.reduce(0) { $0 + Int64($1) }
        octal(sum, at: 148, width: 7)
        return block
    }
}

extension TarEntry.Kind {
    /// What a link points to.
    public var linkTarget: String? {
        switch self {
        case .hardLink(let target), .symbolicLink(let target): target
        default: nil
        }
    }

    var device: (UInt32, UInt32) {
        switch self {
        case .characterDevice(let major, let minor), .blockDevice(let major, let minor): (major, minor)
        default: (0, 0)
        }
    }
}
