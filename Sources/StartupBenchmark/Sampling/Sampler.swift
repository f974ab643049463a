/// Something that can carry out a workload: a daemon, a bare OCI runtime, or the machine's floor.
public protocol Sampler: Sendable {
    /// What tables call it.
    var name: String { get }

    /// What it is, for the record: product and version, or how it is bare.
    func describe() async throws -> String

    /// Whether a workload is meant for it at all.
    func concerns(_ workload: Workload) -> Bool

    /// Nil where it can do this; otherwise why not, to stand between its name and the workload's: `cannot exec in`.
    func refusal(of workload: Workload) -> String?

    /// Makes ready what a workload needs: its image, resident containers.
    func prepare(_ workload: Workload, _ variant: Workload.Variant) async throws

    /// Carries it out once.
    func sample(_ workload: Workload, _ variant: Workload.Variant, index: Int) async -> Sample

    /// How much memory it takes now; nothing where that cannot be seen.
    func memory() async throws -> [Sample.Phase]

    /// Takes away what `prepare` made for this workload alone.
    func finish(_ workload: Workload) async throws

    /// Takes away what `prepare` and failed samples have left.
    func cleanUp() async throws
}

extension Sampler {
    /// What asks for no storage in particular.
    public func concerns(_ workload: Workload) -> Bool { workload.storage == nil }
    /// Nothing to see.
    public func memory() async throws -> [Sample.Phase] { [] }
    /// Nothing to take away.
    public func finish(_ workload: Workload) async throws {}
}
