import DockerClient
import RawJSON
import Scenario

/// Finds out by running one whether an endpoint can start privileged containers at all: `GET /info` does not say.
///
/// An endpoint in a container of its own, or one whose capabilities the kernel no longer knows in full, cannot.
struct PrivilegeProbe: Sendable {
    let engine: Engine
    let identity: RunIdentity
    let images: any ImageSupply

    private static let image = "busybox"
    private static let limit = Duration.seconds(30)

    /// What the endpoint says when it refuses to start a privileged container, where it starts the same one without
    /// privileges; `nil` where it starts both or nothing can be told, so that the cases themselves judge.
    func refusal() async -> String? {
        let token = identity.caseIdentity(id: "privileged", attempt: 0)
        let message = await Task { await answer(token) }.value
        await Task {
            _ = await Sweeper(client: engine.client).sweep(.attempt(token))
            await images.release(token)
        }.value
        return message
    }

    private func answer(_ token: CaseToken) async -> String? {
        do {
            let deadline = Deadline(after: Self.limit)
            let supplied = try await images.provide(
                [.image(Self.image)], token: token, engine: engine, deadline: deadline)
            let image = supplied.commands[Self.image] ?? Self.image
            let privileged = try await create(image, privileged: true, token)
            let plain = try await create(image, privileged: false, token)
            do {
                try await start(privileged)
                return nil
            } catch let error as EngineError {
                try await start(plain)
                return error.message
            }
        } catch {
            // Whatever else is wrong is for the cases to say, each with its own words.
            return nil
        }
    }

    private func create(_ image: String, privileged: Bool, _ token: CaseToken) async throws -> String {
        let labels = JSONObject(members: token.labels.map { .init(name: $0.key, value: .string($0.value)) })
        let body: JSONValue = [
            "Image": .string(image), "Cmd": ["true"], "Labels": .object(labels),
            "HostConfig": ["Privileged": .bool(privileged)],
        ]
        let name = token.name(privileged ? "privileged" : "plain")
        let request = EngineRequest(
            "POST", "/containers/create", query: [("name", name)], body: .json(body), headDeadline: Self.limit)
        return try await engine.client.send(request).checked().json()["Id"]?.string ?? name
    }

    private func start(_ container: String) async throws {
        let path = "/containers/\(EngineRequest.escapedPathSegment(container))/start"
        _ = try await engine.client.send(EngineRequest("POST", path, headDeadline: Self.limit)).checked()
    }
}
