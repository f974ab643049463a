import Foundation
import LinuxKernel
import Testing

@testable import Engine

/// Goal: a command whose monitor waited in its container for it is where, and as confined as, any other exec. Method: such
/// monitors in a sleeping probe, without cgroups.
@Suite(.enabled(if: Machine.isRoot, Machine.why), .timeLimit(.minutes(2)))
struct WaitingExecTests {
    private struct Waiting {
        let box: Sandbox
        let container: RunningProcess
        let filter: [UInt8]
        let bounding = Sandbox.docker

        var place: ExecPlace { ExecPlace(container: container, filter: filter, bounding: bounding) }

        /// Runs a command in a monitor that waits in the container, and in no other.
        func run(_ change: (inout ProcessSpec) -> Void) async throws -> Sandbox.Ended {
            let parked = try await park(place)
            var spec = ProcessSpec(arguments: ["probe"], searchPath: "/bin")
            spec.seccomp = filter
            spec.capabilities = CapabilitySets(bounding: bounding, permitted: bounding, effective: bounding)
            change(&spec)
            let output = OutputBroadcaster()
            let reading = Reading(output)
            let command = try await box.launcher.exec(spec, inside: container, parked: parked, output: output)
            #expect(command.monitor == parked.monitor?.pid)
            if spec.opensStandardInput {
                try await command.write(Array("typed\n".utf8))
                command.closeStandardInput()
            }
            return try await reading.ended(command)
        }

        func park(_ place: ExecPlace) async throws -> ParkedProcess {
            let parked = try box.launcher.parkExec(CgroupPlacement(), home: [], in: place)
            #expect(await parked.isReady())
            return parked
        }
    }

    private static func with(_ body: (Waiting) async throws -> Void) async throws {
        let capabilities = CapabilitySet(rawValue: Sandbox.docker)
        let filter = try #require(try SeccompCache().program(.containerDefault, capabilities: capabilities))
        try await Sandbox.with { box in
            let container = try await box.start(box.spec("sleep").with { $0.namespaces.insert(.network) })
            try await body(Waiting(box: box, container: container, filter: filter.instructions))
        }
    }

    @Test func isInEveryNamespaceOfItsContainer() async throws {
        try await Self.with { waiting in
            let inside = try await waiting.run { $0.arguments += ["ls", "/proc/self/ns"] }
            for kind in ["mnt", "pid", "net", "uts", "ipc", "cgroup", "time"] {
                let path = "/proc/\(waiting.container.pid)/ns/\(kind)"
                guard let own = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else { continue }
                #expect(inside.output.contains(own), "\(kind): \(inside.output)")
            }
        }
    }

    /// Once, and with the user, groups and capabilities of the spec.
    @Test func isUnderTheFilterOnce() async throws {
        try await Self.with { waiting in
            let status = try await waiting.run { spec in
                spec.arguments += ["cat", "/proc/self/status"]
                spec.noNewPrivileges = true
                spec.capabilities = CapabilitySets(bounding: Sandbox.docker, permitted: 0x21, effective: 0x21)
            }.output
            let fields = Dictionary(
                status.split(separator: "\n").map { line in
                    let parts = line.split(separator: ":", maxSplits: 1)
                    return (String(parts[0]), parts.last?.trimmingCharacters(in: .whitespaces) ?? "")
                }, uniquingKeysWith: { first, _ in first })
            #expect(fields["Seccomp"] == "2" && fields["NoNewPrivs"] == "1", "\(status)")
            #expect(fields["Seccomp_filters"].map { $0 == "1" } ?? true, "\(status)")
            #expect(fields["CapBnd"] == "00000000a80425fb" && fields["CapEff"] == "0000000000000021", "\(status)")
        }
    }

    @Test func nobodyInTheContainerSeesTheMonitor() async throws {
        try await Self.with { waiting in
            let other = try await waiting.park(waiting.place)
            let listing = try await waiting.run { $0.arguments += ["ls", "/proc"] }
            let folders = listing.output.split(separator: "\n").filter { $0.hasPrefix("directory") }
            let names = folders.compactMap { $0.split(separator: " ").last }
            #expect(names.compactMap { Int($0) } == [1, 2], "\(listing.output)")
            #expect(other.monitor?.hasExited == false)
        }
    }

    /// CVE-2025-52881: what the monitor needs of the host it does not look for in the container.
    @Test func whatTheContainerForgesIsNotUsed() async throws {
        try await Self.with { waiting in
            let forged = try await waiting.box.exec(
                ProcessSpec(arguments: ["probe", "write", "/dev/forged", "forged"], searchPath: "/bin"),
                in: waiting.container)
            try #require(forged.status.code == 0, "\(forged.errors)")
            let root = "/proc/\(waiting.container.pid)/root"
            try #require(rename("\(root)/dev/forged", "\(root)/dev/null") == 0)
            let input = try await waiting.run { $0.arguments += ["cat", "/proc/self/fd/0"] }
            #expect(input.status.code == 0 && input.output.isEmpty, "\(input)")
            let score = try await waiting.run { spec in
                spec.arguments += ["cat", "/proc/self/oom_score_adj"]
                spec.outOfMemoryScore = 77
            }
            #expect(score.output == "77\n", "\(score)")
        }
    }

    @Test func hasATerminalOrInputOfItsOwn() async throws {
        try await Self.with { waiting in
            let terminal = try await waiting.run { spec in
                spec.arguments += ["tty"]
                spec.terminal = TerminalSize(rows: 5, columns: 77)
            }
            #expect(terminal.output.contains("77") && terminal.output.hasSuffix("\r\n"))
            let input = try await waiting.run { spec in
                spec.arguments += ["echo"]
                spec.opensStandardInput = true
            }
            #expect(input.output == "typed\neof\n")
        }
    }

    /// A spec too long to be carried by its message comes as a file.
    @Test(arguments: [10, 20_000]) func anEnvironmentOfAnyLengthArrives(length: Int) async throws {
        try await Self.with { waiting in
            let value = String(repeating: "x", count: length)
            let inside = try await waiting.run { spec in
                spec.arguments += ["cat", "/proc/self/environ"]
                spec.environment = ["LONG=\(value)"]
            }
            #expect(inside.output == "LONG=\(value)\0")
        }
    }

    @Test func aFailureIsTold() async throws {
        try await Self.with { waiting in
            let error = try await #require(throws: LaunchError.self) {
                _ = try await waiting.run { $0.arguments = ["nothing"] }
            }
            #expect(error.exitCode == 127)
        }
    }

    /// A privileged exec, say, or one in the container's next run.
    @Test func oneThatWaitsElsewhereIsNotUsed() async throws {
        try await Self.with { waiting in
            let parked = try await waiting.park(waiting.place)
            let free = ProcessSpec(arguments: ["probe", "cat", "/proc/self/status"], searchPath: "/bin")
            let output = OutputBroadcaster()
            let reading = Reading(output)
            let command = try await waiting.box.launcher.exec(
                free, inside: waiting.container, parked: parked, output: output)
            #expect(command.monitor != parked.monitor?.pid)
            #expect(try await reading.ended(command).output.contains("Seccomp:\t0"))
            try await Sandbox.with(waiting.box.launcher) { other in
                let stranger = try await other.start(other.spec("sleep"))
                var spec = ProcessSpec(arguments: ["probe", "exit", "3"], searchPath: "/bin")
                spec.seccomp = waiting.filter
                spec.capabilities = CapabilitySets(bounding: Sandbox.docker, permitted: 0, effective: 0)
                let command = try await other.launcher.exec(spec, inside: stranger, parked: parked)
                #expect(command.monitor != parked.monitor?.pid)
                #expect(await command.exit.code == 3)
            }
        }
    }
}
