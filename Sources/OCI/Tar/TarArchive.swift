/// A small tar archive held in memory: what a test or a client that wants to look inside needs.
public struct TarArchive: Sendable, Hashable {
    /// One file of the archive.
    public struct Member: Sendable, Hashable {
        /// What the archive says of it.
        public var entry: TarEntry
        /// Its content; empty for all but files.
        public var content: [UInt8]

        /// A member by parts; `entry.size` is set from the content.
        public init(_ entry: TarEntry, content: [UInt8] = []) {
            self.entry = entry
            self.entry.size = Int64(content.count)
            self.content = content
        }
    }

    /// All members, in the archive's order.
    public var members: [Member]

    /// An archive of these members.
    public init(members: [Member]) { self.members = members }

    /// Reads a whole archive, no larger than `maximumBytes` of content.
    public init(parsing bytes: [UInt8], maximumBytes: Int64 = 256 << 20) throws(OCIError) {
        let sink = TarCollector(limits: TarLimits(fileBytes: maximumBytes, archiveBytes: 2 * maximumBytes))
        try sink.write(bytes)
        try sink.finish()
        members = sink.members
    }

    /// The archive as bytes.
    public func bytes() throws(OCIError) -> [UInt8] {
        let sink = MemorySink(limit: Int.max)
        let writer = TarWriter(to: sink)
        for member in members { try writer.add(member.entry, content: member.content) }
        try writer.finish()
        return sink.bytes
    }

    /// The member of that path, whatever slashes stand before and after it.
    public subscript(path: String) -> Member? {
        let wanted = TarEntry(path: path).components
        return members.last { $0.entry.components == wanted }
    }
}

/// Collects the members of an archive that is written into it.
public final class TarCollector: ByteSink {
    private var decoder: TarDecoder
    /// The members whose entries have come so far.
    public private(set) var members: [TarArchive.Member] = []

    /// A collector at the start of an archive.
    public init(limits: TarLimits) { decoder = TarDecoder(limits: limits) }

    /// See `ByteSink`.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
        var collected = members
        members = []
        do {
            try decoder.decode(bytes) { event in
                switch event {
                case .entry(let entry):
                    collected.append(TarArchive.Member(entry))
                    collected[collected.count - 1].entry.size = entry.size
                case .content(let piece): collected[collected.count - 1].content.append(contentsOf: piece)
                case .hole:
                    // Its zeros would have to stand in memory, as many as the archive pleases to announce.
                    throw OCIError(
                        .unsupported,
                        "tar entry \"\(collected.last?.entry.path ?? "")\" is sparse, which is not read here")
                case .entryEnd: break
                }
            }
        } catch let error as OCIError {
            throw error
        } catch {
            throw OCIError(.invalidArchive, "\(error)")
        }
        members = collected
    }

    /// See `ByteSink`.
    public func finish() throws(OCIError) { try decoder.finish() }
}
