/// Why a seccomp profile cannot be used.
public struct SeccompError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One sentence, in docker's or runc's words where they have any.
    public let message: String
    /// The message.
    public var description: String { message }

    init(_ message: String) { self.message = message }
}

/// What may be called: docker's profile format, before it is known who will run under it.
public struct SeccompProfile: Sendable, Hashable {
    /// What happens to a call.
    public enum Action: String, Sendable, Hashable, CaseIterable {
        case kill = "SCMP_ACT_KILL"
        case killProcess = "SCMP_ACT_KILL_PROCESS"
        case killThread = "SCMP_ACT_KILL_THREAD"
        case trap = "SCMP_ACT_TRAP"
        case errno = "SCMP_ACT_ERRNO"
        case trace = "SCMP_ACT_TRACE"
        case allow = "SCMP_ACT_ALLOW"
        case log = "SCMP_ACT_LOG"
    }

    /// How an argument is compared.
    public enum Operator: String, Sendable, Hashable, CaseIterable {
        case notEqual = "SCMP_CMP_NE"
        case less = "SCMP_CMP_LT"
        case lessOrEqual = "SCMP_CMP_LE"
        case equal = "SCMP_CMP_EQ"
        case greaterOrEqual = "SCMP_CMP_GE"
        case greater = "SCMP_CMP_GT"
        case maskedEqual = "SCMP_CMP_MASKED_EQ"
    }

    /// A condition on one argument; `maskedEqual` means `argument & value == valueTwo`.
    public struct Argument: Sendable, Hashable {
        /// Which argument, from 0.
        public var index: UInt32
        /// What it is compared with.
        public var value: UInt64
        /// The second value of `maskedEqual`.
        public var valueTwo: UInt64 = 0
        /// How.
        public var comparison: Operator
    }

    /// When a rule is there at all.
    public struct Filter: Sendable, Hashable {
        /// Architectures, by their names in Go: `amd64`.
        public var architectures: [String] = []
        /// Capabilities: `CAP_SYS_ADMIN`.
        public var capabilities: [String] = []
        /// The least kernel version: major and minor.
        public var minimumKernel: KernelVersion?
    }

    /// One rule for some calls; all of its conditions must hold.
    public struct Rule: Sendable, Hashable {
        /// The calls.
        public var names: [String]
        /// What happens to them.
        public var action: Action
        /// The number that `errno` and `trace` hand on; EPERM where it is `nil`.
        public var errno: UInt32?
        /// Conditions on the arguments.
        public var arguments: [Argument] = []
        /// All of it must be the case.
        public var includes = Filter()
        /// None of it may be.
        public var excludes = Filter()
    }

    /// A machine's own architecture with those it can run beside.
    public struct ArchitectureFamily: Sendable, Hashable {
        /// `SCMP_ARCH_X86_64`.
        public var architecture: String
        /// `SCMP_ARCH_X86`, `SCMP_ARCH_X32`.
        public var subArchitectures: [String]
    }

    /// What happens to a call that no rule is about; `nil` for a profile that filters nothing.
    public var defaultAction: Action?
    /// The number that goes with it; EPERM where it is `nil`.
    public var defaultErrno: UInt32?
    /// Architectures to allow whatever the machine is.
    public var architectures: [String] = []
    /// Architectures by machine.
    public var families: [ArchitectureFamily] = []
    /// The rules; their order means nothing.
    public var rules: [Rule] = []
    /// SECCOMP_FILTER_FLAG_ names; `nil` for the default, SPEC_ALLOW.
    public var flags: [String]?
}

/// A kernel's version as far as profiles ask for it.
public struct KernelVersion: Sendable, Hashable, Comparable {
    /// 6 in 6.1.
    public let major: Int
    /// 1 in 6.1.
    public let minor: Int

    /// By parts.
    public init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// The beginning of uname(2)'s release, `6.1.0-18-amd64`; `nil` where there are no two numbers.
    public init?(release: some StringProtocol) {
        let numbers = release.split(separator: ".", maxSplits: 2).prefix(2).map { $0.prefix { $0.isNumber } }
        guard numbers.count == 2, let major = Int(numbers[0]), let minor = Int(numbers[1]) else { return nil }
        self.init(major: major, minor: minor)
    }

    /// By major, then minor.
    public static func < (left: KernelVersion, right: KernelVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
