#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import RawJSON

/// Who may do what: Basic credentials, and the token server of the distribution project's token specification.
struct Authentication: Sendable {
    static let service = "drydock-fixtures"
    let state: RegistryState

    /// The refusal of a request, or nil where it may pass.
    func refusal(_ target: RequestTarget, mode: Mode, authorization: String?, address: String) -> RegistryResponse? {
        switch mode {
        case .authBasic:
            if let authorization, Self.isFixtureAccount(authorization) { return nil }
            return challenge(#"Basic realm="Drydock fixtures""#)
        default:
            if let authorization, isToken(authorization, goodFor: target) { return nil }
            let scope = target.repository.isEmpty ? "" : #",scope="repository:\#(target.repository):pull,push""#
            return challenge(
                #"Bearer realm="http://\#(address)/_drydock/token",service="\#(Self.service)"\#(scope)"#)
        }
    }

    /// `GET /_drydock/token`: a token for the scope, against the fixture credentials.
    func token(_ target: RequestTarget, authorization: String?) -> RegistryResponse {
        guard let authorization, Self.isFixtureAccount(authorization) else {
            return challenge(#"Basic realm="Drydock fixtures""#)
        }
        let scope = (target.query["scope"] ?? "").split(separator: ":").map(String.init)
        let token = UUID().uuidString
        state.addToken(token, repository: scope.count == 3 ? scope[1] : "")
        return .json(200, ["token": .string(token), "access_token": .string(token), "expires_in": 300])
    }

    private func challenge(_ scheme: String) -> RegistryResponse {
        .error(401, .unauthorized, "authentication required", headers: [("WWW-Authenticate", scheme)])
    }

    private func isToken(_ authorization: String, goodFor target: RequestTarget) -> Bool {
        let words = authorization.split(separator: " ", maxSplits: 1).map(String.init)
        guard words.count == 2, words[0].lowercased() == "bearer", let repository = state.repository(ofToken: words[1])
        else { return false }
        return target.repository.isEmpty || repository == target.repository
    }

    private static func isFixtureAccount(_ authorization: String) -> Bool {
        let words = authorization.split(separator: " ", maxSplits: 1).map(String.init)
        guard words.count == 2, words[0].lowercased() == "basic", let data = Data(base64Encoded: words[1]) else {
            return false
        }
        return data.elementsEqual("\(FixtureCredentials.user):\(FixtureCredentials.password)".utf8)
    }
}
