/// A log to be read.
public struct ContainerLog: Sendable {
    /// Whether the container has a terminal: the log is then told raw, without frames.
    public let isTerminal: Bool
    /// The lines; it ends, where it follows, when the container has ended and all is told.
    public let reader: LogReader
}

/// A wait that is registered: what happens from now on counts.
public struct PendingWait: Sendable {
    let answer: @Sendable () async throws(EngineError) -> WaitResult

    /// The answer, when it comes. Cancelling the task ends the wait with `cancelled`.
    public func result() async throws(EngineError) -> WaitResult { try await answer() }
}

/// One line of `docker diff`.
public struct FileSystemChange: Sendable, Hashable {
    /// What happened, numbered as the API numbers it.
    public enum Kind: Int, Sendable, Hashable {
        case modified = 0
        case added = 1
        case deleted = 2
    }

    /// What happened.
    public var kind: Kind
    /// The path in the container.
    public var path: String

    /// A change by parts.
    public init(_ kind: Kind, _ path: String) {
        self.kind = kind
        self.path = path
    }
}

/// What stands at a path (`X-Docker-Container-Path-Stat`).
public struct PathStatus: Sendable, Hashable {
    /// The last component.
    public var name: String
    /// Bytes.
    public var size: Int64
    /// Kind and permissions as Go's `os.FileMode` packs them.
    public var mode: UInt32
    /// When it was last changed, nanoseconds since 1970.
    public var modified: Int64
    /// Where a symbolic link leads.
    public var linkTarget: String

    /// A status by parts.
    public init(name: String, size: Int64, mode: UInt32, modified: Int64, linkTarget: String) {
        self.name = name
        self.size = size
        self.mode = mode
        self.modified = modified
        self.linkTarget = linkTarget
    }
}
