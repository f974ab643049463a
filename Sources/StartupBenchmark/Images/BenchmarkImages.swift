import DockerClient

/// Where a benchmark's images come from.
public protocol BenchmarkImages: Sendable {
    /// What an image is called on the endpoint.
    func reference(_ image: String) -> String
    /// The repository and tag to pull it by.
    func pullReference(_ image: String) throws -> (name: String, tag: String)
    /// Brings it to an endpoint.
    func provide(_ image: String, to client: DockerClient) async throws
    /// Takes it away again, under every name it has here; nil takes all.
    func withdraw(_ image: String?, from client: DockerClient) async throws
}

/// Why a sample does not count, or a run cannot be made: one sentence.
public struct BenchmarkFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    /// A fault by its sentence.
    public init(_ description: String) { self.description = description }
}
