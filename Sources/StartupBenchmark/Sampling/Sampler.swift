/// Something that can carry out a workload: a daemon, or the machine's floor.
public protocol Sampler: Sendable {
    /// What tables call it.
    var name: String { get }

    /// What it is, for the record: product and version, or how it is bare.
    func describe() async throws -> String

    /// Nil where it can do this; otherwise why not, to stand between its name and the workload's: `cannot exec in`.
    func refusal(of workload: Workload) -> String?

    /// Makes ready what a workload needs: its image, resident containers.
    func prepare(_ workload: Workload, _ variant: Workload.Variant) async throws

    /// Carries it out once.
    func sample(_ workload: Workload, _ variant: Workload.Variant, index: Int) async -> Sample

    /// Takes away what `prepare` and failed samples have left.
    func cleanUp() async throws
}
