import DockerClient

/// Removes what earlier runs have left on an endpoint.
public struct Cleaner: Sendable {
    private let client: DockerClient

    /// A cleaner of that endpoint.
    public init(client: DockerClient) {
        self.client = client
    }

    /// Removes all objects that carry our label or a name of ours, and says each.
    ///
    /// - Returns: how many could not be removed.
    /// - Throws: `DockerClientError` where the endpoint cannot be reached.
    public func clean(say: @Sendable (String) -> Void) async throws -> Int {
        _ = try await client.negotiatedVersion()
        let sweeper = Sweeper(client: client)
        let found = await sweeper.find(.everything)
        let left = Set(await sweeper.sweep(.everything))
        for object in found { say("\(left.contains(object) ? "still there: " : "removed ")\(object)") }
        if found.isEmpty { say("nothing is left behind") }
        return left.count
    }
}
