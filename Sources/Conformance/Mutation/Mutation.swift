import DockerAPI
import RawJSON
import Scenario

/// One way in which a daemon gets it wrong, played by a proxy before one that gets it right.
///
/// A suite that bites says so; see `MutationRun`.
public struct Mutation: Sendable {
    /// The name to ask for it by: `inspect/State.Status/missing`.
    public let name: String
    /// What such a daemon does, as a sentence without its full stop.
    public let fault: String
    /// The operations whose exchanges are altered; all where empty.
    public let operations: Set<Operation>
    let change: Change

    /// What is altered. Each closure says whether it altered something.
    enum Change: Sendable {
        /// The request, before the daemon sees it: an option is ignored.
        case request(@Sendable (inout ProxiedRequest) -> Bool)
        /// The daemon does not see the request: it is answered with this.
        case instead(@Sendable (ProxiedRequest) -> CannedAnswer?)
        /// Status and headers of the answer.
        case head(@Sendable (inout AnswerHead, ProxiedRequest) -> Bool)
        /// The answer with one of these statuses that is one JSON document.
        case document(ClosedRange<Int>, @Sendable (inout JSONValue, ProxiedRequest) -> Bool)
        /// Each JSON message of a stream, with its number from 0; answers what is sent in its place, `nil` for the
        /// message itself.
        case messages(@Sendable (JSONValue, Int) -> [JSONValue]?)
        /// Each frame of a multiplexed stream, with its number from 0; answers the bytes in its place, `nil` for the
        /// frame itself.
        case frames(@Sendable (StreamFrame, Int) -> [UInt8]?)
        /// When bytes come.
        case delivery(Delivery)
    }

    /// How an answer is delivered badly.
    enum Delivery: Sendable {
        /// The head comes with the first byte of the body.
        case lateHead
        /// All comes when the answer has ended.
        case atTheEnd
        /// The answer does not end.
        case neverEnds
        /// The last bytes of the body are missing.
        case shortened
    }

    /// Whether exchanges of this operation are altered.
    func concerns(_ operation: Operation?) -> Bool {
        guard !operations.isEmpty else { return operation != nil }
        return operation.map(operations.contains) ?? false
    }
}

extension Mutation {
    /// The mutations of these names, parts of names or globs; all where none is given.
    ///
    /// - Throws: `CatalogError` for one that names none.
    public static func named(_ patterns: [String]) throws(CatalogError) -> [Mutation] {
        let globs = patterns.map(Glob.init)
        for glob in globs where !all.contains(where: { glob.matches($0.name) }) {
            throw CatalogError(
                description: "there is no mutation \(glob.pattern). `drydock mutate --list` shows all.")
        }
        return globs.isEmpty ? all : all.filter { mutation in globs.contains { $0.matches(mutation.name) } }
    }
}

/// An answer that no daemon gave.
struct CannedAnswer: Sendable {
    let status: Int
    let body: JSONValue?

    var bytes: [UInt8] {
        var lines = ["HTTP/1.1 \(status) \(AnswerHead.reason(status))", "Connection: close"]
        let text = body.map { $0.line() } ?? []
        if body != nil { lines.append("Content-Type: application/json") }
        if status != 204 { lines.append("Content-Length: \(text.count)") }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + text
    }
}
