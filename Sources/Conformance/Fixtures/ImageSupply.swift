import Scenario

/// The images of one case: how its commands and its expectations name them.
struct CaseImages: Sendable {
    /// From a word in image position to the case's own reference: `nginx` to `127.0.0.1:5123/…/nginx`.
    var commands: [String: String] = [:]
    /// `image.nginx`, `image.nginx.id`, `image.nginx.digest`, `registry`, `registry.host`.
    var variables: [String: String] = [:]
}

/// Provides the fixture images of cases on an endpoint, each case with references and image IDs of its own.
protocol ImageSupply: Sendable {
    /// Whether the endpoint can pull from the registry that serves the images.
    var hasRegistry: Bool { get }
    /// Puts the needed images into the daemon.
    ///
    /// - Throws: `ReplayStop`, `DeadlineExceeded`, `CancellationError`.
    func provide(_ needs: [Need], token: CaseToken, engine: Engine, deadline: Deadline) async throws -> CaseImages
    /// Forgets what is kept for a case that has ended.
    func release(_ token: CaseToken) async
    /// Ends the supply; what it put into the daemon for the whole run is removed by the run's sweep.
    func shutdown() async
}

/// No images at all: cases that need one are skipped.
struct NoImages: ImageSupply {
    let reason: String
    let hasRegistry = false

    func provide(_ needs: [Need], token: CaseToken, engine: Engine, deadline: Deadline) async throws -> CaseImages {
        if let need = needs.first(where: { $0.imageName != nil }) {
            throw ReplayStop.skipped("no \(need): \(reason)")
        }
        return CaseImages()
    }

    func release(_ token: CaseToken) {}
    func shutdown() {}
}
