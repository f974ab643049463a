import Testing

@testable import Engine

@Suite(.enabled(if: Machine.isFit, Machine.why), .serialized, .timeLimit(.minutes(2)))
struct SharingTests {
    private func output(_ harbour: Harbour, _ request: ContainerCreation) async throws -> String {
        let id = try await harbour.run(request)
        _ = try await harbour.exitCode(id)
        return try await harbour.log(id)
    }

    @Test func whatDockerMountsIsNoChangeOfTheContainer() async throws {
        try await Harbour.with { harbour in
            let id = try await harbour.run(Harbour.request("sh", "-c", "mkdir /fresh; test -e /.dockerenv"))
            #expect(try await harbour.exitCode(id) == 0)
            #expect(try await harbour.engine.changes(id).map(\.path) == ["/fresh"])
        }
    }

    @Test func aStartThatFailsEndsAContainerOfRm() async throws {
        try await Harbour.with { harbour in
            let engine = harbour.engine
            let id = try await engine.create(
                Harbour.request("true") { request in
                    request.configuration.user = "nobody-of-this-name"
                    request.hostConfiguration.autoRemove = true
                }
            ).id
            let removed = try engine.wait(id, until: .removed)
            await expectFailure(.invalidArgument, "unable to find user") { try await engine.start(id) }
            #expect(try await removed.result().exitCode == 128)
            await expectFailure(.notFound, "No such container") { _ = try await engine.inspect(id) }
        }
    }

    @Test func oneNetworkHasOneHostName() async throws {
        try await Harbour.with { harbour in
            _ = try await harbour.run(
                Harbour.request("sleep", "600", name: "first") { request in
                    request.configuration.hostname = "shared-host"
                    request.hostConfiguration.networkMode = "bridge"
                })
            let text = try await output(
                harbour,
                Harbour.request("sh", "-c", "hostname; grep -c shared-host /etc/hosts", name: "second") {
                    $0.hostConfiguration.networkMode = "container:first"
                })
            #expect(text == "shared-host\n1\n")
            await expectFailure(.invalidArgument, "conflicting options: hostname and the network mode") {
                _ = try await harbour.engine.create(
                    Harbour.request("true") { request in
                        request.configuration.hostname = "box"
                        request.hostConfiguration.networkMode = "container:first"
                    })
            }
            await expectFailure(.invalidArgument, "No such container: nobody") {
                _ = try await harbour.engine.create(
                    Harbour.request("true") { $0.hostConfiguration.pidMode = "container:nobody" })
            }
        }
    }

    @Test func memoryIsLentToThoseWhoMayHaveIt() async throws {
        try await Harbour.with { harbour in
            let lender = try await harbour.run(
                Harbour.request("sh", "-c", "echo lent > /dev/shm/note; exec sleep 600") {
                    $0.hostConfiguration.ipcMode = "shareable"
                })
            let text = try await output(
                harbour,
                Harbour.request("sh", "-c", "until grep -s . /dev/shm/note; do :; done") {
                    $0.hostConfiguration.ipcMode = "container:\(lender)"
                })
            #expect(text == "lent\n")
            let keeper = try await harbour.run(Harbour.request("sleep", "600"))
            let other = try await harbour.engine.create(
                Harbour.request("true") { $0.hostConfiguration.ipcMode = "container:\(keeper)" }
            ).id
            await expectFailure(.conflict, "non-shareable IPC") { try await harbour.engine.start(other) }
        }
    }

    @Test func aLinkNamesAnotherContainer() async throws {
        try await Harbour.with { harbour in
            let engine = harbour.engine
            let server = try await harbour.run(
                Harbour.request("sleep", "600", name: "server") { request in
                    request.configuration.exposedPorts = ["5432/tcp"]
                    request.hostConfiguration.networkMode = "bridge"
                })
            let client = try await harbour.run(
                Harbour.request(
                    "sh", "-c", "grep -c -w database /etc/hosts; echo $DATABASE_PORT_5432_TCP_PORT; sleep 600",
                    name: "client"
                ) { request in
                    request.hostConfiguration.networkMode = "bridge"
                    request.hostConfiguration.links = ["server:database"]
                })
            #expect(try await engine.inspect("client/database").id == server)
            #expect(try await engine.inspect(client).hostConfiguration.links == ["/server:/client/database"])
            #expect(try await engine.list().first { $0.id == server }?.linkNames == ["client/database"])
            try await engine.remove("client/database", link: true)
            #expect(try await engine.inspect(client).hostConfiguration.links == nil)
            await expectFailure(.notFound, "client/database") { _ = try await engine.inspect("client/database") }
            var query = LogQuery()
            query.follows = true
            var log = ""
            for try await batch in try await engine.logs(client, query).reader {
                log += String(decoding: batch.bytes, as: UTF8.self)
                if log.hasSuffix("5432\n") { break }
            }
            #expect(log == "1\n5432\n")
            try await engine.kill(client)
        }
    }

    @Test func aVolumeIsMountedWhileItIsUsed() async throws {
        try await Harbour.with { harbour in
            let engine = harbour.engine
            var request = VolumeCreation()
            request.name = "cargo"
            request.options = ["type": "tmpfs", "device": "tmpfs", "o": "size=1m,mode=0711"]
            let volume = try await engine.createVolume(request)
            let events = engine.eventBus.listen()
            let text = try await output(
                harbour,
                Harbour.request("sh", "-c", "grep -c '/data tmpfs' /proc/mounts; stat -c %a /data; touch /data/file") {
                    $0.hostConfiguration.binds = ["cargo:/data"]
                })
            #expect(text == "1\n711\n")
            var actions: [String] = []
            for await event in events where event.kind == .volume {
                actions.append(event.action)
                if event.action == "unmount" { break }
            }
            #expect(actions == ["mount", "unmount"])
            #expect(DirectorySize.bytes(of: volume.mountpoint) == 0)
        }
    }

    @Test func theDriverLocalKeepsALogWithoutAPath() async throws {
        try await Harbour.with { harbour in
            let id = try await harbour.run(
                Harbour.request("echo", "kept") { $0.hostConfiguration.logConfiguration.driver = "local" })
            #expect(try await harbour.exitCode(id) == 0)
            #expect(try await harbour.log(id) == "kept\n")
            let details = try await harbour.engine.inspect(id)
            #expect(details.logPath == "")
            #expect(details.hostConfiguration.logConfiguration.driver == "local")
        }
    }
}
