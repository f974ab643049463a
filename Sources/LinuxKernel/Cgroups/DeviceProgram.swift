import CLinux

/// Device rules as a program for the kernel (bpf(2) BPF_PROG_TYPE_CGROUP_DEVICE), which is how v2 asks who may use what.
///
/// It returns 1 where an access is permitted and 0 where it is not. Its argument is `struct bpf_cgroup_dev_ctx`: type in
/// the lower and access in the upper half of a word, then major, then minor.
struct DeviceProgram: Sendable, Hashable {
    /// eBPF instructions of 8 bytes (Documentation/bpf/standardization/instruction-set.rst).
    private(set) var instructions: [UInt64] = []

    private enum Register: UInt64 {
        case result = 0
        case context = 1
        case word = 2
        case type = 3
        case access = 4
        case major = 5
        case minor = 6
        case scratch = 7
    }

    private enum Code: UInt64 {
        case load = 0x61
        case move = 0xBC
        case moveImmediate = 0xB7
        case and = 0x54
        case shiftRight = 0x74
        case jumpIfEqual = 0x16
        case jumpIfNotEqual = 0x56
        case exit = 0x95
    }

    private static let typeBlock: UInt32 = 1
    private static let typeCharacter: UInt32 = 2

    init(rules: [DeviceRule]) {
        emit(.load, .word, source: .context, offset: 0)
        emit(.move, .type, source: .word)
        emit(.and, .type, immediate: 0xFFFF)
        emit(.move, .access, source: .word)
        emit(.shiftRight, .access, immediate: 16)
        emit(.load, .major, source: .context, offset: 4)
        emit(.load, .minor, source: .context, offset: 8)
        // The last rule that fits decides, so the last one is asked first.
        for rule in Self.merged(rules).reversed() {
            emit(rule)
            // The kernel refuses a program with instructions that nothing reaches.
            if rule.kind == .any { return }
        }
        answer(false)
    }

    /// Adds the accesses of neighbouring rules for the same devices up: `r` and `w` apart permit `rw` together, too.
    private static func merged(_ rules: [DeviceRule]) -> [DeviceRule] {
        var merged: [DeviceRule] = []
        for rule in rules {
            let same = merged.lastIndex {
                $0.allow == rule.allow && $0.kind == rule.kind && $0.major == rule.major && $0.minor == rule.minor
            }
            if let same, merged[same...].allSatisfy({ $0.allow == rule.allow }) {
                merged[same].access.formUnion(rule.access)
            } else {
                merged.append(rule)
            }
        }
        return merged
    }

    private mutating func emit(_ rule: DeviceRule) {
        var tests: [Int] = []
        if rule.kind != .any {
            let type = rule.kind == .block ? Self.typeBlock : Self.typeCharacter
            tests.append(jump(.jumpIfNotEqual, .type, type))
            if rule.access != .all {
                emit(.move, .scratch, source: .access)
                // A permission must cover all that is asked for; a refusal bites where it covers any of it.
                let mask = rule.allow ? ~rule.access.rawValue : rule.access.rawValue
                emit(.and, .scratch, immediate: mask)
                tests.append(jump(rule.allow ? .jumpIfNotEqual : .jumpIfEqual, .scratch, 0))
            }
            if let major = rule.major { tests.append(jump(.jumpIfNotEqual, .major, major)) }
            if let minor = rule.minor { tests.append(jump(.jumpIfNotEqual, .minor, minor)) }
        }
        answer(rule.allow)
        // A test that fails goes on with the next rule, which starts here.
        for test in tests { instructions[test] |= UInt64(instructions.count - test - 1) << 16 }
    }

    private mutating func answer(_ permitted: Bool) {
        emit(.moveImmediate, .result, immediate: permitted ? 1 : 0)
        emit(.exit, .result)
    }

    private mutating func jump(_ code: Code, _ register: Register, _ value: UInt32) -> Int {
        emit(code, register, immediate: value)
        return instructions.count - 1
    }

    private mutating func emit(
        _ code: Code, _ destination: Register, source: Register = .result, offset: UInt64 = 0, immediate: UInt32 = 0
    ) {
        instructions.append(
            code.rawValue | destination.rawValue << 8 | source.rawValue << 12 | offset << 16 | UInt64(immediate) << 32)
    }

    /// Loads it and ties it to a cgroup v2 directory; it stays as long as the cgroup does.
    func attach(to directory: String) throws(SystemError) {
        let cgroup = try FileDescriptor.directory(directory)
        let loaded = instructions.withUnsafeBytes {
            clinux_bpf_load_device_program($0.baseAddress, UInt32(instructions.count), nil, 0)
        }
        let program = FileDescriptor(try SystemCall.check(loaded, "load the device program of \(directory)"))
        let attached = clinux_bpf_attach_device_program(cgroup.number, program.number)
        try SystemCall.check(attached, "attach the device program to \(directory)")
    }
}
