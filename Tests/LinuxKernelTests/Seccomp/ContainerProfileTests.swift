import CSeccomp
import Glibc
import Testing

@testable import LinuxKernel

/// Goal: the default policy decides as docker's does. Method: run the compiled program in an interpreter.
@Suite struct ContainerProfileTests {
    static let allow: UInt32 = 0x7FFF_0000
    static let notPermitted: UInt32 = 0x0005_0001
    static let notImplemented: UInt32 = 0x0005_0026

    /// A program and the architectures it is asked about.
    struct Policy {
        let interpreter: FilterInterpreter
        let program: SeccompProgram

        init(
            _ profile: SeccompProfile = .containerDefault, adding: [String] = [], architecture: String = "x86_64"
        ) throws {
            let capabilities = CapabilitySet.containerDefault.union(
                CapabilitySet(adding.compactMap { Capability(name: $0) }))
            let machine = SeccompCompiler.Machine(
                architecture: architecture, kernel: KernelVersion(major: 6, minor: 18))
            program = try #require(
                try SeccompCompiler(profile: profile, capabilities: capabilities, machine: machine).program())
            interpreter = FilterInterpreter(program.instructions)
        }

        /// The verdict on a call by name, or `nil` where the architecture has no such call.
        func verdict(_ name: String, _ arguments: [UInt64] = [], on architecture: String = "x86_64") throws -> UInt32? {
            let token = seccomp_arch_resolve_name(architecture)
            let number = seccomp_syscall_resolve_name_arch(token, name)
            guard number >= 0 else { return nil }
            // x32 is x86-64 to the kernel; libseccomp's numbers for it carry the bit already.
            let audit = architecture == "x32" ? seccomp_arch_resolve_name("x86_64") : token
            return try interpreter.verdict(
                .init(architecture: audit, number: UInt32(number), arguments: arguments))
        }

        func verdict(number: UInt32, on architecture: UInt32 = 0xC000_003E) throws -> UInt32 {
            try interpreter.verdict(.init(architecture: architecture, number: number))
        }
    }

    @Test func theFiguresAreDockers() {
        #expect(ContainerSyscalls.unconditional.count == 361)
        #expect(Set(ContainerSyscalls.unconditional).count == 361)
    }

    @Test func defaultCapabilitiesAllowThreeHundredAndSeventyNames() throws {
        let conditional: Set<String> = [
            "ptrace", "process_vm_readv", "process_vm_writev", "socket", "personality", "clone",
        ]
        let added = Set(["chroot", "arch_prctl", "modify_ldt"])
        #expect(Set(ContainerSyscalls.unconditional).union(conditional).union(added).count == 370)
        let policy = try Policy()
        for name in ["ptrace", "process_vm_readv", "chroot", "arch_prctl", "modify_ldt"] {
            #expect(try policy.verdict(name) == Self.allow, "\(name)")
        }
    }

    @Test(arguments: ["x86_64", "x86", "x32"]) func everyUnconditionalCallIsAllowed(architecture: String) throws {
        let policy = try Policy()
        var seen = 0
        for name in ContainerSyscalls.unconditional {
            guard let verdict = try policy.verdict(name, on: architecture) else { continue }
            seen += 1
            #expect(verdict == Self.allow, "\(name) on \(architecture)")
        }
        #expect(seen > 250)
    }

    @Test(arguments: ["aarch64", "arm"]) func armIsServed(architecture: String) throws {
        let policy = try Policy(architecture: "aarch64")
        for name in ["read", "openat", "execve", "futex"] {
            #expect(try policy.verdict(name, on: architecture) == Self.allow, "\(name)")
        }
        #expect(try policy.verdict("mount", on: architecture) == Self.notPermitted)
        #expect(try policy.verdict("read", on: "x86_64") != Self.allow)
    }

    @Test(arguments: [
        "mount", "umount2", "keyctl", "add_key", "request_key", "bpf", "unshare", "setns", "reboot", "kexec_load",
        "init_module", "perf_event_open", "userfaultfd", "io_uring_setup", "open_by_handle_at", "swapon", "acct",
        "settimeofday", "iopl", "syslog", "move_mount", "fsopen", "pivot_root", "quotactl", "kcmp",
    ])
    func dangerousCallsAreRefused(name: String) throws {
        let policy = try Policy()
        #expect(try policy.verdict(name) == Self.notPermitted)
        if let verdict = try policy.verdict(name, on: "x86") { #expect(verdict == Self.notPermitted) }
    }

    @Test func clone3SeemsAbsentAndCloneMakesNoNamespaces() throws {
        let policy = try Policy()
        #expect(try policy.verdict("clone3") == Self.notImplemented)
        #expect(try policy.verdict("clone", [0x003D_0F00]) == Self.allow)
        for flag in [17, 25, 26, 27, 28, 29, 30] as [UInt64] {
            #expect(try policy.verdict("clone", [1 << flag | 0x11]) == Self.notPermitted, "flag \(flag)")
        }
    }

    @Test func administratorsMayMountAndMakeNamespaces() throws {
        let policy = try Policy(adding: ["SYS_ADMIN"])
        for name in ["mount", "unshare", "setns", "clone3", "bpf", "syslog", "umount2"] {
            #expect(try policy.verdict(name) == Self.allow, "\(name)")
        }
        #expect(try policy.verdict("clone", [0x7E02_0011]) == Self.allow)
        #expect(try policy.verdict("keyctl") == Self.notPermitted)
    }

    @Test(arguments: ContainerSyscalls.byCapability.map(\.capability)) func aCapabilityBringsItsCalls(name: String)
        throws
    {
        let capability = try #require(Capability(name: name))
        let with = try Policy(adding: [name])
        let names = try #require(ContainerSyscalls.byCapability.first { $0.capability == name }).names
        for call in names {
            guard let verdict = try with.verdict(call) else { continue }
            #expect(verdict == Self.allow, "\(call) with \(capability)")
        }
    }

    @Test func onlyHarmlessAddressFamiliesAreLeft() throws {
        let policy = try Policy()
        for family in 1...45 as ClosedRange<UInt64> {
            let expected = family == 38 || family == 40 ? Self.notPermitted : Self.allow
            #expect(try policy.verdict("socket", [family, 1, 0]) == expected, "family \(family)")
            // The kernel looks at the lower half alone, so a number with the same lower half must not slip through.
            let disguised = try policy.verdict("socket", [1 << 32 | family, 1, 0])
            if family == 38 || family == 40 { #expect(disguised == Self.notPermitted, "family \(family), disguised") }
        }
        #expect(try policy.verdict("socket", [46, 1, 0]) == Self.notPermitted)
    }

    @Test func fivePersonalitiesAreLeft() throws {
        let policy = try Policy()
        for value in [0, 8, 0x20000, 0x20008, 0xFFFF_FFFF] as [UInt64] {
            #expect(try policy.verdict("personality", [value]) == Self.allow)
        }
        #expect(try policy.verdict("personality", [0x40000]) == Self.notPermitted)
    }

    @Test func callsOfTheFutureSeemAbsent() throws {
        let policy = try Policy()
        for number in [467, 500, 0x3FFF_FFFF] as [UInt32] {
            #expect(try policy.verdict(number: number) == Self.notImplemented, "number \(number)")
            // x32 has numbers of its own up to 547.
            let x32 = 0x4000_0000 | max(number, 548)
            #expect(try policy.verdict(number: x32) == Self.notImplemented, "number \(x32) of x32")
            #expect(
                try policy.verdict(number: number, on: 0x4000_0003) == Self.notImplemented, "number \(number) of x86")
        }
        // vmsplice's neighbours that are old and refused stay EPERM.
        #expect(try policy.verdict("kexec_file_load") == Self.notPermitted)
    }

    @Test func callsThatTheLibraryMayNotKnowAreAllowed() throws {
        let policy = try Policy()
        for (name, number) in ContainerSyscalls.numbers {
            let expected = name.hasPrefix("lsm_") ? Self.notPermitted : Self.allow
            #expect(try policy.verdict(number: number) == expected, "\(name)")
            #expect(try policy.verdict(number: number, on: 0x4000_0003) == expected, "\(name) on x86")
        }
        #expect(try policy.verdict(number: 335) == Self.allow)
    }

    @Test func strangeArchitecturesAreKilled() throws {
        #expect(try Policy().verdict(number: 0, on: 0xC000_00B7) == 0)
    }
}
