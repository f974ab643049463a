import TestSupport
import Testing

@testable import Engine

@Suite(.serialized, .enabled(if: Machine.isRoot, Machine.why), .timeLimit(.minutes(2)))
struct ListenerTests {
    /// Goal: whoever listens hears the process, whatever other readers do. Method: one reader goes at the very moment
    /// another comes, and the one that is there waits for what is then said.
    @Test func readerThatComesAsAnotherGoesHearsEverything() async throws {
        try await Sandbox.with { box in
            var spec = box.spec("echo")
            spec.process.opensStandardInput = true
            let output = OutputBroadcaster()
            let container = try await box.start(spec, output: output)
            for round in 0..<400 {
                let leaving = output.subscribe()
                let going = Task.detached { leaving.cancel() }
                let reading = Reading(output)
                await going.value
                try await container.write(Array("round \(round)\n".utf8))
                _ = try await reading.wait(for: "round \(round)\n")
            }
            container.closeStandardInput()
            #expect(await container.exit.code == 0)
        }
    }
}
