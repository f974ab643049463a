/// Which of a container's streams bytes came from.
public enum LogChannel: UInt8, Sendable, Hashable {
    case stdout = 1
    case stderr = 2
}

/// Some entries of a container's log, in order; their text lies in one buffer.
public struct LogBatch: Sendable {
    /// One entry: a line with its line feed, or a part of a line that was longer than 16 KiB.
    public struct Entry: Sendable {
        /// Where it came from.
        public let channel: LogChannel
        /// When it was written, nanoseconds since 1970.
        public let time: Int64
        /// Where its text lies in `bytes`.
        public let text: Range<Int>
        /// The log driver's attributes (`docker logs --details`), sorted by name.
        public let attributes: [Event.Attribute]
    }

    /// The text of all entries.
    public internal(set) var bytes: [UInt8] = []
    /// The entries.
    public internal(set) var entries: [Entry] = []
}

/// What of a log is wanted (Engine API 1.51, `GET /containers/{id}/logs`).
public struct LogQuery: Sendable, Hashable {
    /// Entries before this moment are left out; nanoseconds since 1970.
    public var since: Int64?
    /// Entries after this moment are left out.
    public var until: Int64?
    /// At most so many of the last entries; nil for all. As in dockerd they are counted before anything is left out.
    public var tail: Int?
    /// Whether entries that are yet to come are wanted.
    public var follows = false

    /// Everything there is.
    public init() {}
}
