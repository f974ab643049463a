import DockerClient
import RawJSON
import Scenario

/// Images that a person names, from the daemon or a registry of theirs, in place of built-in ones.
///
/// Each case works on a commit of its own (`POST /commit` of a container that never ran), whose removal leaves the
/// given image alone, whatever the case does.
struct GivenImages: ImageSupply {
    let base: any ImageSupply
    let options: ImageOptions

    var hasRegistry: Bool { base.hasRegistry }

    func provide(_ needs: [Need], token: CaseToken, engine: Engine, deadline: Deadline) async throws -> CaseImages {
        let others = needs.filter { need in need.imageName.map { source($0) == nil } ?? true }
        var images = try await base.provide(others, token: token, engine: engine, deadline: deadline)
        for need in needs {
            guard let name = need.imageName, let source = source(name) else { continue }
            guard case .image = need else {
                throw ReplayStop.skipped("\(need): \(source) is given, and is not fetched anew for a case")
            }
            let reference = "io.drydock/\(token.text)/\(name.contains(":") ? name : "\(name):latest")"
            let id = try await copy(source, to: reference, token: token, engine: engine, deadline: deadline)
            images.commands[name] = reference
            images.variables["image.\(name)"] = reference
            images.variables["image.\(name).id"] = id
        }
        return images
    }

    func release(_ token: CaseToken) async { await base.release(token) }
    func shutdown() async { await base.shutdown() }

    /// The reference that stands for an image of the scenarios; `nil` where the built-in one is meant.
    private func source(_ name: String) -> String? {
        options.replacements[name] ?? options.registry.map { "\($0)/\(name.contains(":") ? name : "\(name):latest")" }
    }

    private func copy(
        _ source: String, to reference: String, token: CaseToken, engine: Engine, deadline: Deadline
    ) async throws -> String {
        try await ensure(source, engine: engine, deadline: deadline)
        let parts = reference.split(separator: ":", maxSplits: 1).map(String.init)
        return try await deadline.run(awaiting: "a copy of the image \(source)") {
            let client = engine.client
            let labels = JSONObject(members: token.labels.map { .init(name: $0.key, value: .string($0.value)) })
            let created = try await client.send(
                EngineRequest(
                    "POST", "/containers/create", query: [("name", "\(token.namePrefix)image")],
                    body: .json(["Image": .string(source), "Labels": .object(labels)]))
            ).checked().json()
            let container = created["Id"]?.string ?? ""
            let commit = try await client.send(
                EngineRequest(
                    "POST", "/commit",
                    query: [("container", container), ("repo", parts[0]), ("tag", parts[1]), ("pause", "0")],
                    body: .json([:]))
            ).checked().json()
            _ = try await client.send(
                EngineRequest(
                    "DELETE", "/containers/\(EngineRequest.escapedPathSegment(container))", query: [("force", "1")])
            ).checked()
            return commit["Id"]?.string ?? ""
        }
    }

    private func ensure(_ source: String, engine: Engine, deadline: Deadline) async throws {
        let path = "/images/\(source)/json"
        let known = try await deadline.run(awaiting: "the image \(source)") {
            try await engine.client.send(EngineRequest("GET", path))
        }
        if known.status == 200 { return }
        let pull = EngineRequest("POST", "/images/create", query: [("fromImage", source)])
        let answer = try await deadline.run(awaiting: "the pull of \(source)") {
            try await engine.client.send(pull).checked()
        }
        try PullProgress.check(answer.body, "the pull of \(source)")
    }
}

/// The stream of progress that pulls and loads answer with.
enum PullProgress {
    /// - Throws: `ReplayStop.fault` where an error stands in it, which comes after a status of 200.
    static func check(_ body: [UInt8], _ what: String) throws {
        var decoder = JSONSequenceDecoder()
        for (value, _) in try decoder.append(body) {
            guard let error = value["error"]?.string else { continue }
            throw ReplayStop.fault("\(what) failed: \(error)")
        }
    }
}
