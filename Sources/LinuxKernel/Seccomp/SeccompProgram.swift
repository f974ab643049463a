/// A filter ready to be loaded (seccomp(2) SECCOMP_SET_MODE_FILTER).
public struct SeccompProgram: Sendable, Hashable {
    /// `struct sock_filter` after `struct sock_filter`, 8 bytes each, in the machine's byte order.
    public let instructions: [UInt8]
    /// SECCOMP_FILTER_FLAG_ bits.
    public let flags: UInt32

    /// How many instructions there are; the kernel takes 4096 at most.
    public var count: Int { instructions.count / 8 }

    /// BPF_MAXINSNS.
    static let longest = 4096

    /// SECCOMP_FILTER_FLAG_ names and bits (linux/seccomp.h).
    static let flagBits: [String: UInt32] = [
        "SECCOMP_FILTER_FLAG_TSYNC": 1, "SECCOMP_FILTER_FLAG_LOG": 2, "SECCOMP_FILTER_FLAG_SPEC_ALLOW": 4,
    ]
}
