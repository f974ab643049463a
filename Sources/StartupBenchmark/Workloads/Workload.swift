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
    /// How many clients do the same at once.
    public var clients: [Int]
    /// How many containers run beside it.
    public var resident: [Int]
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
        /// How many clients.
        public var clients: Int
        /// How many containers beside it.
        public var resident: Int

        /// `closed`, `closed, 4 clients`, `closed, 100 resident`.
        public var label: String {
            var parts = [arrival.label]
            if clients > 1 { parts.append("\(clients) clients") }
            if resident > 0 { parts.append("\(resident) resident") }
            return parts.joined(separator: ", ")
        }
    }

    /// All ways to run it: each arrival alone, then more clients and more residents in a closed loop.
    public var variants: [Variant] {
        let base = arrivals.map { Variant(arrival: $0, clients: 1, resident: 0) }
        let crowded = clients.filter { $0 > 1 }.map { Variant(arrival: .closedLoop, clients: $0, resident: 0) }
        let dense = resident.filter { $0 > 0 }.map { Variant(arrival: .closedLoop, clients: 1, resident: $0) }
        return base + crowded + dense
    }
}
