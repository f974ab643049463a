import Testing

@testable import LinuxKernel

/// Goal: limits are refused and cut down as docker does. Method: the answers of dockerd 28.5 to the same requests.
@Suite struct LimitCheckTests {
    static var everything: CgroupFeatures {
        var features = CgroupFeatures()
        for path: WritableKeyPath<CgroupFeatures, Bool> in [
            \.memory, \.swap, \.memoryReservation, \.oomKillDisable, \.swappiness, \.cpuShares, \.cpuQuota, \.cpuset,
            \.pids, \.blockIOWeight, \.blockIOThrottle, \.freezer,
        ] { features[keyPath: path] = true }
        features.availableCPUs = "0-1"
        features.availableMemoryNodes = "0"
        return features
    }

    static func limits(_ change: (inout ResourceLimits) -> Void) -> ResourceLimits {
        var limits = ResourceLimits()
        change(&limits)
        return limits
    }

    static let mebibyte: Int64 = 1 << 20

    static let refusals: [(ResourceLimits, String)] = [
        (limits { $0.memory = mebibyte }, "Minimum memory limit allowed is 6MB"),
        (
            limits { ($0.memory, $0.memorySwap) = (100 * mebibyte, 50 * mebibyte) },
            "Minimum memoryswap limit should be larger than memory limit, see usage"
        ),
        (
            limits { $0.memorySwap = 50 * mebibyte },
            "You should always set the Memory limit when using Memoryswap limit, see usage"
        ),
        (
            limits { $0.nanoCPUs = 99_000_000_000 },
            "range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available"
        ),
        (
            limits { $0.cpuPeriod = 10 },
            "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)"
        ),
        (limits { $0.cpuQuota = 10 }, "CPU cfs quota can not be less than 1ms (i.e. 1000)"),
        (limits { $0.cpusetCPUs = "9" }, "Requested CPUs are not available - requested 9, available: 0-1"),
        (limits { $0.cpusetCPUs = "x" }, "Invalid value x for cpuset cpus: invalid format: x"),
        (limits { $0.cpusetCPUs = "0-" }, "Invalid value 0- for cpuset cpus: invalid format: 0-"),
        (limits { $0.cpusetCPUs = "1-0" }, "Invalid value 1-0 for cpuset cpus: invalid format: 1-0"),
        (limits { $0.cpusetCPUs = "9999" }, "Invalid value 9999 for cpuset cpus: value of out range, maximum is 8192"),
        (limits { $0.cpusetMemoryNodes = "7" }, "Requested memory nodes are not available - requested 7, available: 0"),
        (limits { $0.swappiness = 101 }, "Invalid value: 101, valid memory swappiness range is 0-100"),
        (
            limits { ($0.memory, $0.memoryReservation) = (10 * mebibyte, 20 * mebibyte) },
            "Minimum memory limit can not be less than memory reservation limit, see usage"
        ),
        (limits { $0.memoryReservation = 5 * mebibyte }, "Minimum memory reservation allowed is 6MB"),
        (
            limits { ($0.nanoCPUs, $0.cpuQuota) = (1_000_000_000, 2000) },
            "Conflicting options: Nano CPUs and CPU Quota cannot both be set"
        ),
        (limits { $0.blockIOWeight = 5 }, "Range of blkio weight is from 10 to 1000"),
    ]

    @Test(arguments: refusals) func refused(limits: ResourceLimits, message: String) {
        let error = #expect(throws: LimitError.self) { try limits.checked(features: Self.everything, processors: 2) }
        #expect(error?.message == message)
    }

    @Test func memoryBringsAsMuchSwap() throws {
        let asked = Self.limits { $0.memory = 10 << 20 }
        let (limits, warnings) = try asked.checked(features: Self.everything, processors: 2)
        #expect(limits.memorySwap == 20 << 20)
        #expect(warnings.isEmpty)
        #expect(try asked.checked(features: Self.everything, processors: 2, updating: true).limits.memorySwap == nil)
    }

    @Test func whatTheKernelLacksIsSaidAndLeftOut() throws {
        let asked = Self.limits {
            $0.memory = 10 << 20
            $0.pids = 5
            $0.oomKillDisable = true
            $0.cpuShares = 2
            $0.cpusetCPUs = "0"
            $0.blockIOWeight = 5
            $0.swappiness = 400
        }
        let (limits, warnings) = try asked.checked(features: CgroupFeatures(), processors: 2)
        #expect(limits == ResourceLimits())
        #expect(warnings.count == 7)
        #expect(
            warnings.contains(
                "Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded."))
    }

    @Test func waitingForMemoryWithoutALimitIsWarnedOf() throws {
        let (limits, warnings) = try Self.limits { $0.oomKillDisable = true }
            .checked(features: Self.everything, processors: 2)
        #expect(limits.oomKillDisable == true)
        #expect(
            warnings == [
                "OOM killer is disabled for the container, but no memory limit is set, "
                    + "this can result in the system running out of resources."
            ])
    }

    @Test func updatesRespectWhatIsSet() throws {
        let old = Self.limits { ($0.memory, $0.memorySwap, $0.cpuPeriod) = (10 << 20, 20 << 20, 5000) }
        #expect(throws: LimitError.self) { try Self.limits { $0.memory = 30 << 20 }.merged(over: old) }
        #expect(throws: LimitError.self) { try Self.limits { $0.nanoCPUs = 1 }.merged(over: old) }
        let merged = try Self.limits { ($0.memory, $0.pids) = (15 << 20, 9) }.merged(over: old)
        #expect(
            merged.memory == 15 << 20 && merged.memorySwap == 20 << 20 && merged.pids == 9 && merged.cpuPeriod == 5000)
    }
}
