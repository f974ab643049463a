/// What a tar archive says of one file (POSIX.1-2017 pax, "ustar Interchange Format" and "pax Extended Header").
public struct TarEntry: Sendable, Hashable {
    /// What kind of file it is.
    public enum Kind: Sendable, Hashable {
        case file, directory, fifo
        /// A further name of an earlier entry.
        case hardLink(target: String)
        case symbolicLink(target: String)
        case characterDevice(major: UInt32, minor: UInt32)
        case blockDevice(major: UInt32, minor: UInt32)
    }

    /// The path as it stands in the archive; directories may end in `/`.
    public var path: String
    /// The kind, with what belongs to it.
    public var kind: Kind
    /// Permission bits with set-id and sticky bits: `0o7777` at most.
    public var mode: UInt32
    /// The owner's number.
    public var uid: UInt32
    /// The group's number.
    public var gid: UInt32
    /// The owner's name; empty where only the number counts.
    public var userName = ""
    /// The group's name.
    public var groupName = ""
    /// Seconds since 1970.
    public var modificationTime: Int64
    /// Nanoseconds past `modificationTime`, below 1,000,000,000.
    public var modificationNanoseconds: UInt32 = 0
    /// The bytes of the path where they are not UTF-8, which `path` shows with replacement characters.
    public var rawPath: [UInt8]?
    /// The bytes of a link's target where they are not UTF-8.
    public var rawLinkTarget: [UInt8]?
    /// How many bytes of content follow, holes of sparse files included; 0 for all but files.
    public var size: Int64
    /// Extended attributes by name, from `SCHILY.xattr.` records; ordered by name when written.
    public var extendedAttributes: [String: [UInt8]] = [:]

    /// An entry by parts.
    public init(
        path: String, kind: Kind = .file, mode: UInt32 = 0o644, uid: UInt32 = 0, gid: UInt32 = 0,
        modificationTime: Int64 = 0, size: Int64 = 0
    ) {
        self.path = path
        self.kind = kind
        self.mode = mode
        self.uid = uid
        self.gid = gid
        self.modificationTime = modificationTime
        self.size = size
    }

    /// The path's components below the root, `.` and doubled slashes removed; nil where a `..` stands in it.
    public var components: [String]? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true).filter { $0 != "." }
        return parts.contains("..") ? nil : parts.map(String.init)
    }
}

/// How large a tar archive may be, in every direction.
public struct TarLimits: Sendable, Hashable {
    /// The number of entries.
    public var entries: Int
    /// The bytes of one file.
    public var fileBytes: Int64
    /// The bytes of the whole archive.
    public var archiveBytes: Int64
    /// The bytes of a path or link target; Linux opens no path longer than 4096.
    public var pathBytes: Int
    /// The bytes of one pax or GNU header's content.
    public var headerBytes: Int

    /// Limits by parts; the defaults fit image layers.
    public init(
        entries: Int = 1_000_000, fileBytes: Int64 = 32 << 30, archiveBytes: Int64 = 64 << 30, pathBytes: Int = 4096,
        headerBytes: Int = 1 << 20
    ) {
        self.entries = entries
        self.fileBytes = fileBytes
        self.archiveBytes = archiveBytes
        self.pathBytes = pathBytes
        self.headerBytes = headerBytes
    }
}

enum TarFormat {
    static let blockBytes = 512
    static let maximumOctalSize: Int64 = 0o77777777777
    static let maximumOctalIdentifier: UInt32 = 0o7777777

    enum TypeFlag {
        static let file = UInt8(ascii: "0")
        static let oldFile: UInt8 = 0
        static let hardLink = UInt8(ascii: "1")
        static let symbolicLink = UInt8(ascii: "2")
        static let characterDevice = UInt8(ascii: "3")
        static let blockDevice = UInt8(ascii: "4")
        static let directory = UInt8(ascii: "5")
        static let fifo = UInt8(ascii: "6")
        static let contiguous = UInt8(ascii: "7")
        static let gnuSparse = UInt8(ascii: "S")
        static let extended = UInt8(ascii: "x")
        static let globalExtended = UInt8(ascii: "g")
        static let gnuLongName = UInt8(ascii: "L")
        static let gnuLongLink = UInt8(ascii: "K")
    }
}
