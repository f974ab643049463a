import CLinux
import CSeccomp
import Glibc

/// Turns a profile into a program, through libseccomp.
struct SeccompCompiler {
    let profile: SeccompProfile
    let capabilities: CapabilitySet
    let machine: Machine

    /// For whom a profile is compiled.
    struct Machine: Sendable, Hashable {
        /// libseccomp's name of the architecture: `x86_64`.
        var architecture: String
        /// The kernel's version.
        var kernel: KernelVersion

        /// This machine.
        static func current() throws(SeccompError) -> Machine {
            let facts: HostFacts
            do {
                facts = try HostFacts.current()
            } catch {
                throw SeccompError(error.description)
            }
            guard let kernel = KernelVersion(release: facts.kernelVersion) else {
                throw SeccompError("the kernel's version \"\(facts.kernelVersion)\" has no two numbers")
            }
            return Machine(architecture: facts.architecture, kernel: kernel)
        }

        /// The architecture's name in Go, which profiles use.
        var goName: String { ["x86_64": "amd64", "aarch64": "arm64"][architecture] ?? architecture }
    }

    /// The program; `nil` for a profile that filters nothing.
    ///
    /// - Parameter isCompact: whether it is rewritten to be loaded in less time.
    func program(isCompact: Bool = true) throws(SeccompError) -> SeccompProgram? {
        guard let defaultAction = profile.defaultAction else { return nil }
        let defaultValue = Self.value(defaultAction, profile.defaultErrno)
        guard let context = seccomp_init(defaultValue) else { throw SeccompError("libseccomp has no memory left") }
        defer { seccomp_release(context) }
        let tokens = try addArchitectures(context)
        // A binary search over the numbers instead of a walk: a third of the cost of each load and call.
        try check(seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2), "set the optimisation")
        var young = tokens.map { YoungSyscalls.Architecture(token: $0, highest: 0, decided: []) }
        for rule in profile.rules where applies(rule) {
            let value = Self.value(rule.action, rule.errno)
            for name in rule.names {
                note(name, of: rule, value, in: &young)
                // What would happen anyway needs no rule, and libseccomp refuses it.
                guard value != defaultValue else { continue }
                try add(rule, name, value, to: context)
            }
        }
        var instructions: [UInt8] = []
        if defaultAction != .allow, defaultAction != .log, defaultValue != Self.value(.errno, UInt32(ENOSYS)) {
            instructions = YoungSyscalls(architectures: young).bytes()
        }
        instructions += try export(context)
        if isCompact, let compact = FilterCompactor(instructions)?.bytes() { instructions = compact }
        let program = SeccompProgram(instructions: instructions, flags: try flags())
        guard program.count <= SeccompProgram.longest else {
            throw SeccompError(
                "the seccomp profile is too long: \(program.count) instructions, where the kernel takes "
                    + "\(SeccompProgram.longest)")
        }
        return program
    }

    /// SECCOMP_RET_ values (linux/seccomp.h).
    static func value(_ action: SeccompProfile.Action, _ errno: UInt32?) -> UInt32 {
        let data = (errno ?? UInt32(EPERM)) & 0xFFFF
        return switch action {
        case .kill, .killThread: 0
        case .killProcess: 0x8000_0000
        case .trap: 0x0003_0000
        case .errno: 0x0005_0000 | data
        case .trace: 0x7FF0_0000 | data
        case .log: 0x7FFC_0000
        case .allow: 0x7FFF_0000
        }
    }

    // MARK: Architectures

    private func addArchitectures(_ context: scmp_filter_ctx) throws(SeccompError) -> [UInt32] {
        let own = seccomp_arch_resolve_name(machine.architecture)
        guard own != 0 else { throw SeccompError("libseccomp does not know the architecture \(machine.architecture)") }
        var tokens = [own]
        for name in architectureNames() {
            let token = seccomp_arch_resolve_name(name.lowercased().replacing("scmp_arch_", with: ""))
            guard token != 0 else { throw SeccompError("string \(name) is not a valid arch for seccomp") }
            if !tokens.contains(token) { tokens.append(token) }
        }
        for token in tokens where seccomp_arch_exist(context, token) != 0 {
            try check(seccomp_arch_add(context, token), "add an architecture")
        }
        // A new filter starts with the architecture it is made on, which a test may not want.
        let native = seccomp_arch_native()
        if !tokens.contains(native) { try check(seccomp_arch_remove(context, native), "remove an architecture") }
        return tokens
    }

    private func architectureNames() -> [String] {
        if !profile.architectures.isEmpty { return profile.architectures }
        let own = "SCMP_ARCH_\(machine.architecture.uppercased())"
        guard let family = profile.families.first(where: { $0.architecture == own }) else { return [] }
        return [family.architecture] + family.subArchitectures
    }

    // MARK: Rules

    private func applies(_ rule: SeccompProfile.Rule) -> Bool {
        let (includes, excludes) = (rule.includes, rule.excludes)
        if excludes.architectures.contains(machine.goName) { return false }
        if excludes.capabilities.contains(where: holds) { return false }
        if let least = excludes.minimumKernel, machine.kernel >= least { return false }
        if !includes.architectures.isEmpty, !includes.architectures.contains(machine.goName) { return false }
        guard includes.capabilities.allSatisfy(holds) else { return false }
        return includes.minimumKernel.map { machine.kernel >= $0 } ?? true
    }

    private func holds(_ name: String) -> Bool { Capability(name: name).map { capabilities.contains($0) } ?? false }

    private func add(_ rule: SeccompProfile.Rule, _ name: String, _ value: UInt32, to context: scmp_filter_ctx)
        throws(SeccompError)
    {
        let number = seccomp_syscall_resolve_name(name)
        // A name that the library does not know: either it is young, or no call of this family of machines.
        guard number != Self.unknown else { return }
        // libseccomp takes one condition on each argument; docker means "or" where there are several.
        let indexes = rule.arguments.map(\.index)
        let alternatives =
            Set(indexes).count == indexes.count ? [rule.arguments] : rule.arguments.map { [$0] }
        for arguments in alternatives {
            let conditions = arguments.map(Self.condition)
            let answer = seccomp_rule_add_array(context, value, number, UInt32(conditions.count), conditions)
            // A second rule for the same case says the same.
            if answer != -EEXIST { try check(answer, "add a rule for \(name)") }
        }
    }

    private static let unknown: Int32 = -1

    private static func condition(_ argument: SeccompProfile.Argument) -> scmp_arg_cmp {
        let comparison =
            switch argument.comparison {
            case .notEqual: SCMP_CMP_NE
            case .less: SCMP_CMP_LT
            case .lessOrEqual: SCMP_CMP_LE
            case .equal: SCMP_CMP_EQ
            case .greaterOrEqual: SCMP_CMP_GE
            case .greater: SCMP_CMP_GT
            case .maskedEqual: SCMP_CMP_MASKED_EQ
            }
        return scmp_arg_cmp(
            arg: argument.index, op: comparison, datum_a: argument.value, datum_b: argument.valueTwo)
    }

    /// Keeps the highest number of each architecture, and the calls that the library does not know.
    private func note(
        _ name: String, of rule: SeccompProfile.Rule, _ value: UInt32, in young: inout [YoungSyscalls.Architecture]
    ) {
        for index in young.indices {
            let token = young[index].token
            let number = seccomp_syscall_resolve_name_arch(token, name)
            if number >= 0 {
                let plain = UInt32(number) & ~YoungSyscalls.bitX32
                young[index].highest = max(young[index].highest, plain)
            } else if number == Self.unknown, rule.arguments.isEmpty, let plain = youngNumber(name, token) {
                young[index].decided.append((plain, value))
            }
        }
    }

    private func youngNumber(_ name: String, _ token: UInt32) -> UInt32? {
        if let number = ContainerSyscalls.numbers[name] { return number }
        return ContainerSyscalls.ownNumbers.first { seccomp_arch_resolve_name($0.key) == token }?.value[name]
    }

    // MARK: Result

    private func export(_ context: scmp_filter_ctx) throws(SeccompError) -> [UInt8] {
        do {
            let memory = FileDescriptor(try SystemCall.check(clinux_memfd("seccomp", 0), "make a memfd"))
            let answer = seccomp_export_bpf(context, memory.number)
            guard answer == 0 else { throw SystemError(action: "export the seccomp filter", errno: -answer) }
            var bytes = [UInt8](repeating: 0, count: SeccompProgram.longest * 8 + 8)
            var length = 0
            while length < bytes.count {
                let count = bytes.withUnsafeMutableBytes { buffer in
                    clinux_pread(
                        memory.number, UnsafeMutableRawBufferPointer(rebasing: buffer[length...]).baseAddress,
                        buffer.count - length, Int64(length))
                }
                if try SystemCall.check(count, "read the seccomp filter") == 0 { break }
                length += Int(count)
            }
            return Array(bytes.prefix(length))
        } catch let error as SystemError {
            throw SeccompError(error.description)
        } catch {
            throw SeccompError("\(error)")
        }
    }

    private func flags() throws(SeccompError) -> UInt32 {
        var bits: UInt32 = 0
        for name in profile.flags ?? ["SECCOMP_FILTER_FLAG_SPEC_ALLOW"] {
            guard let bit = SeccompProgram.flagBits[name] else {
                throw SeccompError("seccomp flag \"\(name)\" is not known")
            }
            bits |= bit
        }
        return bits
    }

    private func check(_ answer: Int32, _ action: String) throws(SeccompError) {
        guard answer < 0 else { return }
        throw SeccompError("libseccomp cannot \(action): \(String(cString: strerror(-answer)))")
    }
}
