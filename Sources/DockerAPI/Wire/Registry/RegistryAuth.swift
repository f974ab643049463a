import RawJSON

/// Credentials for a registry: the header `X-Registry-Auth`, as base64url of JSON (`AuthConfig`).
public struct RegistryAuth: Sendable, Hashable {
    /// The name of the header.
    public static let headerName = "X-Registry-Auth"
    /// What docker's CLI sends where it has no credentials: `{}`.
    public static let none = RegistryAuth()

    /// The user.
    public var username: String?
    /// The password.
    public var password: String?
    /// The registry.
    public var serverAddress: String?
    /// A token in place of the password.
    public var identityToken: String?
    /// A bearer token for the registry itself.
    public var registryToken: String?

    /// Credentials from their parts.
    public init(
        username: String? = nil, password: String? = nil, serverAddress: String? = nil,
        identityToken: String? = nil, registryToken: String? = nil
    ) {
        self.username = username
        self.password = password
        self.serverAddress = serverAddress
        self.identityToken = identityToken
        self.registryToken = registryToken
    }

    /// Reads the value of the header; padding may be missing.
    ///
    /// - Throws: `RegistryAuthError` where it is no base64 or no JSON object.
    public init(headerValue: String) throws(RegistryAuthError) {
        guard let bytes = Base64.decode(headerValue) else { throw .notBase64 }
        do {
            guard let object = try JSONValue.parse(bytes).object else { throw RegistryAuthError.notObject }
            let text = { (name: String) in object[name]?.string.flatMap { $0.isEmpty ? nil : $0 } }
            self.init(
                username: text("username"), password: text("password"), serverAddress: text("serveraddress"),
                identityToken: text("identitytoken"), registryToken: text("registrytoken"))
        } catch {
            throw .notObject
        }
    }

    /// The credentials as JSON, members in the order in which docker's CLI writes them.
    public var json: JSONValue {
        let members: [(String, String?)] = [
            ("username", username), ("password", password), ("serveraddress", serverAddress),
            ("identitytoken", identityToken), ("registrytoken", registryToken),
        ]
        return .object(
            JSONObject(
                members: members.compactMap { name, value in value.map { .init(name: name, value: .string($0)) } }))
    }

    /// The value of the header: base64url with padding.
    public var headerValue: String { Base64.encodeForURL(json.bytes(.init(escapesHTML: true))) }
}

/// Why a header holds no credentials.
public enum RegistryAuthError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Not base64.
    case notBase64
    /// Not a JSON object.
    case notObject

    /// One sentence.
    public var description: String {
        switch self {
        case .notBase64: "invalid X-Registry-Auth header: it is not base64url"
        case .notObject: "invalid X-Registry-Auth header: it holds no JSON object"
        }
    }
}
