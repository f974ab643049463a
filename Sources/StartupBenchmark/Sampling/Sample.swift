import RawJSON

/// One measured run of a workload against one endpoint.
public struct Sample: Sendable, Hashable {
    /// A part of it and how long it took.
    public struct Phase: Sendable, Hashable {
        /// `create`, `start`, `instruction`, …; see `PhaseName`.
        public var name: String
        /// Milliseconds.
        public var milliseconds: Double

        /// A phase by parts.
        public init(_ name: String, milliseconds: Double) {
            self.name = name
            self.milliseconds = milliseconds
        }
    }

    /// The workload's ID.
    public var workload: String
    /// Which way of running it; `Workload.Variant.label`.
    public var variant: String
    /// The endpoint's name.
    public var endpoint: String
    /// Counted from 0; warm-up samples are not kept.
    public var index: Int
    /// When it began, CLOCK_MONOTONIC in nanoseconds.
    public var began: UInt64
    /// Its phases from outside.
    public var phases: [Phase] = []
    /// What the daemon says of itself by `Server-Timing`, as `create.rootfs`, `start.clone`.
    public var server: [Phase] = []
    /// Why it does not count; nil where the container did what it should.
    public var failure: String?

    /// The milliseconds of a phase.
    public subscript(phase: String) -> Double? { phases.first { $0.name == phase }?.milliseconds }

    /// The sample as a line of the raw data.
    public var json: JSONValue {
        func object(_ phases: [Phase]) -> JSONValue {
            .object(
                JSONObject(
                    members: phases.map {
                        .init(name: $0.name, value: JSONNumber($0.milliseconds).map(JSONValue.number) ?? .null)
                    }))
        }
        var line: JSONObject = [
            "workload": .string(workload), "variant": .string(variant), "endpoint": .string(endpoint),
            "index": .number(JSONNumber(index)), "began": .number(JSONNumber(began)), "ms": object(phases),
        ]
        if !server.isEmpty { line["server"] = object(server) }
        if let failure { line["failure"] = .string(failure) }
        return .object(line)
    }

    /// A line of raw data, read again.
    public init?(_ json: JSONValue) {
        guard let workload = json["workload"]?.string, let variant = json["variant"]?.string,
            let endpoint = json["endpoint"]?.string, let index = json["index"]?.int64
        else { return nil }
        self.init(
            workload: workload, variant: variant, endpoint: endpoint, index: Int(index),
            began: UInt64(clamping: json["began"]?.int64 ?? 0))
        func phases(_ value: JSONValue?) -> [Phase] {
            (value?.object?.members ?? []).compactMap { member in
                member.value.double.map { Phase(member.name, milliseconds: $0) }
            }
        }
        self.phases = phases(json["ms"])
        server = phases(json["server"])
        failure = json["failure"]?.string
    }

    init(workload: String, variant: String, endpoint: String, index: Int, began: UInt64) {
        self.workload = workload
        self.variant = variant
        self.endpoint = endpoint
        self.index = index
        self.began = began
    }
}

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
    /// First instruction, to `wait` answered; the program ends at once.
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
}

/// CLOCK_MONOTONIC, which every process of this machine shares, containers included.
enum MonotonicClock {
    static func nanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    static func milliseconds(from start: UInt64, to end: UInt64) -> Double {
        (Double(end) - Double(start)) / 1_000_000
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
