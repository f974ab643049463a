import Synchronization

/// Programs by what they were made from; to make one takes up to 10 ms, which no start should pay twice.
public final class SeccompCache: Sendable {
    private struct Key: Hashable {
        let profile: SeccompProfile
        let capabilities: CapabilitySet

        /// Of little: hashing some hundred names takes longer than telling the few profiles in use apart, which mostly are
        /// one array.
        func hash(into hasher: inout Hasher) {
            hasher.combine(profile.rules.count)
            hasher.combine(capabilities)
        }
    }

    /// The most programs that are kept; clients can send profiles without end.
    static let limit = 64

    private let machine: SeccompCompiler.Machine
    private let programs = Mutex<[Key: SeccompProgram?]>([:])

    /// An empty cache for this machine.
    public init() throws(SeccompError) { machine = try .current() }

    /// The program of a profile for a process with these capabilities in its bounding set; `nil` for a profile that
    /// filters nothing, as `{}` does.
    ///
    /// It blocks while it compiles, some milliseconds the first time: ask for the default at start-up.
    public func program(_ profile: SeccompProfile, capabilities: CapabilitySet) throws(SeccompError) -> SeccompProgram?
    {
        let key = Key(profile: profile, capabilities: capabilities)
        if let known = programs.withLock({ $0[key] }) { return known }
        let program = try SeccompCompiler(profile: profile, capabilities: capabilities, machine: machine).program()
        programs.withLock { programs in
            if programs.count >= Self.limit { programs.removeAll() }
            programs[key] = .some(program)
        }
        return program
    }
}
