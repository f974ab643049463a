import DockerAPI
import NIOHTTP1

/// Finds the operation of a request: `/v1.43/images/library/nginx/json?x=1` is `GET /images/{name}/json` at 1.43.
public struct Router: Sendable {
    /// What a request line leads to.
    enum Outcome: Sendable {
        case found(Route, version: APIVersion, names: [String], query: Query)
        /// Nothing, and this is the answer.
        case refused(Reply)
        /// Nothing that this router knows; another will follow.
        case notYet
    }

    private struct Key: Hashable {
        let method: String
        let word: String
    }

    private let identity: ServerIdentity
    private let isWhole: Bool
    private var table: [Key: [Route]] = [:]

    /// A router over operations.
    ///
    /// - Parameter isWhole: where it is not, what it does not know waits for the router that follows.
    public init(_ routes: [Route], identity: ServerIdentity, isWhole: Bool = true) {
        self.identity = identity
        self.isWhole = isWhole
        for route in routes {
            table[Key(method: route.method.rawValue, word: route.path.firstWord), default: []].append(route)
        }
        for key in table.keys { table[key]?.sort { $0.path.fixedWords > $1.path.fixedWords } }
    }

    /// The operation of a request line.
    func find(_ method: HTTPMethod, _ target: String) -> Outcome {
        // By bytes, not by characters, since every request comes through here.
        let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
        guard let path = PercentDecoding.decode(target[..<mark]) else {
            return .refused(.failure(.badRequest, "invalid URL escape in the path"))
        }
        guard path.utf8.first == UInt8(ascii: "/") else { return .refused(Self.unknown) }
        var segments = path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map(Substring.init)
        var version = identity.maximum
        if let first = segments.first, let asked = Self.version(first) {
            segments.removeFirst()
            guard asked <= identity.maximum else {
                return .refused(
                    .failure(
                        .badRequest,
                        "client version \(asked) is too new. Maximum supported API version is \(identity.maximum)"))
            }
            guard asked >= identity.minimum else {
                return .refused(
                    .failure(
                        .badRequest,
                        "client version \(asked) is too old. Minimum supported API version is \(identity.minimum), "
                            + "please upgrade your client to a newer version"))
            }
            version = asked
        }
        let unknown = isWhole ? Outcome.refused(Self.unknown) : .notYet
        guard let word = segments.first else { return unknown }
        for route in table[Key(method: method.rawValue, word: String(word))] ?? [] {
            if let names = route.path.match(segments) {
                return .found(route, version: version, names: names, query: Query(target[mark...].dropFirst()))
            }
        }
        return unknown
    }

    /// docker's answer where nothing is, also where only the method is wrong.
    static let unknown = Reply.failure(.notFound, "page not found")

    /// `v1.51`: as docker's router, digits and dots after a small v.
    private static func version(_ segment: Substring) -> APIVersion? {
        segment.hasPrefix("v") ? APIVersion(String(segment.dropFirst())) : nil
    }
}
