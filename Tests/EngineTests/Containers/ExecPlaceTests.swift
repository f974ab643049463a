import Foundation
import LinuxKernel
import Testing

@testable import Engine

/// Goal: a command whose monitor waited for it differs from no other, and holds on to nothing. Method: one exec after
/// another in containers of busybox.
@Suite(.enabled(if: Machine.isFit, Machine.why), .serialized, .timeLimit(.minutes(2)))
struct ExecPlaceTests {
    private static func exec(
        _ engine: Engine, _ id: String, _ command: String..., change: (inout ExecConfiguration) -> Void = { _ in }
    ) async throws -> String {
        var configuration = ExecConfiguration()
        configuration.attachStdout = true
        configuration.attachStderr = true
        configuration.command = command
        change(&configuration)
        let exec = try engine.createExec(id, configuration)
        return try await Harbour.collect(try engine.startExec(exec, ExecStartOptions()))
    }

    /// The filters, and whether all capabilities are had.
    private static func confinement(_ status: String) -> [String] {
        status.split(separator: "\n").filter { $0.hasPrefix("Seccomp:") || $0.hasPrefix("CapEff:") }.map {
            $0.filter { !$0.isWhitespace }
        }
    }

    @Test func oneAfterTheOtherIsConfinedAlike() async throws {
        try await Harbour.with { harbour in
            let engine = harbour.engine
            let id = try await harbour.run(Harbour.request("sleep", "600"))
            var seen: [[String]] = []
            for isPrivileged in [false, false, true, false] {
                let status = try await Self.exec(engine, id, "cat", "/proc/self/status") {
                    $0.privileged = isPrivileged
                }
                seen.append(Self.confinement(status))
            }
            #expect(seen[0] == ["CapEff:00000000a80425fb", "Seccomp:2"])
            #expect(seen[1] == seen[0] && seen[3] == seen[0])
            #expect(seen[2].last == "Seccomp:0" && seen[2].first != seen[0].first)
        }
    }

    @Test(arguments: ["unconfined", "refusing"])
    func aProfileOfTheUsersHoldsForEveryExec(profile: String) async throws {
        // Monitors need every one of these.
        let refusing = #"""
            {"defaultAction":"SCMP_ACT_ALLOW",
            "syscalls":[{"names":["poll","ppoll","recvmsg","sendmsg","waitid"],"action":"SCMP_ACT_ERRNO"}]}
            """#
        try await Harbour.with { harbour in
            let option = "seccomp=" + (profile == "refusing" ? refusing : profile)
            let id = try await harbour.run(
                Harbour.request("sleep", "600") { $0.hostConfiguration.securityOptions = [option] })
            let mode = profile == "refusing" ? "Seccomp:2" : "Seccomp:0"
            for _ in 0..<3 {
                let status = try await Self.exec(harbour.engine, id, "cat", "/proc/self/status")
                #expect(Self.confinement(status).last == mode)
            }
        }
    }

    @Test func whoGoesBeforeTheConnectionIsThereHasItsCommandRunAllTheSame() async throws {
        try await Harbour.with { harbour in
            let engine = harbour.engine
            let id = try await harbour.run(Harbour.request("sleep", "600"))
            var configuration = ExecConfiguration()
            configuration.command = ["sh", "-c", "exit 9"]
            let exec = try engine.createExec(id, configuration)
            _ = try engine.startExec(exec, ExecStartOptions())
            let limit = ContinuousClock.now + .seconds(20)
            while try engine.inspectExec(exec).exitCode == nil {
                try #require(ContinuousClock.now < limit, "it never ran")
                await Task.yield()
            }
            #expect(try engine.inspectExec(exec).exitCode == 9)
        }
    }

    /// What a run had mounted must be gone before the next one mounts it: an overlay is not to be there twice.
    @Test func nobodyIsLeftInsideWhenAContainerStartsAgain() async throws {
        try await Harbour.with { harbour in
            let engine = harbour.engine
            let id = try await harbour.run(Harbour.request("sleep", "600"))
            for _ in 0..<5 {
                #expect(try await Self.exec(engine, id, "echo", "inside") == "inside\n")
                var running = ExecConfiguration()
                running.command = ["sleep", "600"]
                try await engine.startDetachedExec(try engine.createExec(id, running), ExecStartOptions())
                let pid = try #require(try engine.container(id).read { $0.process?.pid })
                let mounts = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/ns/mnt")
                try await engine.restart(id, timeout: 0)
                let holders = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
                    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(name)/ns/mnt")
                    return link == mounts
                }
                // The number of a namespace that is gone may be the next one's.
                let next = try #require(try engine.container(id).read { $0.process?.pid })
                #expect(holders.filter { $0 != "\(next)" } == [])
            }
        }
    }

    /// A monitor that takes its time, as on a busy machine.
    @Test func whoKeepsWhatIsMountedIsWaitedFor() async throws {
        try await Harbour.with { harbour in
            let execs = harbour.engine.preparedExecs
            let container = try harbour.engine.container(try await harbour.engine.create(Harbour.request("true")).id)
            let holder = Process()
            holder.executableURL = URL(filePath: "/bin/sleep")
            holder.arguments = ["60"]
            holder.standardOutput = FileHandle.nullDevice
            holder.standardError = FileHandle.nullDevice
            try holder.run()
            let handle = try ProcessHandle(pid: holder.processIdentifier)
            execs.isInside(handle, of: container)
            #expect(await !execs.depart(container, within: .milliseconds(50)))
            execs.isInside(handle, of: container)
            async let hasGone = execs.depart(container, within: .seconds(20))
            try handle.signal(SIGKILL)
            #expect(await hasGone)
        }
    }
}
