/// Chooses how images are provided on an endpoint.
enum FixtureSupply {
    static func make(engine: Engine, identity: RunIdentity, options: ImageOptions) async throws -> any ImageSupply {
        NoImages(reason: "fixture images are not built")
    }
}
