import Engine
import RegistryClient

extension Route {
    /// `POST /auth`
    static func authenticate(_ engine: Engine) -> Route {
        Route(.POST, "/auth", abandoning: .cancels) { call in
            let fields = try JSONFields(body: call)
            let credentials = RegistryCredentials(
                username: try fields?.text("username") ?? "", password: try fields?.text("password") ?? "",
                identityToken: try fields?.text("identitytoken") ?? "",
                registryToken: try fields?.text("registrytoken") ?? "")
            let server = try fields?.text("serveraddress") ?? ""
            let token = try await engine.logIn(to: server, credentials: credentials)
            return .json(["Status": "Login Succeeded", "IdentityToken": .string(token)])
        }
    }
}
