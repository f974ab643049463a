import Testing

@testable import Engine

@Suite(.enabled(if: Machine.isFit, Machine.why), .serialized, .timeLimit(.minutes(2)))
struct LifeTests {
    @Test func aContainerLivesFromCreationToRemoval() async throws {
        try await Harbour.with { harbour in
            let engine = harbour.engine
            let created = try await engine.create(Harbour.request("sh", "-c", "echo hello; exit 3", name: "web"))
            #expect(try await engine.inspect("web").state.status == .created)
            let wait = try engine.wait("web", until: .nextExit)
            try await engine.start("web")
            #expect(try await wait.result().exitCode == 3)
            let state = try await engine.inspect(created.id).state
            #expect(state.status == .exited)
            #expect(state.exitCode == 3)
            #expect(try await harbour.log("web") == "hello\n")
            try await engine.remove("web")
            await expectFailure(.notFound, "No such container: web") { _ = try await engine.inspect("web") }
        }
    }

    @Test func namesAreKeptApart() async throws {
        try await Harbour.with { harbour in
            let engine = harbour.engine
            let id = try await engine.create(Harbour.request("true", name: "web")).id
            await expectFailure(
                .conflict,
                "Conflict. The container name \"/web\" is already in use by container \"\(id)\". You have to remove (or "
                    + "rename) that container to be able to reuse that name."
            ) { _ = try await engine.create(Harbour.request("true", name: "web")) }
            try await engine.rename("web", to: "shop")
            #expect(try await engine.inspect("/shop").id == id)
            _ = try await engine.create(Harbour.request("true", name: "web"))
            #expect(try await engine.inspect(String(id.prefix(12))).name == "shop")
        }
    }

    @Test func startingTwiceChangesNothing() async throws {
        try await Harbour.with { harbour in
            let engine = harbour.engine
            let id = try await harbour.run(Harbour.request("sleep", "600"))
            let pid = try await engine.inspect(id).state.pid
            await expectFailure(.notModified, "running") { try await engine.start(id) }
            #expect(try await engine.inspect(id).state.pid == pid)
            await expectFailure(.conflict, "container is running: stop the container before removing or force remove") {
                try await engine.remove(id)
            }
            try await engine.stop(id, timeout: 0)
            #expect(try await engine.inspect(id).state.exitCode == 137)
            await expectFailure(.notModified, "stopped") { try await engine.stop(id) }
            await expectFailure(.conflict, "is not running") { try await engine.kill(id) }
        }
    }

    @Test func aCommandThatIsNotThereIsReported() async throws {
        try await Harbour.with { harbour in
            let engine = harbour.engine
            let missing = try await engine.create(Harbour.request("nosuch")).id
            await expectFailure(.invalidArgument, "exec: \"nosuch\": executable file not found in $PATH") {
                try await engine.start(missing)
            }
            let state = try await engine.inspect(missing).state
            #expect(state.status == .created)
            #expect(state.exitCode == 127)
            #expect(state.error.contains("executable file not found"))
            let folder = try await engine.create(Harbour.request("/etc")).id
            await expectFailure(.invalidArgument, "permission denied") { try await engine.start(folder) }
            #expect(try await engine.inspect(folder).state.exitCode == 126)
        }
    }

    @Test func thoseWhoRemoveThemselvesAreGone() async throws {
        try await Harbour.with { harbour in
            let engine = harbour.engine
            let id = try await engine.create(
                Harbour.request("sh", "-c", "exit 5") { $0.hostConfiguration.autoRemove = true }
            ).id
            let gone = try engine.wait(id, until: .removed)
            try await engine.start(id)
            #expect(try await gone.result().exitCode == 5)
            await expectFailure(.notFound, "No such container") { _ = try await engine.inspect(id) }
        }
    }

    @Test func thePolicyStartsItAgain() async throws {
        try await Harbour.with { harbour in
            let engine = harbour.engine
            let id = try await harbour.run(
                Harbour.request("sh", "-c", "echo run; exit 1") { request in
                    request.hostConfiguration.restartPolicy.name = "on-failure"
                    request.hostConfiguration.restartPolicy.maximumRetryCount = 2
                })
            #expect(try await harbour.exitCode(id) == 1)
            #expect(try await engine.inspect(id).restartCount == 2)
            #expect(try await harbour.log(id) == "run\nrun\nrun\n")
        }
    }

    @Test func aPausedContainerWaits() async throws {
        try await Harbour.with { harbour in
            let engine = harbour.engine
            let id = try await harbour.run(Harbour.request("sleep", "600"))
            try await engine.pause(id)
            #expect(try await engine.inspect(id).state.status == .paused)
            await expectFailure(.conflict, "already paused") { try await engine.pause(id) }
            try await engine.unpause(id)
            #expect(try await engine.inspect(id).state.status == .running)
            try await engine.pause(id)
            try await engine.stop(id, timeout: 1)
            #expect(try await engine.inspect(id).state.status == .exited)
        }
    }

    @Test func anEngineFindsItsContainersAgain() async throws {
        try await Harbour.with { harbour in
            let running = try await harbour.run(Harbour.request("sh", "-c", "echo before; sleep 600", name: "running"))
            let ending = try await harbour.run(Harbour.request("sh", "-c", "sleep 1; exit 7", name: "ending"))
            let pid = try await harbour.engine.inspect(running).state.pid
            try await harbour.replaceEngine()
            let engine = harbour.engine
            #expect(try await engine.inspect(running).state.pid == pid)
            #expect(try await harbour.exitCode(ending) == 7)
            #expect(try await harbour.log("running") == "before\n")
            try await engine.stop(running, timeout: 0)
            #expect(try await engine.inspect("running").state.exitCode == 137)
            try await engine.start("ending")
            #expect(try await harbour.exitCode("ending") == 7)
        }
    }
}
