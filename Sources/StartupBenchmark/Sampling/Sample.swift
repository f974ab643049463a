import RawJSON

/// One measured run of a workload against one endpoint.
public struct Sample: Sendable, Hashable {
    /// A part of it and how long it took, or another figure of it.
    public struct Phase: Sendable, Hashable {
        /// `create`, `start`, `instruction`, …; see `PhaseName`.
        public var name: String
        /// Milliseconds, unless `PhaseName.unit(of:)` says otherwise.
        public var value: Double

        /// A figure by parts; digits beyond a microsecond's are noise and are not kept.
        public init(_ name: String, _ value: Double) {
            self.name = name
            self.value = (value * 1000).rounded() / 1000
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
    /// Parts of phases: the daemon's own by `Server-Timing` (`server.start.clone`), the connection's
    /// (`wire.start.written`), the floor's steps (`step.overlay`).
    public var details: [Phase] = []
    /// Why it does not count; nil where the container did what it should.
    public var failure: String?

    /// The figure of a phase.
    public subscript(phase: String) -> Double? { phases.first { $0.name == phase }?.value }

    /// The sample as a line of the raw data.
    public var json: JSONValue {
        func object(_ phases: [Phase]) -> JSONValue {
            .object(
                JSONObject(
                    members: phases.map {
                        .init(name: $0.name, value: JSONNumber($0.value).map(JSONValue.number) ?? .null)
                    }))
        }
        var line: JSONObject = [
            "workload": .string(workload), "variant": .string(variant), "endpoint": .string(endpoint),
            "index": .number(JSONNumber(index)), "began": .number(JSONNumber(began)), "is": object(phases),
        ]
        if !details.isEmpty { line["parts"] = object(details) }
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
                member.value.double.map { Phase(member.name, $0) }
            }
        }
        self.phases = phases(json["is"])
        details = phases(json["parts"])
        failure = json["failure"]?.string
    }

    init(_ workload: Workload, _ variant: Workload.Variant, _ endpoint: String, index: Int) {
        self.init(
            workload: workload.id, variant: variant.label, endpoint: endpoint, index: index,
            began: MonotonicClock.nanoseconds())
    }

    init(workload: String, variant: String, endpoint: String, index: Int, began: UInt64) {
        self.workload = workload
        self.variant = variant
        self.endpoint = endpoint
        self.index = index
        self.began = began
    }
}

/// CLOCK_MONOTONIC, which every process of this machine shares, containers included.
enum MonotonicClock {
    static func nanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// What CLOCK_REALTIME is ahead of it now, in nanoseconds.
    static func realTimeOffset() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec) - nanoseconds()
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
