import Testing

@testable import RegistryClient

@Suite("WWW-Authenticate") struct ChallengeTests {
    @Test("challenges are told apart, with quoted and plain values")
    func parsing() {
        let bearer = Challenge(
            scheme: "bearer",
            parameters: ["realm": "https://a/token?x=1,2", "service": "a \"b\"", "scope": "repository:x:pull,push"])
        let header = #"Bearer realm="https://a/token?x=1,2",service="a \"b\"", scope="repository:x:pull,push""#
        #expect(Challenge.parse([header]) == [bearer])
        #expect(
            Challenge.parse([#"Basic realm=plain, \#(header)"#]) == [
                Challenge(scheme: "basic", parameters: ["realm": "plain"]), bearer,
            ])
        #expect(Challenge.parse([header, "Basic"]).map(\.scheme) == ["bearer", "basic"])
    }

    @Test(
        "rubbish is no challenge and ends", arguments: ["", ",,,", "=", "\"", "Bearer realm=\"open", "Basic =x", "é"])
    func rubbish(header: String) {
        #expect(Challenge.parse([header]).allSatisfy { $0.parameters.isEmpty })
    }
}
