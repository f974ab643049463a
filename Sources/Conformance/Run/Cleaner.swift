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
    /// - Returns: how many could not be removed, a kind that cannot be listed counting as one.
    /// - Throws: `DockerClientError` where the endpoint cannot be reached.
    public func clean(say: @Sendable (String) -> Void) async throws -> Int {
        _ = try await client.negotiatedVersion()
        let sweeper = Sweeper(client: client)
        let found = await sweeper.find(.everything)
        let left = await sweeper.sweep(.everything)
        let kept = Set(left.objects)
        for object in found.objects { say("\(kept.contains(object) ? "still there: " : "removed ")\(object)") }
        for kind in left.unlisted { say("\(kind)") }
        if found.objects.isEmpty, left.unlisted.isEmpty { say("nothing is left behind") }
        return left.objects.count + left.unlisted.count
    }
}
