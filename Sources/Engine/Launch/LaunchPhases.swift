import ShimProtocol

/// When each part of a start was done, for Server-Timing.
public struct LaunchPhases: Sendable, Hashable {
    /// CLOCK_MONOTONIC nanoseconds by `enum shim_phase`; 0 where a phase was not passed.
    public let times: [Int64]

    init(_ started: shim_started) {
        times = withUnsafeBytes(of: started.phases) { Array($0.bindMemory(to: Int64.self)) }
    }

    private static let names = [
        "received", "fork", "clone", "namespaces", "rootfs", "mounts", "pivot", "security", "init", "exec",
    ]

    /// How long each phase took, in the order they were passed.
    public var durations: [(name: String, nanoseconds: Int64)] {
        var result: [(name: String, nanoseconds: Int64)] = []
        var last = times.first ?? 0
        for (name, time) in zip(Self.names, times).dropFirst() where time != 0 {
            result.append((name, time - last))
            last = time
        }
        return result
    }

    /// From the launcher's receipt to the first instruction of the command, in nanoseconds.
    public var total: Int64 { (times.last ?? 0) - (times.first ?? 0) }
}
