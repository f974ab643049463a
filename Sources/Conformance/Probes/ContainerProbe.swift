import DockerClient
import RawJSON
import Scenario

/// Containers that are run before the first case, to find out what `GET /info` does not say.
struct ContainerProbe: Sendable {
    let engine: Engine
    let identity: RunIdentity
    let images: any ImageSupply

    static let limit = Duration.seconds(30)

    /// What a probe works with: a fixture image, and the marks of what it makes.
    struct Session: Sendable {
        let client: DockerClient
        let image: String
        let token: CaseToken

        /// Makes a container of the image with more members of the body (Engine API ContainerCreate); answers its ID.
        func create(_ name: String, _ members: JSONObject) async throws -> String {
            var body = members
            body["Image"] = .string(image)
            body["Labels"] = .object(
                JSONObject(members: token.labels.map { .init(name: $0.key, value: .string($0.value)) }))
            let request = EngineRequest(
                "POST", "/containers/create", query: [("name", token.name(name))], body: .json(.object(body)),
                headDeadline: limit)
            return try await client.send(request).checked().json()["Id"]?.string ?? token.name(name)
        }

        func start(_ container: String) async throws {
            _ = try await client.send(request("POST", container, "start")).checked()
        }

        func inspect(_ container: String) async throws -> JSONValue {
            try await client.send(request("GET", container, "json")).checked().json()
        }

        private func request(_ method: String, _ container: String, _ verb: String) -> EngineRequest {
            EngineRequest(
                method, "/containers/\(EngineRequest.escapedPathSegment(container))/\(verb)", headDeadline: limit)
        }
    }

    /// Asks a question of an endpoint and removes what that took; `nil` where the answer is nothing or cannot be had, for
    /// whatever else is wrong is for the cases to say, each with its own words.
    func ask(
        _ name: String, image: String, _ question: @escaping @Sendable (Session) async throws -> String?
    ) async -> String? {
        let token = identity.caseIdentity(id: name, attempt: 0)
        let answer = await answer(question, image: image, token)
        // Clean-up is not cancelled with the run: what was made must go.
        await Task {
            _ = await Sweeper(client: engine.client).sweep(.attempt(token))
            await images.release(token)
        }.value
        return answer
    }

    private func answer(
        _ question: @escaping @Sendable (Session) async throws -> String?, image: String, _ token: CaseToken
    ) async -> String? {
        do {
            let deadline = Deadline(after: Self.limit)
            let supplied = try await images.provide([.image(image)], token: token, engine: engine, deadline: deadline)
            let session = Session(client: engine.client, image: supplied.commands[image] ?? image, token: token)
            return try await deadline.run(awaiting: "the probe \(token.text)") { try await question(session) }
        } catch {
            return nil
        }
    }
}
