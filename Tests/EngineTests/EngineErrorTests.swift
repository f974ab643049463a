import Engine
import Testing

/// Goal: an error shows docker's sentence, nothing else.
@Suite struct EngineErrorTests {
    @Test func descriptionIsTheMessage() {
        #expect("\(EngineError(.notFound, "No such container: web"))" == "No such container: web")
    }
}
