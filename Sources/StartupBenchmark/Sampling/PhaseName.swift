/// What phases are called, in raw data, tables and pages alike.
public enum PhaseName {
    /// `POST /containers/create`: request written to answer complete.
    public static let create = "create"
    /// `POST /containers/{id}/start`, the same.
    public static let start = "start"
    /// Both: what a user waits for.
    public static let ready = "create + start"
    /// Request for the start written, to the program's first instruction.
    public static let instruction = "first instruction"
    /// First instruction, to `wait` answered, which was asked before the start; the program ends at once.
    public static let waited = "exit seen"
    /// `DELETE /containers/{id}`.
    public static let remove = "remove"
    /// create, start, wait and remove.
    public static let cycle = "cycle"
    /// Request for the start written, to the first byte of output at an attached client.
    public static let firstByte = "first byte"
    /// Request for the start written, to the first HTTP 200 of a published port.
    public static let answered = "port answers"
    /// exec create and start, to the end of its stream.
    public static let exec = "exec"
    /// A command line from its start to its end.
    public static let process = "process"
    /// `POST /images/create`, to the end of its stream.
    public static let pull = "pull"
    /// The first line's moment in the log, to `wait` answered: all of it is in the log then.
    public static let logged = "logged"
    /// The first byte of output to its last at a client that follows the log.
    public static let followed = "followed"
    /// `GET /containers/{id}/logs`: all that was logged.
    public static let logRead = "log read"
    /// The output of `logged`, `followed` and `log read` over their time.
    public static let loggedRate = "logged per second"
    /// See `loggedRate`.
    public static let followedRate = "followed per second"
    /// See `loggedRate`.
    public static let logReadRate = "read per second"
    /// Cycles that several clients completed in a second of a turn.
    public static let throughput = "cycles per second"
    /// From the request for create to what `/events` says of the container, by the daemon's own clock.
    public static func event(_ action: String) -> String { "event \(action)" }
    /// Memory of the daemon and of all it started to serve, without monitors and containers.
    public static let daemonResident = "daemon RSS"
    /// The same, pages that several processes share counted in parts (proc_pid_smaps_rollup).
    public static let daemonProportional = "daemon PSS"
    /// Memory of what watches the resident containers, for each container.
    public static let monitorResident = "monitor RSS"
    /// See `daemonProportional`.
    public static let monitorProportional = "monitor PSS"

    /// What a figure counts.
    public static func unit(of phase: String) -> Unit {
        switch phase {
        case throughput: .perSecond
        case loggedRate, followedRate, logReadRate: .megabytesPerSecond
        case daemonResident, daemonProportional, monitorResident, monitorProportional: .kilobytes
        default: .milliseconds
        }
    }

    /// Units of figures.
    public enum Unit: String, Sendable, Hashable {
        case milliseconds = "ms"
        case perSecond = "/s"
        case megabytesPerSecond = "MB/s"
        case kilobytes = "kB"

        /// Whether more of it is better.
        public var isRate: Bool { self == .perSecond || self == .megabytesPerSecond }
    }
}
