import CLinux
import Foundation
import Testing

@testable import Engine
import struct Engine.ExitStatus

/// Goal: containers outlive daemon and launcher, and nothing is lost. Method: drivers that are killed for good.
@Suite(.enabled(if: Machine.isRoot, Machine.why), .timeLimit(.minutes(2)))
struct SurvivalTests {
    @Test func killedDriverLosesNeitherBytesNorExit() async throws {
        let box = try Sandbox()
        let folder = box.folder
        await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
            let launcher = try Launcher(executable: Machine.products + "/drydock-shim")
            var spec = Sandbox.existing(folder, launcher).spec("log", "--lines", "3000", "--rate", "2000")
            spec.log = LogFile(path: folder + "/state/json.log")
            let output = OutputBroadcaster()
            let subscription = output.subscribe()
            _ = try await launcher.launch(spec, stateDirectory: folder + "/state", output: output)
            for try await _ in subscription { raise(SIGKILL) }
        }
        let found = try await RunningProcess.reconnect(stateDirectory: box.state)
        let status: ExitStatus
        switch found {
        case .running(let process):
            #expect(process.pid > 0)
            status = await process.exit
        case .exited(let recorded): status = recorded
        case .lost:
            Issue.record("the container is lost")
            return await box.tearDown()
        }
        #expect(status.code == 0)
        let text = try String(contentsOfFile: box.logPath, encoding: .utf8)
        #expect(text.split(separator: "\n").count == 3000)
        guard case .exited(status) = try await RunningProcess.reconnect(stateDirectory: box.state) else {
            Issue.record("the record is not there")
            return await box.tearDown()
        }
        await box.tearDown()
    }

    @Test func reconnectedProcessIsFullyInHand() async throws {
        try await Sandbox.with { box in
            var spec = box.spec("echo")
            spec.process.opensStandardInput = true
            _ = try await box.start(spec)
            let output = OutputBroadcaster()
            let reading = Reading(output)
            guard
                case .running(let again) = try await RunningProcess.reconnect(stateDirectory: box.state, output: output)
            else {
                Issue.record("it does not run")
                return
            }
            try await again.write(Array("after\n".utf8))
            again.closeStandardInput()
            let ended = try await reading.ended(again)
            #expect(ended.output == "after\neof\n")
            #expect(ended.status.code == 0)
        }
    }

    @Test func emptyDirectoryIsLost() async throws {
        try await Sandbox.with { box in
            guard case .lost = try await RunningProcess.reconnect(stateDirectory: box.state) else {
                Issue.record("there was nothing")
                return
            }
        }
    }

    @Test func containersOutliveTheLauncherAndTheNextStartBringsAnother() async throws {
        try await Sandbox.with { box in
            var spec = box.spec("echo")
            spec.process.opensStandardInput = true
            let output = OutputBroadcaster()
            let reading = Reading(output)
            let process = try await box.start(spec, output: output)
            box.launcher.stop()
            try await Sandbox.with(box.launcher) { other in
                let ended = try await other.run(other.spec("exit", "4"))
                #expect(ended.status.code == 4)
            }
            process.closeStandardInput()
            let ended = try await reading.ended(process)
            #expect(ended.output == "eof\n")
        }
    }

    @Test func commandEndsWithItsKilledMonitor() async throws {
        try await Sandbox.with { box in
            let process = try await box.start(box.spec("sleep"))
            let status = try String(contentsOfFile: "/proc/\(process.pid)/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("PPid:") })
            let monitor = try #require(Int32(line.split(separator: "\t")[1]))
            // What the monitor looks like from outside: its own session, a small image.
            #expect(getsid(monitor) == monitor)
            kill(monitor, SIGTERM)
            kill(monitor, SIGHUP)
            #expect(kill(monitor, 0) == 0)
            kill(monitor, SIGKILL)
            #expect(await process.exit.cause == .monitorLost)
            guard case .lost = try await RunningProcess.reconnect(stateDirectory: box.state) else {
                Issue.record("it has no record")
                return
            }
        }
    }

    @Test func monitorsStaySmall() async throws {
        try await Sandbox.with { box in
            var spec = box.spec("log", "--lines", "5000", "--wait")
            spec.log = LogFile(path: box.logPath)
            let process = try await box.start(spec)
            _ = try await Watching.settledSize(of: box.logPath)
            let status = try String(contentsOfFile: "/proc/\(process.pid)/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("PPid:") })
            let rollup = try String(
                contentsOfFile: "/proc/\(line.split(separator: "\t")[1])/smaps_rollup", encoding: .utf8)
            let pss = try #require(rollup.split(separator: "\n").first { $0.hasPrefix("Pss:") })
            let kilobytes = try #require(pss.split(separator: " ").dropFirst().first.flatMap { Int($0) })
            // The image in a debug build is larger; the release is held to 300 kB.
            #expect(kilobytes < 2000, "\(pss)")
        }
    }
}
