import Glibc
import Testing

@testable import LinuxKernel

/// Goal: the v2 interface is written and read by its rules. Method: a tree of ordinary files in its place.
@Suite struct UnifiedTests {
    let watcher: DescriptorWatcher

    init() throws { watcher = try DescriptorWatcher() }

    @Test func theParentHandsControllersDown() throws {
        let fake = try FakeUnified(watcher)
        #expect(try fake.folder.read("cgroup.subtree_control") == "+cpu +cpuset +io +pids")
        #expect(try fake.folder.read("drydock/cgroup.subtree_control") == "+cpu +cpuset +io +memory +pids")
        #expect(fake.driver.version == .v2)
        #expect(try fake.driver.names() == ["box"])
    }

    @Test func theFeaturesAreThoseOfTheFiles() throws {
        let features = try FakeUnified(watcher).driver.features
        #expect(features.memory && features.swap && features.memoryReservation && features.cpuShares)
        #expect(features.cpuQuota && features.cpuset && features.pids && features.blockIOWeight)
        #expect(features.blockIOThrottle && features.freezer)
        #expect(!features.oomKillDisable && !features.swappiness)
        #expect(features.availableCPUs == "0-3" && features.availableMemoryNodes == "0")
    }

    @Test func limitsAreWritten() throws {
        let fake = try FakeUnified(watcher)
        var limits = ResourceLimits()
        limits.memory = 100
        limits.memorySwap = 150
        limits.memoryReservation = 50
        limits.nanoCPUs = 1_500_000_000
        limits.cpuShares = 1024
        limits.cpusetCPUs = "0-1"
        limits.cpusetMemoryNodes = "0"
        limits.pids = 20
        limits.blockIOWeight = 1000
        limits.blockIOThrottles = [.init(major: 8, minor: 0, measure: .writeBytesPerSecond, rate: 1000)]
        try fake.driver.existing(name: "box").update(limits)
        #expect(try fake.read("memory.max") == "100")
        #expect(try fake.read("memory.swap.max") == "50")
        #expect(try fake.read("memory.low") == "50")
        #expect(try fake.read("cpu.max") == "150000 100000")
        #expect(try fake.read("cpu.weight") == "100")
        #expect(try fake.read("cpuset.cpus") == "0-1")
        #expect(try fake.read("cpuset.mems") == "0")
        #expect(try fake.read("pids.max") == "20")
        #expect(try fake.read("io.weight") == "default 10000")
        #expect(try fake.read("io.max") == "8:0 wbps=1000")
    }

    @Test func updatesLeaveTheRestAlone() throws {
        let fake = try FakeUnified(watcher)
        let box = fake.driver.existing(name: "box")
        var limits = ResourceLimits()
        limits.cpuPeriod = 50_000
        try box.update(limits)
        #expect(try fake.read("cpu.max") == "max 50000")
        limits = ResourceLimits()
        limits.cpuQuota = 5_000
        try box.update(limits)
        #expect(try fake.read("cpu.max") == "5000")
        limits = ResourceLimits()
        limits.pids = -1
        limits.memory = -1
        limits.memorySwap = -1
        try box.update(limits)
        #expect(try fake.read("pids.max") == "max")
        #expect(try fake.read("memory.max") == "max")
        #expect(try fake.read("memory.swap.max") == "max")
        #expect(try fake.read("cpu.weight") == "")
        limits = ResourceLimits()
        limits.memory = 200
        limits.memorySwap = 100
        #expect(throws: CgroupError.self) { try box.update(limits) }
    }

    @Test(arguments: [(2, 1), (1024, 100), (262_144, 10_000), (1, 1), (300_000, 10_000)] as [(Int64, Int64)])
    func sharesBecomeWeights(shares: Int64, weight: Int64) {
        #expect(LimitWriter.weight(shares: shares) == weight)
    }

    @Test func weightsGrowWithShares() {
        let weights = stride(from: 2, through: 262_144, by: 997).map { LimitWriter.weight(shares: Int64($0)) }
        #expect(zip(weights, weights.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(weights.allSatisfy { (1...10_000).contains($0) })
    }

    @Test func statisticsAreRead() throws {
        let fake = try FakeUnified(watcher)
        let statistics = try fake.driver.existing(name: "box").statistics()
        #expect(statistics.version == .v2)
        #expect(statistics.cpu.total == 30_000 && statistics.cpu.user == 20_000 && statistics.cpu.system == 10_000)
        #expect(statistics.cpu.periods == 4 && statistics.cpu.throttledPeriods == 2)
        #expect(statistics.cpu.throttledTime == 7_000)
        let memory = try #require(statistics.memory)
        #expect(memory.usage == 4096 && memory.maximum == 8192 && memory.limit == nil && memory.failures == nil)
        #expect(memory.detail("file") == 2048)
        #expect(statistics.pids == .init(current: 3, limit: nil))
        #expect(
            statistics.blockIO.serviceBytes == [
                .init(major: 254, minor: 0, operation: "read", value: 10),
                .init(major: 254, minor: 0, operation: "write", value: 20),
            ])
        #expect(statistics.blockIO.serviced.map(\.value) == [1, 2])
    }

    @Test func killsForWantOfMemoryAreCounted() throws {
        let fake = try FakeUnified(watcher)
        #expect(try fake.driver.existing(name: "box").outOfMemoryKills() == 2)
    }

    @Test func freezingWritesAndWaitsForTheEvent() async throws {
        let fake = try FakeUnified(watcher)
        let box = fake.driver.existing(name: "box")
        try await box.freeze(timeout: .seconds(5))
        #expect(try fake.read("cgroup.freeze") == "1")
        #expect(try box.isFrozen())
    }

    @Test func aProcessIsBornInside() throws {
        let fake = try FakeUnified(watcher)
        let attachment = fake.driver.existing(name: "box").attachment
        #expect(attachment.procsFiles.isEmpty)
        #expect(attachment.directory == "\(fake.folder.path)/drydock/box")
    }

    @Test func killingWritesOnce() async throws {
        let fake = try FakeUnified(watcher)
        try await fake.driver.existing(name: "box").killAll()
        #expect(try fake.read("cgroup.kill") == "1")
    }

    @Test func whatIsGoneIsEmpty() async throws {
        let fake = try FakeUnified(watcher)
        let gone = fake.driver.existing(name: "gone")
        #expect(try gone.processes().isEmpty)
        try await gone.killAll()
        try await gone.remove()
        #expect(throws: CgroupError.self) { try gone.statistics() }
        #expect(try fake.driver.names() == ["box"])
    }

    @Test func aStrangeParentIsRefused() throws {
        let layout = CgroupLayout(hierarchies: [])
        for parent in ["", "/", "/../x", "a/./b"] {
            #expect(throws: CgroupError.self) { try CgroupDriver(layout: layout, parent: parent, watcher: watcher) }
        }
    }
}
