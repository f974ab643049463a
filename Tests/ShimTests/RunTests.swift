import CLinux
import Foundation
import Testing

@testable import Engine

/// Goal: a container runs, speaks and ends as docker's do. Method: real containers around the probe.
@Suite(.enabled(if: Machine.isRoot, Machine.why), .timeLimit(.minutes(2)))
struct RunTests {
    @Test(arguments: [0, 1, 7, 255]) func exitCodeIsKept(code: Int32) async throws {
        try await Sandbox.with { box in
            let ended = try await box.run(box.spec("exit", "\(code)"))
            #expect(ended.status.cause == .exited(code))
            #expect(ended.status.code == code)
            #expect(abs(ended.status.finished - clinux_realtime_ns()) < 60_000_000_000)
        }
    }

    @Test func deathBySignalIsTold() async throws {
        try await Sandbox.with { box in
            let process = try await box.start(box.spec("pause"))
            try process.signal(SIGKILL)
            let status = await process.exit
            #expect(status.cause == .signaled(SIGKILL))
            #expect(status.code == 137)
            #expect(throws: LaunchError.self) { try process.signal(SIGKILL) }
        }
    }

    /// The same folders again, whose lock and mounts the run before may still have when its end is known.
    @Test func theNextRunMayFollowOnceTheMonitorHasLeft() async throws {
        try await Sandbox.with { box in
            var spec = box.spec("exit", "3")
            spec.unmountsLate = true
            let unasked = try await box.start(spec)
            #expect(await unasked.exit.cause == .exited(3))
            #expect(await unasked.departs(within: .seconds(20)))
            for _ in 0..<20 {
                let process = try await box.start(spec)
                #expect(await process.exit.cause == .exited(3))
                process.letGo()
                #expect(await process.departs(within: .seconds(20)))
            }
        }
    }

    @Test func signalsReachTheCommand() async throws {
        try await Sandbox.with { box in
            let output = OutputBroadcaster()
            let reading = Reading(output)
            let process = try await box.start(box.spec("signals", "--exit-on", "TERM=42"), output: output)
            _ = try await reading.wait(for: "ready")
            try process.signal(SIGTERM)
            #expect(await process.exit.cause == .exited(42))
        }
    }

    @Test func streamsAreApart() async throws {
        try await Sandbox.with { box in
            let out = try await box.run(box.spec("print", "to stdout"))
            #expect(out.output == "to stdout\n")
            #expect(out.errors == "")
            let err = try await box.run(box.spec("print", "--stderr", "to stderr"))
            #expect(err.output == "")
            #expect(err.errors == "to stderr\n")
        }
    }

    @Test func environmentHostnameAndDirectoryAreTheSpecs() async throws {
        try await Sandbox.with { box in
            var spec = box.spec("identity")
            spec.process.workingDirectory = "/made/on/the/way"
            spec.domainName = "sea"
            let identity = try await box.run(spec).output
            #expect(identity.contains("\"hostname\":\"harbour\"") || identity.contains("\"hostname\": \"harbour\""))
            #expect(identity.contains("/made/on/the/way"))
            let environment = try await box.run(box.spec("env")).output
            #expect(environment == "A=b\n")
            spec.process.arguments = ["probe", "cat", "/proc/sys/kernel/domainname"]
            let domain = try await box.run(spec).output
            #expect(domain == "sea\n")
        }
    }

    @Test func withoutStandardInputItIsTheNullDevice() async throws {
        try await Sandbox.with { box in
            let output = try await box.run(box.spec("echo")).output
            #expect(output == "eof\n")
        }
    }

    @Test func standardInputArrivesWholeAndEnds() async throws {
        try await Sandbox.with { box in
            var spec = box.spec("echo")
            spec.process.opensStandardInput = true
            let output = OutputBroadcaster()
            let reading = Reading(output)
            let process = try await box.start(spec, output: output)
            // Far more than pipe and message hold, so that flow control is at work.
            let text = String(repeating: "0123456789abcdef\n", count: 30_000)
            async let written: Void = process.write(Array(text.utf8))
            async let ended = reading.ended(process)
            try await written
            process.closeStandardInput()
            let echoed = try await ended.output
            #expect(echoed == text + "eof\n")
            await #expect(throws: LaunchError.self) { try await process.write([1]) }
        }
    }

    @Test func writersThatGiveUpDoNotBlockTheNext() async throws {
        try await Sandbox.with { box in
            var spec = box.spec("log", "--lines", "1", "--wait")
            spec.process.opensStandardInput = true
            let output = OutputBroadcaster()
            let reading = Reading(output)
            let process = try await box.start(spec, output: output)
            // Process 1 gets no signal before it has a handler (pid_namespaces(7)).
            _ = try await reading.wait(for: "line 1")
            let stuck = Task { try await process.write([UInt8](repeating: 65, count: 1 << 20)) }
            stuck.cancel()
            await #expect(throws: LaunchError.self) { try await stuck.value }
            try process.signal(SIGTERM)
            #expect(await process.exit.code == 143)
        }
    }

    @Test func nothingButTheStandardDescriptorsIsOpen() async throws {
        try await Sandbox.with { box in
            let listing = try await box.run(box.spec("ls", "/proc/self/fd")).output
            let numbers = listing.split(separator: "\n").compactMap { line in
                line.split(separator: " ").dropFirst(5).first.flatMap { Int($0) }
            }
            // The fourth is the directory that is being listed.
            #expect(numbers.sorted().prefix(3) == [0, 1, 2])
            #expect(numbers.count <= 4, "\(listing)")
            let inside = try await box.run(box.spec("fds")).output
            #expect(!inside.contains("memfd") && !inside.contains("socket") && !inside.contains("drydock"), "\(inside)")
        }
    }

    @Test func processesAreNumberedFromOne() async throws {
        try await Sandbox.with { box in
            let status = try await box.run(box.spec("cat", "/proc/self/status")).output
            #expect(status.contains("\nPid:\t1\n"))
            #expect(status.contains("\nSigBlk:\t0000000000000000\n"), "no signal stays blocked")
            #expect(status.contains("\nSigIgn:\t0000000000000000\n"), "no signal stays ignored")
        }
    }

    @Test func failuresNameTheirStep() async throws {
        try await Sandbox.with { box in
            var spec = box.spec("true")
            spec.process.arguments = ["/no/such/program"]
            let absent = try await box.failure(spec)
            #expect(absent.step == .exec && absent.errno == ENOENT && absent.exitCode == 127)
            #expect(absent.sentence == "exec: \"/no/such/program\": stat /no/such/program: no such file or directory")
            spec.process.arguments = ["nothing"]
            let unknown = try await box.failure(spec).sentence
            #expect(unknown == "exec: \"nothing\": executable file not found in $PATH")
            spec.process.arguments = ["/etc"]
            let folder = try await box.failure(spec)
            #expect(folder.exitCode == 126)
            #expect(folder.sentence == "exec: \"/etc\": is a directory: permission denied")
            try box.put("lower/etc/plain", "text", mode: 0o644)
            spec.process.arguments = ["/etc/plain"]
            let plain = try await box.failure(spec)
            #expect(plain.exitCode == 126 && plain.sentence == "exec: \"/etc/plain\": permission denied")
            spec = box.spec("true")
            spec.mounts.append(.filesystem("nosuchfs", at: "/mnt"))
            try await box.expectFailure(spec, at: .mount)
            spec = box.spec("true")
            spec.mounts.append(.bind("/no/such/source", at: "/mnt"))
            let bind = try await box.failure(spec)
            #expect(bind.step == .mount && bind.errno == ENOENT && bind.detail == "/no/such/source")
            spec = box.spec("true")
            spec.root.lowers = [box.folder + "/nothing"]
            try await box.expectFailure(spec, at: .root)
            spec = box.spec("true")
            spec.process.cgroup.procsFiles = [box.folder + "/cgroup.procs"]
            try await box.expectFailure(spec, at: .cgroup)
            spec = box.spec("true")
            spec.log = LogFile(path: box.folder + "/no/such/folder/log")
            try await box.expectFailure(spec, at: .log)
            // After all of that the same directory starts a container.
            let ended = try await box.run(box.spec("exit", "3"))
            #expect(ended.status.code == 3)
        }
    }

    @Test func stringsWithZeroBytesAreRefused() async throws {
        try await Sandbox.with { box in
            try await box.expectFailure(box.spec("print", "a\0b"), at: .spec)
        }
    }

    @Test func twoRunsInOneDirectoryAreRefused() async throws {
        try await Sandbox.with { box in
            let process = try await box.start(box.spec("sleep"))
            try await box.expectFailure(box.spec("true"), at: .busy)
            try process.signal(SIGKILL)
            #expect(await process.exit.code == 137)
        }
    }

    @Test func twentyAtOnce() async throws {
        let launcher = try Launcher()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    try await Sandbox.with(launcher) { box in
                        let ended = try await box.run(box.spec("print", "number \(number)"))
                        #expect(ended.output == "number \(number)\n")
                        #expect(ended.status.code == 0)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func phasesAreInOrder() async throws {
        try await Sandbox.with { box in
            let process = try await box.start(box.spec("true"))
            let passed = process.phases.times.filter { $0 != 0 }
            #expect(passed.count == 10)
            #expect(passed == passed.sorted())
            #expect(process.phases.durations.map(\.name).last == "exec")
            _ = await process.exit
        }
    }
}
