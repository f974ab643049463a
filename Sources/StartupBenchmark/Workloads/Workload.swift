import RawJSON

/// What is measured: a container, what is done with it, and how requests arrive.
public struct Workload: Sendable, Hashable {
    /// What is done in one sample.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// create, start, wait, remove; the container prints the moment of its first instruction.
        case cycle
        /// The same with an attached client, up to the first byte of output.
        case firstByte = "first-byte"
        /// create, start, then HTTP requests to a published port until one is answered with 200.
        case port
        /// exec create and start in a container that runs all the time.
        case exec
        /// A whole process of a docker command line: `run --rm IMAGE COMMAND`.
        case commandLine = "command-line"
        /// Pulls an image that is not there, then create and start; removes it again.
        case pull
        /// The container writes a file to its standard output; until all of it is in the log.
        case log
        /// The same, until a client that follows the log has all of it.
        case logFollow = "log-follow"
        /// A cycle while the daemon's events are read: what it says of itself, and when.
        case events
        /// How much memory the daemon and its monitors take; nothing is started.
        case memory

        /// What leaves most behind in a daemon comes last.
        var rank: Int {
            switch self {
            case .memory: 0
            case .cycle, .firstByte, .port, .exec, .commandLine, .events: 1
            case .log, .logFollow: 2
            case .pull: 3
            }
        }
    }

    /// How one sample follows another.
    public enum Arrival: Sendable, Hashable {
        /// At once.
        case closedLoop
        /// After so many milliseconds, so that nothing of the sample before is still warm in the kernel.
        case spaced(milliseconds: Int)

        /// `closed` or `spaced 100 ms`.
        public var label: String {
            switch self {
            case .closedLoop: "closed"
            case .spaced(let milliseconds): "spaced \(milliseconds) ms"
            }
        }
    }

    /// `bridge-published`: the file's name.
    public var id: String
    /// One line for people.
    public var title: String
    /// What is done.
    public var kind: Kind
    /// A fixture image: `probe`, `busybox`, `nginx`.
    public var image: String
    /// The container's command.
    public var command: [String]
    /// What the body of `POST /containers/create` has beside image and command, as JSON.
    public var create: JSONObject
    /// The container port that a `port` workload asks.
    public var port: Int?
    /// How samples follow each other.
    public var arrivals: [Arrival]
    /// How many clients do the same at once, each one sample after the other, for a while: throughput.
    public var clients: [Int]
    /// How many containers run beside it.
    public var resident: [Int]
    /// How many bytes a `log` workload writes.
    public var bytes: Int?
    /// On which storage it is measured: only endpoints that were named `NAME@STORAGE` are asked.
    public var storage: String?
    /// At most so many samples, for what takes long.
    public var samples: Int?
    /// So many samples before them, in place of the run's number.
    public var warmUp: Int?
    /// Whether the machine's floor can do the same, and with which network.
    public var floor: Floor?

    /// What the floor does in its place.
    public enum Floor: String, Sendable, Hashable, CaseIterable {
        case none, host, bridge
    }

    /// One way to run it.
    public struct Variant: Sendable, Hashable {
        /// How samples follow each other.
        public var arrival: Arrival
        /// How many clients run at once for a while; 0 is one client that is measured sample by sample.
        public var clients = 0
        /// How many containers beside it.
        public var resident = 0

        /// `closed`, `4 clients`, `100 resident`.
        public var label: String {
            if clients > 0 { return clients == 1 ? "1 client" : "\(clients) clients" }
            return resident > 0 ? "\(resident) resident" : arrival.label
        }
    }

    /// All ways to run it: each arrival, each number of clients, each number of residents.
    public var variants: [Variant] {
        arrivals.map { Variant(arrival: $0) } + clients.map { Variant(arrival: .closedLoop, clients: $0) }
            + resident.map { Variant(arrival: .closedLoop, resident: $0) }
    }

    /// Workloads in the order in which they are measured: what leaves most behind comes last.
    public static func ordered(_ workloads: [Workload]) -> [Workload] {
        workloads.enumerated().sorted { left, right in
            func key(_ entry: (offset: Int, element: Workload)) -> (Int, Int, Int) {
                let (offset, workload) = entry
                return (workload.kind.rank, (workload.resident.max() ?? 0) + (workload.clients.max() ?? 0), offset)
            }
            return key(left) < key(right)
        }.map(\.element)
    }
}
