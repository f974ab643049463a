import Engine
import Testing

@testable import EngineHTTP

/// Goal: every fault has a status that clients know. Method: walk all codes.
@Suite struct ErrorTableTests {
    @Test(arguments: EngineError.Code.allCases) func everyCodeIsAnErrorOrNotModified(code: EngineError.Code) {
        #expect(code == .notModified ? code.status.code == 304 : code.status.code >= 400)
    }
}
