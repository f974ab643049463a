import RawJSON

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What `config.json` knows of a registry: user and password, or an identity token. Credential helpers are not asked.
struct RegistryCredentials: Sendable {
    private let auths: JSONValue?

    init(environment: [String: String]) {
        let directory = environment["DOCKER_CONFIG"] ?? environment["HOME"].map { $0 + "/.docker" }
        let data = directory.flatMap { FileManager.default.contents(atPath: $0 + "/config.json") }
        auths = data.flatMap { try? JSONValue.parse(Array($0)) }?["auths"]
    }

    /// The `X-Registry-Auth` for a registry: base64url of a JSON object, `e30=` (`{}`) where nothing is known.
    func header(for domain: String) -> String {
        let key = domain == "docker.io" ? "https://index.docker.io/v1/" : domain
        var object = JSONObject()
        if let entry = auths?[key] ?? auths?["https://\(domain)"] {
            if let encoded = entry["auth"]?.string, let data = Data(base64Encoded: encoded) {
                let parts = String(decoding: data, as: UTF8.self).split(
                    separator: ":", maxSplits: 1, omittingEmptySubsequences: false
                ).map(String.init)
                object["username"] = .string(parts[0])
                object["password"] = .string(parts.count == 2 ? parts[1] : "")
            }
            if let token = entry["identitytoken"]?.string { object["identitytoken"] = .string(token) }
            object["serveraddress"] = .string(key)
        }
        let text = Data(JSONValue.object(object).text().utf8).base64EncodedString()
        return String(text.map { $0 == "+" ? "-" : ($0 == "/" ? "_" : $0) })
    }
}
