import ShimProtocol
import Testing

/// Goal: both sides agree on the layout. Method: compare Swift's view of the C structs with the documented sizes.
@Suite struct ProtocolTests {
    @Test func messagesHaveTheirDocumentedSizes() {
        #expect(MemoryLayout<shim_message>.size == 8)
        #expect(MemoryLayout<shim_exit>.size == 24)
    }
}
