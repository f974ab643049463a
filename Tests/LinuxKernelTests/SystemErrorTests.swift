import LinuxKernel
import Testing

/// Goal: a failed system call says what it was and why. Method: feed the funnel answers of both signs.
@Suite struct SystemErrorTests {
    @Test func anErrorNamesTheActionAndTheReason() throws {
        let error = #expect(throws: SystemError.self) { try SystemCall.check(Int32(-2), "open /nowhere") }
        #expect(error?.errno == 2)
        #expect(error?.description == "cannot open /nowhere: No such file or directory")
    }

    @Test func anAnswerIsHandedOn() throws {
        #expect(try SystemCall.check(Int64(7), "read") == 7)
    }
}
