import Glibc

/// Calls younger than the profile, or than libseccomp: a short program in front of the one that libseccomp writes.
///
/// A call with a number above all that the profile knows gets ENOSYS, so that programs fall back on an older one instead of
/// taking EPERM for an answer; runc does the same. A call that the profile allows but libseccomp does not know yet is
/// decided here by its number.
struct YoungSyscalls {
    /// What is known of one architecture.
    struct Architecture {
        /// libseccomp's token, which is AUDIT_ARCH_ but for x32.
        var token: UInt32
        /// The highest number the library resolved.
        var highest: UInt32
        /// Numbers to be decided here, with the filter's return values.
        var decided: [(number: UInt32, answer: UInt32)]

        /// The highest number the profile speaks of.
        var limit: UInt32 { max(highest, decided.map(\.number).max() ?? 0) }
    }

    static let tokenX8664: UInt32 = 0xC000_003E
    static let tokenX32: UInt32 = 0x4000_003E
    /// What x32 adds to its numbers, being x86-64 to the kernel.
    static let bitX32: UInt32 = 0x4000_0000
    private static let notImplemented = 0x0005_0000 | UInt32(ENOSYS)

    var architectures: [Architecture]

    /// The program's beginning, which goes on into whatever is put behind it.
    func bytes() -> [UInt8] {
        var code = ClassicAssembler()
        let end = code.label()
        code.load(4)
        for architecture in architectures where architecture.token != Self.tokenX32 {
            let next = code.label()
            code.jump(.jumpIfEqual, architecture.token, otherwise: next)
            code.load(0)
            if architecture.token == Self.tokenX8664 { emitX32(&code, end: end) }
            emit(architecture, base: 0, &code, end: end)
            code.place(next)
        }
        return code.bytes()
    }

    /// x32 shares the token of x86-64 and is told apart by a bit of the number.
    private func emitX32(_ code: inout ClassicAssembler, end: ClassicAssembler.Label) {
        let native = code.label()
        code.jump(.jumpIfGreaterOrEqual, Self.bitX32, otherwise: native)
        if let x32 = architectures.first(where: { $0.token == Self.tokenX32 }) {
            emit(x32, base: Self.bitX32, &code, end: end)
        } else {
            code.jump(to: end)
        }
        code.place(native)
    }

    private func emit(
        _ architecture: Architecture, base: UInt32, _ code: inout ClassicAssembler, end: ClassicAssembler.Label
    ) {
        let known = code.label()
        // Below what the library knows there is next to nothing to decide, and almost every call is there.
        for (number, answer) in architecture.decided where number <= architecture.highest {
            emit(base | number, answer, &code)
        }
        code.jump(.jumpIfGreater, base | architecture.highest, otherwise: known)
        for (number, answer) in architecture.decided where number > architecture.highest {
            emit(base | number, answer, &code)
        }
        code.jump(.jumpIfGreater, base | architecture.limit, otherwise: known)
        code.answer(Self.notImplemented)
        code.place(known)
        code.jump(to: end)
    }

    private func emit(_ number: UInt32, _ answer: UInt32, _ code: inout ClassicAssembler) {
        let next = code.label()
        code.jump(.jumpIfEqual, number, otherwise: next)
        code.answer(answer)
        code.place(next)
    }
}
