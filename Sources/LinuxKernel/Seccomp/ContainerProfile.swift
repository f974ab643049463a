import Glibc

extension SeccompProfile {
    /// docker's default policy (moby/profiles, seccomp/default_linux.go): what is not named is refused with EPERM.
    public static let containerDefault: SeccompProfile = {
        var profile = SeccompProfile()
        profile.defaultAction = .errno
        profile.defaultErrno = UInt32(EPERM)
        profile.families = [
            .init(architecture: "SCMP_ARCH_X86_64", subArchitectures: ["SCMP_ARCH_X86", "SCMP_ARCH_X32"]),
            .init(architecture: "SCMP_ARCH_AARCH64", subArchitectures: ["SCMP_ARCH_ARM"]),
            .init(architecture: "SCMP_ARCH_S390X", subArchitectures: ["SCMP_ARCH_S390"]),
            .init(architecture: "SCMP_ARCH_RISCV64", subArchitectures: []),
            .init(architecture: "SCMP_ARCH_PPC64LE", subArchitectures: []),
        ]
        profile.rules = [Rule(names: ContainerSyscalls.unconditional, action: .allow)] + tracing + sockets
        profile.rules += personalities + clones
        profile.rules += ContainerSyscalls.byCapability.map {
            Rule(names: $0.names, action: .allow, includes: Filter(capabilities: [$0.capability]))
        }
        profile.rules += ContainerSyscalls.byArchitecture.map {
            Rule(names: $0.names, action: .allow, includes: Filter(architectures: $0.architectures))
        }
        return profile
    }()

    /// Before Linux 4.8, tracing was a way around seccomp.
    private static let tracing = [
        Rule(
            names: ["process_vm_readv", "process_vm_writev", "ptrace"], action: .allow,
            includes: Filter(minimumKernel: KernelVersion(major: 4, minor: 8)))
    ]

    /// All address families but AF_ALG (38), the kernel's cryptography, and AF_VSOCK (40), the way to the machine's host,
    /// up to AF_MCTP (45).
    ///
    /// The kernel takes only the lower half of the argument, so a comparison must not let numbers through that differ from
    /// a refused one in the upper half alone: "not 40" and "more than 40" would.
    private static let sockets: [Rule] =
        [Rule(names: ["socket"], action: .allow, arguments: [.init(index: 0, value: 38, comparison: .less)])]
        + [39, 41, 42, 43, 44, 45].map {
            Rule(names: ["socket"], action: .allow, arguments: [.init(index: 0, value: $0, comparison: .equal)])
        }

    /// PER_LINUX and PER_LINUX32, each with and without UNAME26, and the question for the present one (personality(2)).
    private static let personalities: [Rule] = [0, 0x8, 0x20000, 0x20008, 0xFFFF_FFFF].map {
        Rule(names: ["personality"], action: .allow, arguments: [.init(index: 0, value: $0, comparison: .equal)])
    }

    /// CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET.
    static let namespaceFlags: UInt64 = 0x7E02_0000

    /// Without CAP_SYS_ADMIN no new namespaces. The flags of clone3(2) lie in memory, where no filter sees them, so it
    /// does not seem to exist, and callers fall back on clone(2).
    private static let clones: [Rule] = {
        func clone(flagsAt index: UInt32) -> Rule {
            Rule(
                names: ["clone"], action: .allow,
                arguments: [.init(index: index, value: namespaceFlags, valueTwo: 0, comparison: .maskedEqual)])
        }
        let mainframes = ["s390", "s390x"]
        var usual = clone(flagsAt: 0)
        usual.excludes = Filter(architectures: mainframes, capabilities: ["CAP_SYS_ADMIN"])
        var swapped = clone(flagsAt: 1)
        swapped.includes = Filter(architectures: mainframes)
        swapped.excludes = Filter(capabilities: ["CAP_SYS_ADMIN"])
        let absent = Rule(
            names: ["clone3"], action: .errno, errno: UInt32(ENOSYS),
            excludes: Filter(capabilities: ["CAP_SYS_ADMIN"]))
        return [usual, swapped, absent]
    }()
}
