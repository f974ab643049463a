import OCI
import RawJSON

/// What a request is answered with.
struct RegistryResponse: Sendable {
    enum Body: Sendable {
        case bytes([UInt8])
        /// A part of a file: the blob at `path`, with some of its bytes replaced.
        case file(path: String, offset: Int64, count: Int64, patch: Patch?)

        var count: Int64 {
            switch self {
            case .bytes(let bytes): Int64(bytes.count)
            case .file(_, _, let count, _): count
            }
        }
    }

    /// A byte of the whole file that is sent inverted.
    struct Patch: Sendable { let offset: Int64 }

    var status: Int
    var headers: [(name: String, value: String)]
    var body: Body
    /// Close the connection after so many bytes of the body.
    var cutAfter: Int64?
    /// Send the body in small pieces with pauses.
    var trickles = false
    /// Send the body chunked.
    var hidesLength = false

    init(_ status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = .bytes(body)
    }

    static func json(_ status: Int, _ value: JSONValue, headers: [(name: String, value: String)] = [])
        -> RegistryResponse
    {
        RegistryResponse(
            status, headers: [("Content-Type", "application/json")] + headers, body: value.bytes())
    }

    /// The error body of the distribution specification: `{"errors": [{"code", "message", "detail"}]}`.
    static func error(
        _ status: Int, _ code: RegistryErrorCode, _ message: String, headers: [(name: String, value: String)] = []
    ) -> RegistryResponse {
        json(
            status, ["errors": [["code": .string(code.rawValue), "message": .string(message), "detail": nil]]],
            headers: headers)
    }
}

/// The codes of the distribution specification, "Error Codes".
enum RegistryErrorCode: String {
    case blobUnknown = "BLOB_UNKNOWN"
    case uploadInvalid = "BLOB_UPLOAD_INVALID"
    case uploadUnknown = "BLOB_UPLOAD_UNKNOWN"
    case digestInvalid = "DIGEST_INVALID"
    case manifestBlobUnknown = "MANIFEST_BLOB_UNKNOWN"
    case manifestInvalid = "MANIFEST_INVALID"
    case manifestUnknown = "MANIFEST_UNKNOWN"
    case nameInvalid = "NAME_INVALID"
    case nameUnknown = "NAME_UNKNOWN"
    case sizeInvalid = "SIZE_INVALID"
    case unauthorized = "UNAUTHORIZED"
    case denied = "DENIED"
    case unsupported = "UNSUPPORTED"
    case tooManyRequests = "TOOMANYREQUESTS"
    case unavailable = "UNAVAILABLE"
    case unknown = "UNKNOWN"
}
