import CLinux
import Foundation
import LinuxKernel
import Logging
import ShimProtocol
import Testing

@testable import Engine

/// Goal: an init that waits becomes its container's and nobody else's, and none is left over. Method: real cgroups, a
/// driver that is killed.
@Suite(.enabled(if: Machine.isRoot, Machine.why), .timeLimit(.minutes(1)))
struct ParkTests {
    @Test func waitsAndBecomesTheContainer() async throws {
        try await Sandbox.with { box in
            let parked = try box.launcher.park(CgroupPlacement(), PreparedInits.namespaces)
            #expect(await parked.isReady())
            let output = OutputBroadcaster()
            let reading = Reading(output)
            let process = try await box.launcher.launch(
                box.spec("print", "hello"), stateDirectory: box.state, parked: parked, output: output)
            // No monitor was forked and no init cloned for it.
            #expect(process.phases.times[1] == 0)
            #expect(parked.take() == nil)
            let ended = try await reading.ended(process)
            #expect(ended.output == "hello\n")
            #expect(ended.status.code == 0)
        }
    }

    @Test func seesWhatWasMountedWhileItWaited() async throws {
        try await Sandbox.with { box in
            try box.make("extra")
            let parked = try box.launcher.park(CgroupPlacement(), PreparedInits.namespaces)
            #expect(await parked.isReady())
            try #require(clinux_mount("tmpfs", box.folder + "/extra", "tmpfs", 0, nil) == 0)
            defer { _ = clinux_umount(box.folder + "/extra", 0) }
            try box.put("extra/file", "new")
            var spec = box.spec("cat", "/extra/file")
            spec.mounts.append(.bind(box.folder + "/extra", at: "/extra"))
            let output = OutputBroadcaster()
            let reading = Reading(output)
            let process = try await box.launcher.launch(
                spec, stateDirectory: box.state, parked: parked, output: output)
            #expect(try await reading.ended(process).output.contains("new"))
        }
    }

    @Test func oneThatDiedIsReplaced() async throws {
        try await Sandbox.with { box in
            let parked = try box.launcher.park(CgroupPlacement(), PreparedInits.namespaces)
            #expect(await parked.isReady())
            // As when its monitor was killed: what is said to it reaches nobody.
            try #require(parked.breakOff())
            let process = try await box.launcher.launch(box.spec("true"), stateDirectory: box.state, parked: parked)
            #expect(process.phases.times[1] != 0)
            #expect(await process.exit.code == 0)
        }
    }

    // MARK: - The stock

    private static func driver(_ name: String) throws -> CgroupDriver {
        try CgroupDriver(
            layout: .detect(), parent: "/drydock-test-\(name)-\(getpid())", watcher: DescriptorWatcher())
    }

    private static func stock(_ driver: CgroupDriver, _ target: Int) throws -> PreparedInits {
        try PreparedInits(
            driver, Launcher(executable: Machine.products + "/drydock-shim"), target: target,
            logger: Logger(label: "test"))
    }

    private static func until(_ condition: () throws -> Bool) async throws {
        let limit = ContinuousClock.now + .seconds(20)
        while try !condition() {
            try #require(ContinuousClock.now < limit)
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test func stockIsBoundedRefilledAndNeverGivesTwice() async throws {
        let driver = try Self.driver("stock")
        guard driver.canPrepare else { return try await driver.removeParent() }
        let stock = try Self.stock(driver, 3)
        stock.open()
        try await Self.until { stock.count == 3 }
        #expect(try driver.preparedNames().count == 3)
        let first = try #require(stock.take())
        #expect(try first.cgroup.processes().count == 1)
        try await Self.until { stock.count == 3 }
        var names: Set<String> = [first.cgroup.name]
        #expect(try driver.preparedNames().count == 4)
        await stock.discard(first)
        for _ in 0..<3 {
            let next = try #require(stock.take())
            #expect(names.insert(next.cgroup.name).inserted)
            await stock.discard(next)
        }
        await stock.close()
        #expect(stock.count == 0)
        try await Self.until { try driver.preparedNames().isEmpty }
        try await driver.removeParent()
    }

    @Test func killedDriverLeavesNothingToTheNext() async throws {
        let parent = "killed-\(UInt32.random(in: 0...UInt32.max))"
        let layout = try CgroupLayout.detect()
        func make(_ parent: String) throws -> CgroupDriver {
            try CgroupDriver(layout: layout, parent: "/drydock-test-\(parent)", watcher: DescriptorWatcher())
        }
        let driver = try make(parent)
        guard driver.canPrepare else { return try await driver.removeParent() }
        await #expect(processExitsWith: .signal(SIGKILL)) { [parent = parent as String] in
            let driver = try CgroupDriver(
                layout: .detect(), parent: "/drydock-test-\(parent)", watcher: DescriptorWatcher())
            let stock = try ParkTests.stock(driver, 2)
            stock.open()
            try await ParkTests.until { stock.count == 2 }
            raise(SIGKILL)
        }
        let left = try driver.preparedNames()
        #expect(left.count >= 2)
        let stock = try Self.stock(driver, 1)
        stock.open()
        try await Self.until { stock.count == 1 }
        #expect(try driver.preparedNames().count == 1)
        await stock.close()
        try await Self.until { try driver.preparedNames().isEmpty }
        try await driver.removeParent()
    }
}

extension ParkedProcess {
    /// Has its monitor end while the conversation is still in hand.
    fileprivate func breakOff() -> Bool {
        guard let socket else { return false }
        let head = shim_message(kind: SHIM_STDIN.rawValue, length: 0)
        // The monitor takes no such thing while it waits: it says FAILED and ends.
        let sent = withUnsafeBytes(of: head) { clinux_send(socket.number, $0.baseAddress, $0.count, nil, 0, 0) }
        var room = [UInt8](repeating: 0, count: 1024)
        var count = 0
        while clinux_receive(socket.number, &room, room.count, nil, &count, 1) > 0 {}
        return sent > 0
    }
}
