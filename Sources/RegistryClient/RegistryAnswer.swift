import DockerAPI
import NIOCore
import NIOHTTP1
import RawJSON

/// Reads the error answers of registries (distribution-spec, "Error Codes") and words them as docker does.
enum RegistryAnswer {
    /// One element of `errors`.
    struct Fault: Sendable, Hashable {
        var code: String
        var message: String

        /// `manifest unknown: unknown tag=x`
        var text: String {
            let name = code.lowercased().split(separator: "_", omittingEmptySubsequences: false).joined(separator: " ")
            return message.isEmpty ? name : "\(name): \(message)"
        }
    }

    /// The error of an answer, without a word on what was asked for.
    static func failure(status: HTTPResponseStatus, headers: HTTPHeaders, body: [UInt8]) -> RegistryError {
        let fault = fault(status: status, headers: headers, body: body)
        let number = Int(status.code)
        let retryAfter = headers.first(name: "Retry-After").flatMap(Int64.init)
        if let fault {
            return RegistryError(
                code(of: fault, status: number), fault.text, status: number,
                isTransient: number >= 500 || number == 429, retryAfter: retryAfter)
        }
        guard (400..<500).contains(number) else {
            return RegistryError(
                .unavailable, "received unexpected HTTP status: \(number) \(status.reasonPhrase)", status: number,
                isTransient: number >= 500 && number != 501, retryAfter: retryAfter)
        }
        if number == 429 {
            return RegistryError(
                .rateLimited, "toomanyrequests: too many requests", status: number, isTransient: true,
                retryAfter: retryAfter)
        }
        return RegistryError(
            code(of: Fault(code: "", message: ""), status: number), unparsable(number, body), status: number)
    }

    /// The error of asking for a manifest, in the words of docker's `translatePullError`.
    static func pullFailure(_ error: RegistryError, fault: Fault?, reference: ImageReference) -> RegistryError {
        switch fault?.code.uppercased() {
        case "DENIED":
            error.with(
                message: "pull access denied for \(reference.familiarName), repository does not exist or may require "
                    + "'docker login': \(error.message)", code: .denied)
        case "MANIFEST_UNKNOWN":
            error.with(message: "manifest for \(reference.familiar) not found: \(error.message)", code: .notFound)
        case "NAME_UNKNOWN":
            error.with(message: "repository \(reference.familiarName) not found: \(error.message)", code: .notFound)
        default: error
        }
    }

    /// The first fault of an answer; a bearer challenge's `error` comes before the body (RFC 6750 section 3.1).
    static func fault(status: HTTPResponseStatus, headers: HTTPHeaders, body: [UInt8]) -> Fault? {
        guard (400..<600).contains(status.code) else { return nil }
        if status.code < 500 {
            for challenge in Challenge.parse(headers["WWW-Authenticate"]) where challenge.scheme == "bearer" {
                let description = challenge.parameters["error_description"]
                switch challenge.parameters["error"] {
                case "invalid_token":
                    return first(of: body)
                        ?? Fault(code: "UNAUTHORIZED", message: description ?? authenticationRequired)
                case "insufficient_scope":
                    return Fault(code: "DENIED", message: description ?? "requested access to the resource is denied")
                default: continue
                }
            }
        }
        if let fault = first(of: body) { return fault }
        return status.code == 401 ? Fault(code: "UNAUTHORIZED", message: authenticationRequired) : nil
    }

    /// The messages that the distribution project gives its codes.
    private static let standardMessages = [
        "UNAUTHORIZED": authenticationRequired, "DENIED": "requested access to the resource is denied",
        "MANIFEST_UNKNOWN": "manifest unknown", "NAME_UNKNOWN": "repository name not known to registry",
        "BLOB_UNKNOWN": "blob unknown to registry", "TOOMANYREQUESTS": "too many requests",
        "UNAVAILABLE": "service unavailable", "UNKNOWN": "unknown error",
    ]

    private static let authenticationRequired = "authentication required"

    private static func first(of body: [UInt8]) -> Fault? {
        // A body that is no JSON is an answer without an error code, which the callers word by its status.
        guard let document = try? JSONValue.parse(body) else { return nil }
        if let details = document["details"]?.string, !details.isEmpty {
            return Fault(code: "UNKNOWN", message: details)
        }
        guard let entry = document["errors"]?.array?.first, let code = entry["code"]?.string else { return nil }
        let message = entry["message"]?.string ?? ""
        // Without details, the message that belongs to the code adds nothing, and docker leaves it out.
        let isPlain = entry["detail"]?.isNull ?? true
        return Fault(code: code, message: isPlain && message == standardMessages[code.uppercased()] ? "" : message)
    }

    private static func unparsable(_ status: Int, _ body: [UInt8]) -> String {
        let reason: String
        do {
            _ = try JSONValue.parse(body)
            reason = "no error details found in HTTP response body"
        } catch {
            reason = body.isEmpty ? "unexpected end of JSON input" : error.reason
        }
        let excerpt = String(decoding: body.prefix(512), as: UTF8.self)
        return "error parsing HTTP \(status) response body: \(reason): \(excerpt.debugDescription)"
    }

    private static func code(of fault: Fault, status: Int) -> RegistryError.Code {
        switch fault.code.uppercased() {
        case "UNAUTHORIZED": .unauthorized
        case "DENIED": .denied
        case "MANIFEST_UNKNOWN", "NAME_UNKNOWN", "BLOB_UNKNOWN": .notFound
        case "TOOMANYREQUESTS": .rateLimited
        case "UNAVAILABLE": .unavailable
        default:
            switch status {
            case 401: .unauthorized
            case 403: .denied
            case 404: .notFound
            case 429: .rateLimited
            case 500...: .unavailable
            default: .refused
            }
        }
    }
}
