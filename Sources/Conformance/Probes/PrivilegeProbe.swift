import DockerClient

/// Whether an endpoint can start privileged containers at all: one in a container of its own, or one whose capabilities
/// the kernel no longer knows in full, cannot.
enum PrivilegeProbe {
    /// What the endpoint says when it refuses to start a privileged container, where it starts the same one without
    /// privileges; `nil` where it starts both or nothing can be told, so that the cases themselves judge.
    static func refusal(_ probe: ContainerProbe) async -> String? {
        await probe.ask("privileged", image: "busybox") { session in
            let privileged = try await session.create(
                "privileged", ["Cmd": ["true"], "HostConfig": ["Privileged": true]])
            let plain = try await session.create("plain", ["Cmd": ["true"]])
            do {
                try await session.start(privileged)
                return nil
            } catch let error as EngineError {
                try await session.start(plain)
                return error.message
            }
        }
    }
}
