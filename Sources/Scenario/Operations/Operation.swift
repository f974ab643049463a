/// An operation of the Engine API as its definition names it, for example `GET /containers/{id}/json`.
public struct Operation: Sendable, Hashable, CustomStringConvertible {
    /// The HTTP method, upper-case.
    public let method: String
    /// The path template without version: `/containers/{id}/json`.
    public let path: String

    /// An operation by its parts; whether the Engine API has it is told by `EngineOperation.all`.
    public init(method: String, path: String) {
        self.method = method
        self.path = path
    }

    /// `GET /containers/{id}/json`.
    public var description: String { "\(method) \(path)" }

    /// Whether these are the segments of such a path; the name of an image or plugin may hold slashes.
    func matches(_ segments: [Substring]) -> Bool {
        let template = path.split(separator: "/")
        guard let variable = template.firstIndex(where: { $0.hasPrefix("{") }) else { return template == segments }
        let tail = template[(variable + 1)...]
        guard segments.count >= template.count, segments.count == template.count || template[variable] == "{name}",
            segments[..<variable] == template[..<variable]
        else { return false }
        return segments.suffix(tail.count).elementsEqual(tail)
    }
}

/// An operation and the versions of the Engine API definitions that hold it.
public struct EngineOperation: Sendable, Hashable {
    /// Method and path.
    public let operation: Operation
    /// The first version known to define it; `1.24` stands for "from the beginning".
    public let since: FrontMatter.Version
    /// The last version that defines it; `nil` while it stands.
    public let until: FrontMatter.Version?

    /// The entry of that operation, where the Engine API has it.
    public static func find(_ operation: Operation) -> EngineOperation? {
        all.first { $0.operation == operation }
    }

    /// The operation that a request asks for.
    ///
    /// - Parameter path: of the request target, with or without a version, without the query.
    public static func find(method: String, path: String) -> Operation? {
        var segments = path.split(separator: "/")
        if let first = segments.first, first.first == "v", FrontMatter.Version(String(first.dropFirst())) != nil {
            segments.removeFirst()
        }
        return all.first { $0.operation.method == method && $0.operation.matches(segments) }?.operation
    }

    /// The operations nearest to something misspelt, best first, for hints.
    static func nearest(to operation: Operation) -> Operation? {
        if let other = all.first(where: { $0.operation.path == operation.path }) { return other.operation }
        let names = all.map(\.operation.description)
        guard let name = Suggestion.nearest(to: operation.description, in: names, limit: 12) else { return nil }
        return all.first { $0.operation.description == name }?.operation
    }
}
