#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How busy the machine is: a run beside a build measures the build.
public struct MachineLoad: Sendable, Hashable {
    /// Runnable tasks over the last minute (getloadavg(3)).
    public let average: Double
    /// How many processors there are.
    public let processors: Int

    /// The load now.
    public static func now() -> MachineLoad {
        var averages = [0.0]
        let count = getloadavg(&averages, 1)
        return MachineLoad(
            average: count == 1 ? averages[0] : .nan, processors: max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
    }

    /// Whether so much else runs that figures say more of it than of what is measured.
    public var isBusy: Bool { average > 0.5 * Double(processors) }
}
