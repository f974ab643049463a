import Foundation
import LinuxKernel
import Testing

@testable import Engine

/// Goal: an exec runs inside its container with its own user, place and terminal. Method: execs into a sleeping probe.
@Suite(.enabled(if: Machine.isRoot, Machine.why), .timeLimit(.minutes(2)))
struct ExecTests {
    private func spec(_ arguments: String...) -> ProcessSpec {
        ProcessSpec(arguments: ["probe"] + arguments, searchPath: "/bin")
    }

    @Test func runsInsideWithItsOwnCode() async throws {
        try await Sandbox.with { box in
            let container = try await box.start(box.spec("sleep"))
            let code = try await box.exec(spec("exit", "9"), in: container)
            #expect(code.status.code == 9)
            var inside = spec("cat", "/proc/1/comm")
            inside.workingDirectory = "/etc"
            let comm = try await box.exec(inside, in: container)
            #expect(comm.output == "probe\n")
            inside.arguments = ["probe", "identity"]
            inside.identity = Identity(uid: 33, gid: 34, groups: [34])
            let identity = try await box.exec(inside, in: container)
            #expect(identity.output.contains("harbour") && identity.output.contains("33"))
            #expect(identity.output.contains("\"/etc\""), "\(identity.output)")
        }
    }

    /// The monitor waits in the container's cgroups, what it runs is born there, and it does not stay; also where it sees
    /// the host's cgroups no more.
    @Test(arguments: [false, true]) func aMonitorThatWaitedRunsTheCommandInItsCgroups(isInside: Bool) async throws {
        let driver = try CgroupDriver(
            layout: .detect(), parent: "/drydock-test-exec-\(getpid())-\(isInside)", watcher: DescriptorWatcher())
        guard driver.canPrepare else { return try await driver.removeParent() }
        let cgroup = try driver.create(name: "box", limits: ResourceLimits(), devices: .containerDefault)
        try await Sandbox.with { box in
            let container = try await box.start(box.spec("sleep").with { $0.process.cgroup = CgroupPlacement(cgroup) })
            let place = ExecPlace(container: container, filter: [], bounding: Sandbox.docker)
            let parked = try box.launcher.parkExec(
                CgroupPlacement(cgroup), home: driver.ownProcsFiles, in: isInside ? place : nil)
            #expect(await parked.isReady())
            let monitor = try #require(parked.monitor?.pid)
            #expect(try Set(cgroup.processes()) == [container.pid, monitor])
            var sleeping = spec("sleep")
            sleeping.cgroup = CgroupPlacement(cgroup)
            sleeping.capabilities = CapabilitySets(bounding: Sandbox.docker, permitted: 0, effective: 0)
            let command = try await box.launcher.exec(sleeping, inside: container, parked: parked)
            #expect(command.monitor == monitor)
            let limit = ContinuousClock.now + .seconds(20)
            while try cgroup.processes().contains(monitor) {
                try #require(ContinuousClock.now < limit, "it stays")
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(try Set(cgroup.processes()) == [container.pid, command.pid])
            try command.signal(SIGKILL)
            #expect(await command.exit.code == 137)
            try container.signal(SIGKILL)
            _ = await container.exit
        }
        try await cgroup.remove()
        try await driver.removeParent()
    }

    @Test func aMonitorThatDiedIsReplaced() async throws {
        try await Sandbox.with { box in
            let container = try await box.start(box.spec("sleep"))
            let parked = try box.launcher.parkExec(CgroupPlacement(), home: [])
            #expect(await parked.isReady())
            let monitor = try #require(parked.monitor?.pid)
            try #require(kill(monitor, SIGKILL) == 0)
            while kill(monitor, 0) == 0 { await Task.yield() }
            let ended = try await box.launcher.exec(spec("exit", "5"), inside: container, parked: parked)
            #expect(await ended.exit.code == 5)
            #expect(ended.monitor != monitor)
        }
    }

    @Test func sharesEveryNamespaceOfItsContainerAndNoneOfTheHosts() async throws {
        try await Sandbox.with { box in
            let container = try await box.start(box.spec("sleep").with { $0.namespaces.insert(.network) })
            let inside = try await box.exec(spec("ls", "/proc/self/ns"), in: container)
            let kinds = ["mnt", "pid", "net", "uts", "ipc", "cgroup", "time"]
            for kind in kinds where FileManager.default.fileExists(atPath: "/proc/self/ns/\(kind)") {
                let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(container.pid)/ns/\(kind)")
                let host = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/\(kind)")
                #expect(own != host, "\(kind)")
                #expect(inside.output.contains(own), "\(kind): \(inside.output)")
            }
        }
    }

    @Test func failuresHaveDockersCodesAndWords() async throws {
        try await Sandbox.with { box in
            let container = try await box.start(box.spec("sleep"))
            for (command, code, words) in [
                ("nothing", 127, "executable file not found in $PATH"), ("/no/such", 127, "no such file or directory"),
                ("/etc", 126, "is a directory"),
            ] {
                let error = try await #require(throws: LaunchError.self) {
                    _ = try await box.exec(ProcessSpec(arguments: [command], searchPath: "/bin"), in: container)
                }
                #expect(error.exitCode == Int32(code) && error.sentence.contains(words), "\(error)")
            }
            var elsewhere = spec("true")
            elsewhere.workingDirectory = "/no/such/directory"
            let error = try await #require(throws: LaunchError.self) {
                _ = try await box.exec(elsewhere, in: container)
            }
            #expect(error.sentence.hasPrefix("chdir to cwd (\"/no/such/directory\")"))
        }
    }

    /// CVE-2024-21626: a descriptor of the host must not become the working directory.
    @Test func descriptorsAreNoWorkingDirectory() async throws {
        try await Sandbox.with { box in
            let container = try await box.start(box.spec("sleep"))
            for number in 0..<24 {
                var inside = spec("ls", "..")
                inside.workingDirectory = "/proc/self/fd/\(number)"
                let error = try await #require(throws: LaunchError.self) {
                    _ = try await box.exec(inside, in: container)
                }
                #expect(error.step == .workingDirectory)
            }
        }
        try await Sandbox.with { box in
            for number in 0..<24 {
                var spec = box.spec("true")
                spec.process.workingDirectory = "/proc/self/fd/\(number)"
                try await box.expectFailure(spec, at: .workingDirectory)
            }
        }
    }

    @Test func terminalHasItsSizeFromTheStartAndFollows() async throws {
        try await Sandbox.with { box in
            let output = OutputBroadcaster()
            let reading = Reading(output)
            var spec = box.spec("tty", "--watch")
            spec.process.terminal = TerminalSize(rows: 33, columns: 111)
            let container = try await box.start(spec, output: output)
            let first = try await reading.wait(for: "111")
            #expect(first.contains("33"))
            container.resize(TerminalSize(rows: 44, columns: 122))
            let second = try await reading.wait(for: "122")
            #expect(second.contains("44"))
            var inside = self.spec("tty")
            inside.terminal = TerminalSize(rows: 5, columns: 77)
            let exec = try await box.exec(inside, in: container)
            #expect(exec.output.contains("77") && exec.output.hasSuffix("\r\n"))
        }
    }

    @Test func terminalTakesKeys() async throws {
        try await Sandbox.with { box in
            var spec = box.spec("echo")
            spec.process.terminal = TerminalSize(rows: 24, columns: 80)
            spec.process.opensStandardInput = true
            let output = OutputBroadcaster()
            let reading = Reading(output)
            let container = try await box.start(spec, output: output)
            try await container.write(Array("typed\n".utf8))
            // Once the terminal's echo, once the program's answer: then it has its handlers, too.
            _ = try await reading.wait(for: "typed\r\ntyped\r\n")
            try await container.write([3])
            #expect(await container.exit.code == 130)
        }
    }

    @Test func reaperPassesSignalsOn() async throws {
        try await Sandbox.with { box in
            var spec = box.spec("sleep")
            spec.usesInit = true
            let container = try await box.start(spec)
            let comm = try await box.exec(self.spec("cat", "/proc/1/comm"), in: container)
            #expect(comm.output == "docker-init\n")
            let child = try await box.exec(self.spec("cat", "/proc/2/comm"), in: container)
            #expect(child.output == "probe\n")
            try container.signal(SIGTERM)
            #expect(await container.exit.code == 143)
            spec.process.arguments = ["nothing"]
            try await box.expectFailure(spec, at: .exec)
            let code = try await box.run(spec.with { $0.process.arguments = ["probe", "exit", "5"] })
            #expect(code.status.cause == .exited(5))
        }
    }
}

extension ContainerSpec {
    func with(_ change: (inout ContainerSpec) -> Void) -> ContainerSpec {
        var copy = self
        change(&copy)
        return copy
    }
}
