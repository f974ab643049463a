import RawJSON

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Who the user is at a registry, as `config.json` knows it: by a credential helper (`credHelpers`, `credsStore`) or by
/// `auths`.
struct RegistryCredentials: Sendable {
    let configuration: ClientConfiguration
    let environment: [String: String]

    /// The `X-Registry-Auth` for a registry: base64url of a JSON object, `e30=` (`{}`) where nothing is known, and a
    /// warning where a credential helper failed.
    func header(for domain: String) async -> (value: String, warning: String?) {
        let server = domain == "docker.io" ? "https://index.docker.io/v1/" : domain
        var object = JSONObject()
        var warning: String?
        if let helper = helper(for: server) {
            do {
                object = try await stored(by: helper, server)
                // Helpers keep names and secrets only; docker's CLI takes the rest from the file.
                let rest = written(server)
                for field in ["email", "registrytoken"] { if let value = rest[field] { object[field] = value } }
            } catch {
                warning = "WARNING: no credentials for \(server): \(error.message)"
            }
        } else {
            object = written(server)
        }
        let text = Data(JSONValue.object(object).bytes()).base64EncodedString()
        return (String(text.map { $0 == "+" ? "-" : ($0 == "/" ? "_" : $0) }), warning)
    }

    private func helper(for server: String) -> String? {
        let name = configuration.content["credHelpers"]?[server]?.string ?? configuration.text("credsStore")
        return name.isEmpty ? nil : name
    }

    /// What `docker-credential-NAME get` answers.
    private func stored(by helper: String, _ server: String) async throws(CommandFailure) -> JSONObject {
        let name = "docker-credential-\(helper)"
        let answer = try await HelperProcess(name: name, arguments: ["get"], environment: environment).run(
            input: server)
        guard answer.exitCode == 0 else {
            // The words are the protocol's own: a helper has no other way to say that it knows nothing.
            let words = answer.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            if words == "credentials not found in native keychain" { return JSONObject() }
            throw CommandFailure("\(name) failed with exit code \(answer.exitCode): \(words)")
        }
        guard let found = try? JSONValue.parse(answer.output), let secret = found["Secret"]?.string else {
            throw CommandFailure("\(name) answered something that is no JSON object with Username and Secret")
        }
        var object = JSONObject()
        let user = found["Username"]?.string ?? ""
        if user == "<token>" {
            object["serveraddress"] = .string(server)
            object["identitytoken"] = .string(secret)
        } else {
            if !user.isEmpty { object["username"] = .string(user) }
            if !secret.isEmpty { object["password"] = .string(secret) }
            object["serveraddress"] = .string(server)
        }
        return object
    }

    /// What stands in `auths` under the server, or under a URL of its host.
    private func written(_ server: String) -> JSONObject {
        let auths = configuration.content["auths"]?.object?.members ?? []
        guard
            let entry = auths.first(where: { $0.name == server })
                ?? auths.first(where: { Self.host($0.name) == server })
        else { return JSONObject() }
        var object = JSONObject()
        var user = entry.value["username"]?.string ?? "", password = entry.value["password"]?.string ?? ""
        if let encoded = entry.value["auth"]?.string, !encoded.isEmpty, let data = Data(base64Encoded: encoded) {
            let parts = String(decoding: data, as: UTF8.self).split(
                separator: ":", maxSplits: 1, omittingEmptySubsequences: false
            ).map(String.init)
            (user, password) = (parts[0], parts.count == 2 ? parts[1].filter { $0 != "\0" } : "")
        }
        if !user.isEmpty { object["username"] = .string(user) }
        if !password.isEmpty { object["password"] = .string(password) }
        if let email = entry.value["email"]?.string, !email.isEmpty { object["email"] = .string(email) }
        object["serveraddress"] = .string(entry.name)
        for field in ["identitytoken", "registrytoken"] {
            if let token = entry.value[field]?.string, !token.isEmpty { object[field] = .string(token) }
        }
        return object
    }

    /// The host of `https://host/v1/`.
    private static func host(_ name: String) -> String {
        var rest = Substring(name)
        for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) { rest = rest.dropFirst(scheme.count) }
        return String(rest.prefix { $0 != "/" })
    }
}
