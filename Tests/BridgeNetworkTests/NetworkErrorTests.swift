import BridgeNetwork
import Testing

/// Goal: an error shows its sentence, nothing else.
@Suite struct NetworkErrorTests {
    @Test func descriptionIsTheMessage() {
        #expect("\(NetworkError(.portInUse, "port 80 is taken"))" == "port 80 is taken")
    }
}
