import OCI

/// Where a container is in its life.
public struct ContainerState: Sendable, Hashable {
    /// docker's words for it.
    public enum Status: String, Sendable, Hashable, CaseIterable {
        case created, running, paused, restarting, removing, exited, dead
    }

    /// The state in one word.
    public var status: Status = .created
    /// Whether memory ran out in the last run.
    public var isOOMKilled = false
    /// The process; 0 where there is none.
    public var pid: Int32 = 0
    /// The last exit status; 128 + n where signal n ended it.
    public var exitCode: Int32 = 0
    /// Why the last start failed.
    public var error = ""
    /// When it was last started; nil before.
    public var startedAt: Timestamp?
    /// When it last ended; nil before.
    public var finishedAt: Timestamp?
    /// The answers of health checks; nil where there is none.
    public var health: Health?

    /// Just created.
    public init() {}

    /// Whether there is a process; a paused or restarting container is running, too, in docker's eyes.
    public var isRunning: Bool { status == .running || status == .paused || status == .restarting }
    /// Whether it is frozen.
    public var isPaused: Bool { status == .paused }
    /// Whether it waits to be started again.
    public var isRestarting: Bool { status == .restarting }
    /// Whether its removal failed half-way.
    public var isDead: Bool { status == .dead }
}

/// What the health checks found.
public struct Health: Sendable, Hashable {
    /// docker's words for it.
    public enum Status: String, Sendable, Hashable, CaseIterable {
        case none, starting, healthy, unhealthy
    }

    /// The state in one word.
    public var status: Status = .starting
    /// Failures in a row.
    public var failingStreak = 0
    /// The last five checks, oldest first.
    public var log: [Result] = []

    /// No check made yet.
    public init() {}

    /// One check.
    public struct Result: Sendable, Hashable {
        /// When it began.
        public var start: Timestamp
        /// When it ended.
        public var end: Timestamp
        /// 0 healthy, 1 unhealthy, -1 where it could not run or timed out.
        public var exitCode: Int32
        /// At most 4096 bytes of its output.
        public var output: String

        /// A result by parts.
        public init(start: Timestamp, end: Timestamp, exitCode: Int32, output: String) {
            self.start = start
            self.end = end
            self.exitCode = exitCode
            self.output = output
        }
    }
}
