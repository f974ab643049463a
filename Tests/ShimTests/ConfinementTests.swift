import CLinux
import Foundation
import Testing

@testable import Engine

/// Goal: a container has exactly the rights that its spec names. Method: /proc/self of a confined probe.
@Suite(.enabled(if: Machine.isRoot, Machine.why), .timeLimit(.minutes(2)))
struct ConfinementTests {
    private func status(_ spec: ContainerSpec, in box: Sandbox) async throws -> [String: String] {
        var spec = spec
        spec.process.arguments = ["probe", "cat", "/proc/self/status"]
        return try await box.run(spec).output.split(separator: "\n").reduce(into: [:]) { table, line in
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 {
                table[String(parts[0])] = parts[1].split(separator: "\t").joined(separator: " ")
                    .trimmingCharacters(in: .whitespaces)
            }
        }
    }

    @Test func capabilitiesAreDockers() async throws {
        try await Sandbox.with { box in
            let status = try await status(box.spec("true"), in: box)
            #expect(status["CapBnd"] == "00000000a80425fb")
            #expect(status["CapPrm"] == "00000000a80425fb")
            #expect(status["CapEff"] == "00000000a80425fb")
            #expect(status["CapInh"] == "0000000000000000")
            #expect(status["CapAmb"] == "0000000000000000")
        }
    }

    @Test func anotherUserHasNoneInForceButKeepsTheBoundingSet() async throws {
        try await Sandbox.with { box in
            var spec = box.spec("true")
            spec.process.identity = Identity(uid: 1000, gid: 1001, groups: [1001, 5, 70000], umask: 0o027)
            spec.process.capabilities = CapabilitySets(bounding: Sandbox.docker, permitted: 0, effective: 0)
            let status = try await status(spec, in: box)
            #expect(status["Uid"] == "1000 1000 1000 1000")
            #expect(status["Gid"] == "1001 1001 1001 1001")
            #expect(status["Groups"]?.split(separator: " ") == ["5", "1001", "70000"])
            #expect(status["Umask"] == "0027")
            #expect(status["CapEff"] == "0000000000000000")
            #expect(status["CapBnd"] == "00000000a80425fb")
        }
    }

    @Test func ambientCapabilitiesReachAnotherUser() async throws {
        try await Sandbox.with { box in
            var spec = box.spec("true")
            spec.process.identity = Identity(uid: 1000, gid: 1000, groups: [1000])
            spec.process.capabilities = CapabilitySets(
                bounding: 1 << 10, permitted: 1 << 10, effective: 1 << 10, inheritable: 1 << 10, ambient: 1 << 10)
            let status = try await status(spec, in: box)
            #expect(status["CapEff"] == "0000000000000400")
            #expect(status["CapAmb"] == "0000000000000400")
        }
    }

    @Test(arguments: [UInt32.max, 1 << 31]) func numbersBeyondTheRangeAreRefused(number: UInt32) async throws {
        try await Sandbox.with { box in
            var spec = box.spec("true")
            spec.process.identity = Identity(uid: number, gid: 0)
            try await box.expectFailure(spec, at: .identity)
            spec.process.identity = Identity(uid: 0, gid: number)
            try await box.expectFailure(spec, at: .identity)
        }
    }

    @Test(arguments: [true, false]) func noNewPrivilegesIsAsAsked(isOn: Bool) async throws {
        try await Sandbox.with { box in
            var spec = box.spec("true")
            spec.process.noNewPrivileges = isOn
            let status = try await status(spec, in: box)
            #expect(status["NoNewPrivs"] == (isOn ? "1" : "0"))
            #expect(status["Seccomp"] == "0")
        }
    }

    /// Answers EPERM to openat(2) and allows the rest.
    private static func filter() -> [UInt8] {
        #if arch(x86_64)
            let number: UInt32 = 257
        #else
            let number: UInt32 = 56
        #endif
        // BPF_LD|W|ABS nr; BPF_JMP|JEQ; BPF_RET|K twice (linux/filter.h, linux/seccomp.h).
        let program: [(UInt16, UInt8, UInt8, UInt32)] = [
            (0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x0005_0001), (0x06, 0, 0, 0x7fff_0000),
        ]
        var bytes: [UInt8] = []
        for (code, yes, no, value) in program {
            withUnsafeBytes(of: code.littleEndian) { bytes.append(contentsOf: $0) }
            bytes.append(yes)
            bytes.append(no)
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    @Test(arguments: [true, false]) func seccompProgramIsInForce(noNewPrivileges: Bool) async throws {
        try await Sandbox.with { box in
            var spec = box.spec("cat", "/proc/self/status")
            spec.process.noNewPrivileges = noNewPrivileges
            let before = try await box.run(spec)
            #expect(before.status.code == 0)
            spec.process.seccomp = Self.filter()
            let after = try await box.run(spec)
            #expect(after.status.code == 1)
            #expect(after.errors.contains("not permitted"), "\(after.errors)")
        }
    }

    @Test func damagedSeccompProgramIsRefused() async throws {
        try await Sandbox.with { box in
            var spec = box.spec("true")
            spec.process.seccomp = [255, 255, 0, 0, 0, 0, 0, 0]
            try await box.expectFailure(spec, at: .seccomp)
        }
    }

    @Test func limitsAreSet() async throws {
        try await Sandbox.with { box in
            var spec = box.spec("cat", "/proc/self/limits")
            spec.process.limits = [ResourceLimit(resource: 7, soft: 77, hard: 99)]
            let limits = try await box.run(spec).output
            let line = limits.split(separator: "\n").first { $0.hasPrefix("Max open files") }
            #expect(line?.split(separator: " ").dropFirst(3).prefix(2) == ["77", "99"])
            spec.process.limits = [ResourceLimit(resource: 7, soft: 2, hard: 1)]
            let error = try await box.failure(spec)
            #expect(error.step == .rlimit && error.detail == "7")
        }
    }

    @Test(arguments: [0, 500]) func outOfMemoryScoreIsTheSpecsNotTheMonitors(score: Int32) async throws {
        try await Sandbox.with { box in
            var spec = box.spec("cat", "/proc/self/oom_score_adj")
            spec.process.outOfMemoryScore = score
            let found = try await box.run(spec).output
            #expect(found == "\(score)\n")
        }
    }

    /// Nobody of the container's own user may look into what process 1 was before it became the command.
    /// The kernel sees to that where the user changes; where it stays root, the shim must.
    @Test(arguments: [0, 1000] as [UInt32])
    func reaperRunsFromASealedImageThatNobodyMayOpen(user: UInt32) async throws {
        try await Sandbox.with { box in
            var spec = box.spec("sleep")
            spec.usesInit = true
            spec.process.identity = Identity(uid: user, gid: user, groups: [user])
            spec.process.capabilities = CapabilitySets(bounding: 0, permitted: 0, effective: 0)
            let container = try await box.start(spec)
            let image = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(container.pid)/exe")
            #expect(image == "/memfd:drydock-shim (deleted)")
            let file = open("/proc/\(container.pid)/exe", O_RDONLY)
            defer { close(file) }
            // F_GET_SEALS: F_SEAL_SEAL, SHRINK, GROW and WRITE.
            #expect(fcntl(file, 1034) & 0xf == 0xf)
            var inside = ProcessSpec(arguments: ["probe", "cat", "/proc/1/environ"], searchPath: "/bin")
            inside.identity = spec.process.identity
            inside.capabilities = spec.process.capabilities
            let peek = try await box.exec(inside, in: container)
            #expect(peek.status.code == 1)
            #expect(peek.errors.contains("denied") || peek.errors.contains("not permitted"), "\(peek.errors)")
        }
    }
}
