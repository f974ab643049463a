import DockerAPI
import NIOCore
import NIOHTTP1

/// One request as an operation sees it: the version and names already taken out of its path.
public struct Call: Sendable {
    /// The body of a request.
    public enum Body: Sendable {
        /// All of it, possibly nothing.
        case document(ByteBuffer)
        /// Bit by bit.
        case stream(ByteInput)
    }

    /// The method.
    public let method: HTTPMethod
    /// The API version the client speaks.
    public let version: APIVersion
    /// What stands for the names in the route's path, percent-decoded, in their order.
    public let names: [String]
    /// The query.
    public let query: Query
    /// The headers.
    public let headers: HTTPHeaders
    /// The body.
    public let body: Body

    /// The first name of the path.
    public var name: String { names.first ?? "" }

    /// Whether the client speaks that version or a later one.
    public func speaks(_ minor: Int) -> Bool { version >= APIVersion(major: 1, minor: minor) }

    /// The streamed body; empty where the route takes documents.
    public var upload: ByteInput? {
        if case .stream(let input) = body { input } else { nil }
    }
}
