import FixtureImages
import OCI
import RawJSON

/// What the harness, and scenarios over plain HTTP, ask of the registry besides images: `/_drydock/…`.
struct Control: Sendable {
    let images: CaseImages
    let state: RegistryState

    func answer(
        _ name: String, _ rest: [String], _ request: Responder.Request, _ target: RequestTarget
    ) -> RegistryResponse {
        switch (request.method, name) {
        case ("GET", "requests"):
            return withCase(target) { .json(200, .array(state.requests(case: $0).map(\.json))) }
        case ("POST", "retag"):
            return withCase(target) { retag($0, target.query["image"] ?? "", target.query["variant"] ?? "") }
        case ("POST", "forget"):
            return withCase(target) { name in
                state.forget(case: name)
                return RegistryResponse(204)
            }
        case ("GET", "token"), ("POST", "token"):
            return Authentication(state: state).token(target, authorization: request.header("authorization"))
        case ("GET", "blob") where rest.count == 2, ("HEAD", "blob") where rest.count == 2:
            return redirectedBlob(case: rest[0], rest[1], request)
        default:
            return .json(404, ["message": .string("there is no \(request.method) /_drydock/\(name)")])
        }
    }

    private func withCase(_ target: RequestTarget, _ body: (String) -> RegistryResponse) -> RegistryResponse {
        guard let name = target.query["case"], !name.isEmpty else { return .json(400, ["message": "case is missing"]) }
        return body(name)
    }

    private func retag(_ name: String, _ image: String, _ variant: String) -> RegistryResponse {
        guard let number = Int(variant), number > 0 else {
            return .json(400, ["message": .string("variant \"\(variant)\" is not a number from 1")])
        }
        guard retag(case: name, image: image, variant: number) else {
            return .json(404, ["message": .string("there is no fixture image \(image)")])
        }
        return RegistryResponse(204)
    }

    /// Makes a fixture's tag stand for other content; false where there is no such fixture.
    func retag(case name: String, image: String, variant: Int) -> Bool {
        guard let full = images.catalog.name(of: image) else { return false }
        state.withCase(name) { $0.variants[full] = variant }
        return true
    }

    private func redirectedBlob(case name: String, _ text: String, _ request: Responder.Request) -> RegistryResponse {
        do {
            let digest = try Digest(parsing: text)
            let target = RequestTarget(uri: "/v2/\(name)/redirected/blobs/\(digest)")
            return Responder(images: images, state: state).serveBlob(digest, request, target)
        } catch {
            return .error(400, .digestInvalid, error.message)
        }
    }
}
