import CLinux
import Glibc
import Testing

@testable import LinuxKernel

/// Goal: cgroups do on a real kernel what they promise. Method: processes in them; everything is removed again.
@Suite(.enabled(if: RealCgroups.has, RealCgroups.comment), .serialized) struct RealCgroupTests {
    @Test func limitsReachTheKernel() async throws {
        try await RealCgroups.with { real in
            var asked = ResourceLimits()
            asked.memory = 32 << 20
            asked.pids = 7
            asked.nanoCPUs = 500_000_000
            asked.cpuShares = 512
            asked.cpusetCPUs = "0"
            let (limits, _) = try asked.checked(features: real.driver.features, processors: 2)
            let box = try real.driver.create(name: "box", limits: limits, devices: .containerDefault)
            let statistics = try box.statistics()
            if real.driver.features.memory { #expect(statistics.memory?.limit == 32 << 20) }
            if real.driver.features.pids { #expect(statistics.pids?.limit == 7) }
            var update = ResourceLimits()
            update.memory = 128 << 20
            update.memorySwap = 256 << 20
            update = try update.checked(features: real.driver.features, processors: 2, updating: true).limits
            try box.update(update)
            update.memory = 16 << 20
            update.memorySwap = real.driver.features.swap ? 32 << 20 : nil
            try box.update(update)
            if real.driver.features.memory { #expect(try box.statistics().memory?.limit == 16 << 20) }
            #expect(try real.driver.names() == ["box"])
        }
    }

    @Test(arguments: [false, true]) func processesAreFrozenAndLetGo(onlyUnified: Bool) async throws {
        try await RealCgroups.with(onlyUnified: onlyUnified) { real in
            let box = try real.driver.create(name: "box", limits: ResourceLimits(), devices: .unrestricted)
            let child = try real.start("sleep 60", in: box)
            try await real.wait(for: 1, in: box)
            #expect(try box.processes() == [child.pid])
            try await box.freeze()
            #expect(try box.isFrozen())
            try await box.thaw()
            #expect(try box.isFrozen() == false)
            try await box.freeze()
            // A frozen one can be killed, too.
            try await box.killAll()
            #expect(try child.status() == -SIGKILL)
            #expect(try box.processes().isEmpty)
        }
    }

    @Test(arguments: [false, true]) func everythingInsideIsKilled(onlyUnified: Bool) async throws {
        try await RealCgroups.with(onlyUnified: onlyUnified) { real in
            let box = try real.driver.create(name: "box", limits: ResourceLimits(), devices: .unrestricted)
            let child = try real.start("sh -c 'sleep 60 & sleep 60 & sleep 60 & trap : TERM; wait'", in: box)
            try await real.wait(for: 4, in: box)
            try await box.killAll()
            #expect(try child.status() == -SIGKILL)
            #expect(try box.processes().isEmpty)
        }
    }

    @Test(arguments: [false, true]) func removalWaitsForTheLastProcess(onlyUnified: Bool) async throws {
        try await RealCgroups.with(onlyUnified: onlyUnified) { real in
            let box = try real.driver.create(name: "box", limits: ResourceLimits(), devices: .unrestricted)
            let child = try real.start("sleep 60", in: box)
            try await real.wait(for: 1, in: box)
            await #expect(throws: CgroupError.self) { try await box.remove(timeout: .milliseconds(20)) }
            async let removal: Void = box.remove(timeout: .seconds(30))
            clinux_kill(child.pid, SIGKILL)
            try await removal
            #expect(try child.status() == -SIGKILL)
            #expect(try real.driver.names().isEmpty)
            try await box.remove()
        }
    }

    @Test func cgroupsBelowAreRemovedToo() async throws {
        try await RealCgroups.with { real in
            let box = try real.driver.create(name: "box", limits: ResourceLimits(), devices: .containerDefault)
            for directory in box.directories { try Folder.make("\(directory)/inner") }
            try await box.remove()
            #expect(try real.driver.names().isEmpty)
        }
    }

    @Test(arguments: [false, true]) func onlyPermittedDevicesOpen(onlyUnified: Bool) async throws {
        try await RealCgroups.with(onlyUnified: onlyUnified) { real in
            let box = try real.driver.create(name: "box", limits: ResourceLimits(), devices: .containerDefault)
            #expect(try real.start("head -c 1 /dev/zero", in: box).status() == 0)
            #expect(try real.start("head -c 1 /dev/urandom", in: box).status() == 0)
            #expect(try real.start("sh -c ': < /dev/kmsg'", in: box).status() != 0)
            let folder = try TemporaryFolder()
            // Any node may be made, but not be opened.
            #expect(try real.start("mknod \(folder.path)/messages c 1 11", in: box).status() == 0)
            #expect(try real.start("sh -c ': < \(folder.path)/messages'", in: box).status() != 0)
            let open = try real.driver.create(name: "open", limits: ResourceLimits(), devices: .unrestricted)
            #expect(try real.start("sh -c ': < /dev/kmsg'", in: open).status() == 0)
            #expect(try real.start("sh -c ': < \(folder.path)/messages'", in: open).status() == 0)
            let some = try real.driver.create(
                name: "some", limits: ResourceLimits(),
                devices: [
                    DeviceRule(kind: .character, major: 1, minor: 5, access: .read),
                    DeviceRule(kind: .character, major: 1, minor: 3),
                    DeviceRule(allow: false, kind: .character, major: 1, minor: 3, access: .read),
                ])
            #expect(try real.start("head -c 1 /dev/zero", in: some).status() == 0)
            #expect(try real.start("dd if=/dev/null of=/dev/zero", in: some).status() != 0)
            #expect(try real.start("head -c 1 /dev/full", in: some).status() != 0)
        }
    }

    @Test func hungerForMemoryIsCounted() async throws {
        try await RealCgroups.with { real in
            guard real.driver.features.memory else { return }
            var limits = ResourceLimits()
            limits.memory = 16 << 20
            limits.memorySwap = real.driver.features.swap ? 16 << 20 : nil
            let box = try real.driver.create(name: "box", limits: limits, devices: .unrestricted)
            #expect(try box.outOfMemoryKills() == 0)
            // tail keeps what it reads until a line ends.
            let child = try real.start("tail /dev/zero", in: box)
            #expect(try child.status() == -SIGKILL)
            #expect(try box.outOfMemoryKills() > 0)
        }
    }

    @Test func timeAndMemoryAreCounted() async throws {
        try await RealCgroups.with { real in
            let box = try real.driver.create(name: "box", limits: ResourceLimits(), devices: .unrestricted)
            #expect(try real.start("sh -c 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done'", in: box).status() == 0)
            let statistics = try box.statistics()
            #expect(statistics.cpu.total > 0)
            #expect(statistics.memory?.maximum ?? 1 > 0)
            #expect(statistics.pids?.current ?? 0 == 0)
            if statistics.memory != nil { #expect(statistics.memory?.details.isEmpty == false) }
        }
    }

    @Test func aPreparedGroupIsRenamedWithItsProcesses() async throws {
        try await RealCgroups.with { real in
            guard real.driver.canPrepare else { return }
            let prepared = try real.driver.prepare()
            #expect(try real.driver.names().isEmpty)
            #expect(try real.driver.preparedNames() == [prepared.name])
            let child = try real.start("sleep 60", in: prepared)
            try await real.wait(for: 1, in: prepared)
            var limits = ResourceLimits()
            limits.pids = 3
            let box = try real.driver.finish(prepared, name: "box", limits: limits, devices: .containerDefault)
            for directory in box.directories { #expect(SmallFile.exists("\(directory)/cgroup.procs")) }
            #expect(try real.driver.names() == ["box"])
            #expect(try real.driver.preparedNames().isEmpty)
            #expect(try box.processes().count == 1)
            if real.driver.features.pids { #expect(try box.statistics().pids?.limit == 3) }
            try await box.killAll()
            #expect(try child.status() == -SIGKILL)
            try await box.remove()
            let names = try real.driver.allNames()
            #expect(names.isEmpty)
        }
    }

    @Test func aFailureLeavesNothing() async throws {
        try await RealCgroups.with { real in
            var limits = ResourceLimits()
            limits.cpusetCPUs = "4095"
            #expect(throws: CgroupError.self) {
                try real.driver.create(name: "box", limits: limits, devices: .containerDefault)
            }
            let names = try real.driver.names()
            #expect(names.isEmpty)
        }
    }

    @Test func ownFilesAreThoseOfThisProcess() async throws {
        try await RealCgroups.with { real in
            for file in real.driver.ownProcsFiles {
                let processes = try SmallFile.text(file).split(separator: "\n")
                #expect(processes.contains("\(getpid())"), "\(file)")
            }
        }
    }
}
