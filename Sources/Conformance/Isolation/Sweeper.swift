import DockerClient
import RawJSON

/// An object on the endpoint that carries our marks.
struct MarkedObject: Sendable, Hashable, CustomStringConvertible {
    /// The kinds, in the order in which they can be removed.
    enum Kind: String, Sendable, CaseIterable {
        case container, network, volume, image
    }

    var kind: Kind
    /// What the API takes to name it.
    var id: String
    /// What a person knows it by.
    var name: String

    var description: String {
        let short = id.hasPrefix("sha256:") ? String(id.dropFirst(7).prefix(12)) : String(id.prefix(12))
        return name.isEmpty || name == id
            ? "\(kind.rawValue) \(name.isEmpty ? short : name)" : "\(kind.rawValue) \(short) (\(name))"
    }
}

/// Finds and removes what a case, a run, or any run left on an endpoint; never anything without our marks.
struct Sweeper: Sendable {
    /// Whose objects are meant.
    enum Scope: Sendable {
        case attempt(CaseToken)
        case run(String)
        case everything

        var label: String {
            switch self {
            case .attempt(let token): token.filter
            case .run(let run): "\(RunIdentity.runLabel)=\(run)"
            case .everything: RunIdentity.runLabel
            }
        }

        var namePrefix: String {
            switch self {
            case .attempt(let token): token.namePrefix
            case .run(let run): "\(RunIdentity.namePrefix)\(run)-"
            case .everything: RunIdentity.namePrefix
            }
        }

        /// A component of the references under which our images were pulled; `nil` where only labels tell.
        var referencePart: String? {
            switch self {
            case .attempt(let token): "/\(token.text)/"
            case .run(let run): "/\(run)-"
            case .everything: nil
            }
        }
    }

    let client: DockerClient
    /// How long one request may take.
    static let limit = Duration.seconds(20)

    /// Removes all that is found, containers first, and answers what is still there.
    ///
    /// A removal that is refused is tried once more: an object may be in the middle of going away by itself.
    func sweep(_ scope: Scope) async -> [MarkedObject] {
        for _ in 0..<2 {
            let found = await find(scope)
            if found.isEmpty { return [] }
            for object in found { await remove(object) }
        }
        return await find(scope)
    }

    /// All objects of the scope, by kind in order of removal. An endpoint without volumes or networks has none of them.
    func find(_ scope: Scope) async -> [MarkedObject] {
        let containers = await list(.container, "/containers/json", query: [("all", "1")], scope) { $0.array ?? [] }
        let networks = await list(.network, "/networks", query: [], scope) { $0.array ?? [] }
        let volumes = await list(.volume, "/volumes", query: [], scope) { $0["Volumes"]?.array ?? [] }
        let images = await list(.image, "/images/json", query: [("all", "0")], scope) { $0.array ?? [] }
        return containers + networks + volumes + images
    }

    private func list(
        _ kind: MarkedObject.Kind, _ path: String, query: [(name: String, value: String)], _ scope: Scope,
        _ elements: (JSONValue) -> [JSONValue]
    ) async -> [MarkedObject] {
        // What cannot be listed cannot be swept; the leak report is honest about what it sees, no more.
        guard let body = try? await client.send(request("GET", path, query: query)).checked().json() else { return [] }
        return elements(body).filter { isMarked($0, scope) }.map { object(kind, $0) }
    }

    private func isMarked(_ value: JSONValue, _ scope: Scope) -> Bool {
        let parts = scope.label.split(separator: "=", maxSplits: 1).map(String.init)
        if let label = value["Labels"]?[parts[0]]?.string, parts.count == 1 || label == parts[1] { return true }
        if names(value).contains(where: { $0.hasPrefix(scope.namePrefix) }) { return true }
        guard let part = scope.referencePart else { return false }
        return (value["RepoTags"]?.array ?? []).contains { $0.string?.contains(part) ?? false }
    }

    private func names(_ value: JSONValue) -> [String] {
        let listed = (value["Names"]?.array ?? []).compactMap(\.string)
        let tags = (value["RepoTags"]?.array ?? []).compactMap(\.string)
        let single = value["Name"]?.string.map { [$0] } ?? []
        return (listed + tags + single).map { name in
            let bare = name.hasPrefix("/") ? String(name.dropFirst()) : name
            return bare.hasPrefix("localhost/") ? String(bare.dropFirst("localhost/".count)) : bare
        }
    }

    private func object(_ kind: MarkedObject.Kind, _ value: JSONValue) -> MarkedObject {
        let name = names(value).first ?? ""
        let id = kind == .volume ? name : value["Id"]?.string ?? name
        return MarkedObject(kind: kind, id: id, name: name)
    }

    private func remove(_ object: MarkedObject) async {
        let path = EngineRequest.escapedPathSegment(object.id)
        let request: EngineRequest =
            switch object.kind {
            case .container: self.request("DELETE", "/containers/\(path)", query: [("force", "1"), ("v", "1")])
            case .network: self.request("DELETE", "/networks/\(path)", query: [])
            case .volume: self.request("DELETE", "/volumes/\(path)", query: [("force", "1")])
            case .image: self.request("DELETE", "/images/\(path)", query: [("force", "1")])
            }
        // A refusal shows in the next listing, which is what the leak report is made of.
        _ = try? await client.send(request)
    }

    private func request(_ method: String, _ path: String, query: [(name: String, value: String)]) -> EngineRequest {
        EngineRequest(method, path, query: query, headDeadline: Self.limit, bodyDeadline: Self.limit)
    }
}
