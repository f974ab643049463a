import ImageStore
import LinuxKernel
import Logging
import Network
import RegistryClient

/// Many containers, their images, volumes and logs: docker's daemon without its wire.
///
/// ```swift
/// let engine = try await Engine.open(EngineConfiguration(root: "/var/lib/drydock", shimPath: …, version: "0.1.0"))
/// let created = try await engine.create(ContainerCreation(name: "web", configuration: …))
/// try await engine.start("web")
/// let result = try await engine.wait("web", until: .notRunning)
/// try await engine.shutdown()          // containers run on
/// ```
///
/// All of it is safe to be called at once. Objects are named as docker names them: by full ID, name, or the start of an
/// ID. Operations on one container happen one after the other; `list`, `inspect` and `wait` never wait for them. Errors
/// are `EngineError`, worded as dockerd words them.
public final class Engine: Sendable {
    /// What it was opened with.
    public let configuration: EngineConfiguration

    init(configuration: EngineConfiguration) {
        self.configuration = configuration
    }
}
