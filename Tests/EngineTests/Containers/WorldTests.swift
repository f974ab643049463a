import Testing

@testable import Engine

@Suite(.enabled(if: Machine.isFit, Machine.why), .serialized, .timeLimit(.minutes(2)))
struct WorldTests {
    private func output(_ harbour: Harbour, _ request: ContainerCreation) async throws -> String {
        let id = try await harbour.run(request)
        _ = try await harbour.exitCode(id)
        return try await harbour.log(id)
    }

    @Test func theContainerHasItsNameItsUserAndItsVariables() async throws {
        try await Harbour.with { harbour in
            let text = try await output(
                harbour,
                Harbour.request("sh", "-c", "hostname; id -u; id -g; id -G; echo $A; pwd; cat /etc/hostname") {
                    request in
                    request.configuration.hostname = "box"
                    request.configuration.user = "1000:1001"
                    request.configuration.environment = ["A=b"]
                    request.configuration.workingDirectory = "/made/here"
                    request.hostConfiguration.groupAdd = ["77"]
                })
            #expect(text == "box\n1000\n1001\n1001 77\nb\n/made/here\nbox\n")
        }
    }

    @Test func volumesKeepTheirData() async throws {
        try await Harbour.with { harbour in
            let engine = harbour.engine
            let writing = try await harbour.run(
                Harbour.request("sh", "-c", "echo kept > /data/file") { $0.hostConfiguration.binds = ["cargo:/data"] })
            #expect(try await harbour.exitCode(writing) == 0)
            let text = try await output(
                harbour, Harbour.request("cat", "/data/file") { $0.hostConfiguration.binds = ["cargo:/data:ro"] })
            #expect(text == "kept\n")
            await expectFailure(.conflict, "remove cargo: volume is in use - [") {
                try await engine.removeVolume("cargo")
            }
        }
    }

    @Test func limitsReachTheKernel() async throws {
        try await Harbour.with { harbour in
            let engine = harbour.engine
            guard try await engine.information().limits.memory else { return }
            let id = try await harbour.run(
                Harbour.request("sleep", "600") { $0.hostConfiguration.resources.memory = 64 << 20 })
            let statistics = try await engine.statistics(id, oneShot: true)
            #expect(statistics.current?.memory.limit == 64 << 20)
            #expect(try await engine.inspect(id).hostConfiguration.resources.memorySwap == 128 << 20)
        }
    }

    @Test func theBridgeGivesAnAddressAndPublishes() async throws {
        try await Harbour.with { harbour in
            let engine = harbour.engine
            let id = try await harbour.run(
                Harbour.request("sleep", "600") { request in
                    request.hostConfiguration.networkMode = "bridge"
                    request.hostConfiguration.portBindings = ["80/tcp": [PortBinding(hostIP: "127.0.0.1")]]
                })
            let network = try await engine.inspect(id).network
            #expect(network.endpoints["bridge"]?.ipAddress.isEmpty == false)
            #expect((network.ports["80/tcp"] ?? nil)?.first?.hostIP == "127.0.0.1")
            #expect(try await engine.network("bridge").containers[id] != nil)
            try await engine.remove(id, force: true)
            #expect(try await engine.network("bridge").containers[id] == nil)
        }
    }

    @Test func whatCannotBeIsRefused() async throws {
        try await Harbour.with { harbour in
            func refused(_ part: String, _ change: @escaping (inout ContainerCreation) -> Void) async {
                await expectFailure(.invalidArgument, part) {
                    _ = try await harbour.engine.create(Harbour.request("true", change: change))
                }
            }
            await refused("invalid environment variable: =value") { $0.configuration.environment = ["=value"] }
            await refused("the working directory 'a/b' is invalid, it needs to be an absolute path") {
                $0.configuration.workingDirectory = "a/b"
            }
            await refused("invalid signal: SIGNOPE") { $0.configuration.stopSignal = "SIGNOPE" }
            await refused("invalid CapAdd: unknown capability: \"CAP_NO_SUCH\"") {
                $0.hostConfiguration.capAdd = ["NO_SUCH"]
            }
            await refused("can't create 'AutoRemove' container with restart policy") { request in
                request.hostConfiguration.autoRemove = true
                request.hostConfiguration.restartPolicy.name = "always"
            }
            await refused("Invalid container name (x), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed") { $0.name = "x" }
            let left = try await harbour.engine.list(Harbour.all)
            #expect(left.isEmpty)
        }
    }
}
