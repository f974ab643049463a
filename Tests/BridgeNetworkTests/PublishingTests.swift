import LinuxKernel
import BridgeNetwork
import Testing

/// Goal: a published port is reachable from everywhere it is published to, the moment `attach` returns.
/// Method: a private host with a neighbour on a cable; real connections to real listeners in the containers.
@Suite(.needsNamespaces) struct PublishingTests {
    @Test func aPortOnAllAddressesAnswersTheHostItsLoopbackAndOtherHosts() async throws {
        try await TestHost.run { host in
            let remote = try await host.connectRemote()
            let web = try await host.attach("web", [PortRequest(containerPort: 80, hostPorts: 8080...8080)])
            let server = try await web.site.run { try Sockets.listen(port: 80) }
            let gateway = web.lease.gateway
            #expect(try await Sockets.converse(host.site, to: "127.0.0.1", 8080, with: server) == gateway)
            try await Sockets.converse(host.site, to: TestHost.hostAddress, 8080, with: server)
            try await Sockets.converse(host.site, to: gateway, 8080, with: server)
            let peer = try await Sockets.converse(remote, to: TestHost.hostAddress, 8080, with: server)
            #expect(peer == TestHost.remoteAddress, "the container sees who calls")
        }
    }

    @Test func aContainerReachesAPublishedPortByTheHostsAddress() async throws {
        try await TestHost.run { host in
            let remote = try await host.connectRemote()
            let web = try await host.attach("web", [PortRequest(containerPort: 80, hostPorts: 8080...8080)])
            let server = try await web.site.run { try Sockets.listen(port: 80) }
            let other = try await host.attach("other")
            try await Sockets.converse(other.site, to: TestHost.hostAddress, 8080, with: server)
            try await Sockets.converse(other.site, to: web.lease.gateway, 8080, with: server)
            try await Sockets.converse(web.site, to: TestHost.hostAddress, 8080, with: server)
            try await Sockets.converse(other.site, to: web.lease.address, 80, with: server)
            // Its namespace holds the cable, and with it the host's address.
            withExtendedLifetime(remote) {}
        }
    }

    @Test func aPortOnOneAddressAnswersThereAlone() async throws {
        try await TestHost.run { host in
            let remote = try await host.connectRemote()
            let web = try await host.attach(
                "web",
                [PortRequest(containerPort: 80, hostAddress: TestHost.hostAddress, hostPorts: 8080...8080)])
            let server = try await web.site.run { try Sockets.listen(port: 80) }
            try await Sockets.converse(remote, to: TestHost.hostAddress, 8080, with: server)
            try await Sockets.converse(host.site, to: TestHost.hostAddress, 8080, with: server)
            #expect(try await Sockets.isClosed(host.site, to: "127.0.0.1", 8080))
            let second = try await host.attach(
                "second", [PortRequest(containerPort: 80, hostAddress: "127.0.0.1", hostPorts: 8080...8080)])
            let secondServer = try await second.site.run { try Sockets.listen(port: 80) }
            try await Sockets.converse(host.site, to: "127.0.0.1", 8080, with: secondServer)
        }
    }

    @Test func datagramsGoThereAndBack() async throws {
        try await TestHost.run { host in
            let remote = try await host.connectRemote()
            let name = try await host.attach(
                "name", [PortRequest(containerPort: 53, transport: .udp, hostPorts: 5353...5353)])
            let server = try await name.site.run { try Sockets.datagramSocket("0.0.0.0", 53) }
            for (client, address) in [(host.site, "127.0.0.1"), (remote, TestHost.hostAddress)] {
                let socket = try await client.run { try Sockets.datagramSocket("0.0.0.0", 0) }
                try await client.run { try Sockets.send("who?", from: socket, to: address, 5353) }
                let question = try Sockets.receive(server)
                #expect(question.0 == "who?")
                try await name.site.run { try Sockets.send("you", from: server, to: question.from, question.port) }
                let answer = try Sockets.receive(socket)
                #expect(answer.0 == "you")
                #expect(answer.from == address)
            }
        }
    }

    /// Nobody sends a lost datagram again: the way there must be open when `attach` returns, also to the first container.
    @Test func aDatagramSentAtOnceArrives() async throws {
        for round in 0..<10 {
            try await TestHost.run(prepared: 0) { host in
                let client = try await host.site.run { try Sockets.datagramSocket("0.0.0.0", 0) }
                let owner = try await host.attach("owner")
                let server = try await owner.site.run { try Sockets.datagramSocket("0.0.0.0", 53) }
                try await host.site.run { try Sockets.send("\(round)", from: client, to: owner.lease.address, 53) }
                #expect(try Sockets.receive(server).0 == "\(round)")
            }
        }
    }

    @Test func datagramsFindTheNextOwnerOfThePort() async throws {
        try await TestHost.run { host in
            let client = try await host.site.run { try Sockets.datagramSocket("0.0.0.0", 0) }
            for round in ["first", "second"] {
                let owner = try await host.attach(
                    round, [PortRequest(containerPort: 53, transport: .udp, hostPorts: 5353...5353)])
                let server = try await owner.site.run { try Sockets.datagramSocket("0.0.0.0", 53) }
                try await host.site.run { try Sockets.send(round, from: client, to: "127.0.0.1", 5353) }
                #expect(try Sockets.receive(server).0 == round)
                await host.network.release(containerID: owner.lease.containerID)
            }
        }
    }

    @Test func aPortOnAllAddressesAnswersOnIPv6() async throws {
        try await TestHost.run { host in
            let web = try await host.attach("web", [PortRequest(containerPort: 80, hostPorts: 8080...8080)])
            try #require(web.lease.ipv6Address != nil)
            #expect(web.lease.published.map(\.hostAddress) == ["0.0.0.0", "::"])
            let server = try await web.site.run { try Sockets.listen("::", port: 80) }
            await #expect(throws: Sockets.Failure(errno: 111), "localhost falls back to 127.0.0.1 at once") {
                try await host.site.run { try Sockets.connect("::1", 8080) }
            }
            try await Sockets.converse(host.site, to: try #require(web.lease.ipv6Gateway), 8080, with: server)
        }
    }

    @Test func rangesAndFreePortsAreChosenAsDockerDoes() async throws {
        try await TestHost.run { host in
            let first = try await host.attach(
                "first",
                [
                    PortRequest(containerPort: 80, hostAddress: "0.0.0.0", hostPorts: 9100...9101),
                    PortRequest(containerPort: 90, hostAddress: "0.0.0.0", hostPorts: 9100...9100),
                    PortRequest(containerPort: 91, hostAddress: "0.0.0.0"),
                    PortRequest(containerPort: 92, hostAddress: "0.0.0.0", hostPorts: 0...0),
                ])
            #expect(first.lease.published.map(\.hostPort) == [9101, 9100, 32768, 32769])
            #expect(first.lease.published.map(\.containerPort) == [80, 90, 91, 92])
            let taken = try await host.site.run { try Sockets.listen(port: 9200) }
            let second = try await host.attach(
                "second", [PortRequest(containerPort: 80, hostPorts: 9200...9201)])
            #expect(Set(second.lease.published.map(\.hostPort)) == [9201])
            _ = taken
            await host.network.release(containerID: first.lease.containerID)
            let third = try await host.attach("third", [PortRequest(containerPort: 80, hostAddress: "0.0.0.0")])
            #expect(third.lease.published.map(\.hostPort) == [32770], "a port comes back as late as possible")
        }
    }

    @Test func containersGoOutUnderTheHostsAddress() async throws {
        try await TestHost.run { host in
            let remote = try await host.connectRemote()
            // `start` once more: the uplink came after it.
            try await host.network.start()
            let server = try await remote.run { try Sockets.listen(port: 7) }
            let client = try await host.attach("client")
            let peer = try await Sockets.converse(client.site, to: TestHost.remoteAddress, 7, with: server)
            #expect(peer == TestHost.hostAddress)
        }
    }

    @Test func aReleasedPortIsClosedAndFree() async throws {
        try await TestHost.run { host in
            let request = [PortRequest(containerPort: 80, hostPorts: 8080...8080)]
            let web = try await host.attach("web", request)
            let server = try await web.site.run { try Sockets.listen(port: 80) }
            try await Sockets.converse(host.site, to: "127.0.0.1", 8080, with: server)
            await host.network.release(containerID: web.lease.containerID)
            #expect(try await Sockets.isClosed(host.site, to: "127.0.0.1", 8080))
            let again = try await host.attach("again", request)
            let second = try await again.site.run { try Sockets.listen(port: 80) }
            try await Sockets.converse(host.site, to: "127.0.0.1", 8080, with: second)
        }
    }
}
