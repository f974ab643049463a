import LinuxKernel
import BridgeNetwork
import Testing

/// Goal: a host port is given once, and a refusal is worded as docker words it (recorded from docker 28.5).
@Suite(.needsNamespaces) struct ConflictTests {
    static func failure(_ error: NetworkError?, endpoint: String) throws -> String {
        let message = try #require(error).message
        let prefix =
            "failed to set up container networking: driver failed programming external connectivity on endpoint \(endpoint) ("
        try #require(message.hasPrefix(prefix), "\(message)")
        let rest = message.dropFirst(prefix.count)
        #expect(rest.prefix { $0.isHexDigit }.count == 64)
        return String(rest.dropFirst(64 + 3))
    }

    @Test(arguments: [
        ("", "", "Bind for 0.0.0.0:8081 failed: port is already allocated"),
        ("0.0.0.0", "127.0.0.1", "Bind for 0.0.0.0:8081 failed: port is already allocated"),
        ("127.0.0.1", "0.0.0.0", "Bind for 127.0.0.1:8081 failed: port is already allocated"),
        ("", "::", "Bind for :::8081 failed: port is already allocated"),
    ])
    func onePortHasOneOwner(held: String, asked: String, sentence: String) async throws {
        try await TestHost.run { host in
            _ = try await host.attach(
                "one", [PortRequest(containerPort: 80, hostAddress: held, hostPorts: 8081...8081)])
            let error = await #expect(throws: NetworkError.self) {
                _ = try await host.attach(
                    "two", [PortRequest(containerPort: 81, hostAddress: asked, hostPorts: 8081...8081)])
            }
            #expect(error?.code == .portInUse)
            #expect(try Self.failure(error, endpoint: "two") == sentence)
            #expect(await host.network.lease(containerID: "id-two") == nil)
        }
    }

    @Test func tcpAndUdpAreApart() async throws {
        try await TestHost.run { host in
            _ = try await host.attach("one", [PortRequest(containerPort: 53, hostPorts: 5353...5353)])
            _ = try await host.attach(
                "two", [PortRequest(containerPort: 53, transport: .udp, hostPorts: 5353...5353)])
        }
    }

    @Test func aPortOfAnotherProcessIsRefusedAndThenHeldAgainstIt() async throws {
        try await TestHost.run { host in
            var other: FileDescriptor? = try await host.site.run { try Sockets.listen(port: 7000) }
            let request = [PortRequest(containerPort: 80, hostAddress: "127.0.0.1", hostPorts: 7000...7000)]
            let error = await #expect(throws: NetworkError.self) { _ = try await host.attach("web", request) }
            let sentence = try Self.failure(error, endpoint: "web")
            #expect(sentence.hasPrefix("failed to bind host port for 127.0.0.1:7000:172.30.0."))
            #expect(sentence.hasSuffix(":80/tcp: address already in use"))
            #expect(other != nil)
            other = nil
            _ = try await host.attach("web", request)
            await #expect(throws: Sockets.Failure(errno: 98)) {
                try await host.site.run { try Sockets.listen("127.0.0.1", port: 7000) }
            }
        }
    }

    @Test func anAddressThatTheHostHasNotIsRefused() async throws {
        try await TestHost.run { host in
            let error = await #expect(throws: NetworkError.self) {
                _ = try await host.attach(
                    "web", [PortRequest(containerPort: 80, hostAddress: "203.0.113.9", hostPorts: 99...99)])
            }
            let sentence = try Self.failure(error, endpoint: "web")
            #expect(sentence.hasSuffix(":80/tcp: cannot assign requested address"))
        }
    }

    @Test func aFullRangeIsRefusedAndNothingOfItKept() async throws {
        try await TestHost.run { host in
            _ = try await host.attach("one", [PortRequest(containerPort: 80, hostPorts: 9000...9001)])
            _ = try await host.attach("two", [PortRequest(containerPort: 80, hostPorts: 9000...9001)])
            let error = await #expect(throws: NetworkError.self) {
                _ = try await host.attach(
                    "three",
                    [
                        PortRequest(containerPort: 81, hostPorts: 9002...9002),
                        PortRequest(containerPort: 80, hostPorts: 9000...9001),
                    ])
            }
            #expect(try Self.failure(error, endpoint: "three") == "all ports are allocated")
            _ = try await host.attach("four", [PortRequest(containerPort: 80, hostPorts: 9002...9002)])
        }
    }

    @Test func badValuesAreNamed() async throws {
        #expect(throws: NetworkError.self) { try Transport(protocolName: "sctp") }
        try await TestHost.run { host in
            for (mac, address, part) in [
                ("zz", nil, "zz is not a valid mac address"), (nil, "10.1.2.3", "10.1.2.3"), (nil, "x", "\"x\""),
            ] as [(String?, String?, String)] {
                let error = await #expect(throws: NetworkError.self) {
                    _ = try await host.network.attach(
                        AttachRequest(containerID: "id", containerName: "web", macAddress: mac, address: address))
                }
                #expect(error?.code == .invalidArgument)
                #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
            }
        }
    }

    @Test func anAddressAndAMACAddressCanBeChosen() async throws {
        try await TestHost.run { host in
            let request = AttachRequest(
                containerID: "a", containerName: "a", macAddress: "02:42:AC:11:00:63", address: "172.30.0.3")
            let lease = try await host.network.attach(request)
            #expect(lease.address == "172.30.0.3")
            #expect(lease.macAddress == "02:42:ac:11:00:63")
            let error = await #expect(throws: NetworkError.self) {
                _ = try await host.network.attach(
                    AttachRequest(containerID: "b", containerName: "b", address: "172.30.0.3"))
            }
            #expect(error?.message == "Address already in use")
        }
    }
}
