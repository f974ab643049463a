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

        /// Whether a name is one that the scope gives; a person's own `drydock-notes` is none.
        func gives(name: String) -> Bool {
            switch self {
            case .attempt(let token): name.hasPrefix(token.namePrefix)
            case .run(let run): name.hasPrefix("\(RunIdentity.namePrefix)\(run)-")
            case .everything: CaseToken.isName(name)
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

    /// A kind of object that an endpoint could not list, so that nobody knows what is left of it.
    struct UnlistedKind: Sendable, Hashable, CustomStringConvertible {
        var kind: MarkedObject.Kind
        /// Why, in the words of the endpoint or of the connection.
        var reason: String

        var description: String { "unknown \(kind.rawValue)s, which cannot be listed: \(reason)" }
    }

    /// What there is of a scope.
    struct Findings: Sendable {
        var objects: [MarkedObject] = []
        var unlisted: [UnlistedKind] = []

        var descriptions: [String] { objects.map(\.description) + unlisted.map(\.description) }
    }

    let client: DockerClient
    /// How long one request may take.
    static let limit = Duration.seconds(20)

    /// Removes all that is found, containers first, and answers what is still there.
    ///
    /// A removal that is refused is tried once more: an object may be in the middle of going away by itself.
    func sweep(_ scope: Scope) async -> Findings {
        var found = await find(scope)
        for _ in 0..<2 where !found.descriptions.isEmpty {
            for object in found.objects { await remove(object) }
            found = await find(scope)
        }
        return found
    }

    /// All objects of the scope, by kind in order of removal. An endpoint without volumes or networks has none of them.
    func find(_ scope: Scope) async -> Findings {
        var found = Findings()
        await list(.container, "/containers/json", query: [("all", "1")], scope, into: &found)
        await list(.network, "/networks", query: [], scope, into: &found)
        await list(.volume, "/volumes", query: [], scope, into: &found)
        await list(.image, "/images/json", query: [("all", "0")], scope, into: &found)
        return found
    }

    /// The statuses of an endpoint that does not have a kind of object.
    private static let withoutRoute: Set<Int> = [404, 405, 501]

    private func list(
        _ kind: MarkedObject.Kind, _ path: String, query: [(name: String, value: String)], _ scope: Scope,
        into found: inout Findings
    ) async {
        do {
            let body = try await client.send(request("GET", path, query: query)).checked().json()
            let elements = (kind == .volume ? body["Volumes"] : body)?.array ?? []
            found.objects += elements.filter { isMarked($0, scope) }.map { object(kind, $0) }
        } catch let error as EngineError where Self.withoutRoute.contains(error.status) {
            return
        } catch {
            found.unlisted.append(UnlistedKind(kind: kind, reason: "\(error)"))
        }
    }

    private func isMarked(_ value: JSONValue, _ scope: Scope) -> Bool {
        let parts = scope.label.split(separator: "=", maxSplits: 1).map(String.init)
        if let label = value["Labels"]?[parts[0]]?.string, parts.count == 1 || label == parts[1] { return true }
        if names(value).contains(where: scope.gives(name:)) { return true }
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
