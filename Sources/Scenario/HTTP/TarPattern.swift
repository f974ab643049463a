/// What the entries of a tar archive must be.
public struct TarPattern: Sendable, Hashable {
    /// An entry or a gap.
    public enum Item: Sendable, Hashable {
        /// An entry that must be there.
        case entry(TarEntryPattern)
        /// `...`: any number of entries, also none.
        case gap(line: Int)
    }
    /// The line of the word `tar`.
    public let line: Int
    /// Entries and gaps, in archive order.
    public let items: [Item]

    var events: [VariableEvent] {
        items.flatMap { item -> [VariableEvent] in
            guard case .entry(let entry) = item else { return [] }
            var events = entry.path.events
            if case .content(let content) = entry.content { events += content.events }
            return events
        }
    }
}

/// What one entry must be.
public struct TarEntryPattern: Sendable, Hashable {
    /// What the entry is or holds.
    public enum Content: Sendable, Hashable {
        /// Nothing is asserted.
        case any
        /// A directory (the path was written with a trailing slash).
        case directory
        /// A regular file with this content.
        case content(LinePattern)
        /// A symbolic link to this target.
        case symbolicLink(String)
        /// A hard link to this entry.
        case hardLink(String)
    }
    /// The line of the file.
    public let line: Int
    /// The path; a trailing slash and a leading `./` do not count.
    public let path: LinePattern
    /// Permission bits, where they are asserted.
    public let mode: UInt32?
    /// The owner, where it is asserted.
    public let uid: UInt32?
    /// The group, where it is asserted.
    public let gid: UInt32?
    /// What it is or holds.
    public let content: Content
}

/// An entry of an archive that came, for matching.
public struct TarEntrySummary: Sendable, Hashable {
    /// What an entry is.
    public enum Kind: Sendable, Hashable {
        case file, directory, other
        case symbolicLink(String)
        case hardLink(String)
    }
    /// The path as it stands in the archive.
    public let path: String
    /// What it is.
    public let kind: Kind
    /// Permission bits.
    public let mode: UInt32
    /// The owner.
    public let uid: UInt32
    /// The group.
    public let gid: UInt32
    /// The bytes of a regular file.
    public let content: [UInt8]

    /// An entry by its parts.
    public init(path: String, kind: Kind, mode: UInt32, uid: UInt32, gid: UInt32, content: [UInt8]) {
        self.path = path
        self.kind = kind
        self.mode = mode
        self.uid = uid
        self.gid = gid
        self.content = content
    }
}
