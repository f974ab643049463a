import LinuxKernel
import BridgeNetwork
import Testing

/// Goal: what is not published cannot be reached, from nowhere. Method: a hostile neighbour and a hostile container.
@Suite(.needsNamespaces) struct IsolationTests {
    /// CVE-2025-54388: a neighbour routes 127.0.0.1 to the host, or calls the container's own address.
    @Test func aPortOnLoopbackIsForThisHostAlone() async throws {
        try await TestHost.run { host in
            let remote = try await host.connectRemote()
            let web = try await host.attach(
                "web", [PortRequest(containerPort: 80, hostAddress: "127.0.0.1", hostPorts: 8080...8080)])
            let server = try await web.site.run { try Sockets.listen(port: 80) }
            try await Sockets.converse(host.site, to: "127.0.0.1", 8080, with: server)
            #expect(try await Sockets.isClosed(remote, to: TestHost.hostAddress, 8080))
            #expect(try await Sockets.isClosed(remote, to: web.lease.address, 80))
            try await Self.routeLoopback(of: remote)
            #expect(try await Sockets.isClosed(remote, to: "127.0.0.1", 8080))
            let neighbour = try await host.attach("neighbour")
            #expect(try await Sockets.isClosed(neighbour.site, to: web.lease.gateway, 8080))
            try await Self.routeLoopback(of: neighbour.site)
            #expect(try await Sockets.isClosed(neighbour.site, to: "127.0.0.1", 8080))
        }
    }

    /// CVE-2020-8558: route_localnet on the bridge must not open the host's own loopback to containers.
    @Test func theHostsLoopbackIsClosedToContainers() async throws {
        try await TestHost.run { host in
            let own = try await host.site.run { try Sockets.listen("127.0.0.1", port: 6000) }
            let container = try await host.attach("container")
            try await Self.routeLoopback(of: container.site)
            #expect(try await Sockets.isClosed(container.site, to: "127.0.0.1", 6000))
            try await Sockets.converse(host.site, to: "127.0.0.1", 6000, with: own)
        }
    }

    @Test func unpublishedPortsAreClosedToOtherHosts() async throws {
        try await TestHost.run { host in
            let remote = try await host.connectRemote()
            let web = try await host.attach("web", [PortRequest(containerPort: 80, hostPorts: 8080...8080)])
            let server = try await web.site.run { try Sockets.listen(port: 81) }
            #expect(try await Sockets.isClosed(remote, to: web.lease.address, 81))
            #expect(try await Sockets.isClosed(remote, to: web.lease.address, 80))
            try await Sockets.converse(host.site, to: web.lease.address, 81, with: server)
        }
    }

    @Test func aHostThatWasNoRouterStaysNone() async throws {
        let host = try await TestHost()
        let remote = try await host.connectRemote()
        let far = try await Site.make()
        try await host.site.run {
            let route = try RouteSocket()
            try route.perform {
                $0.makeVeth(
                    "second", mtu: 1500,
                    peer: VethPeer(name: "eth0", index: 2, macAddress: [2, 0, 0, 0, 0, 8], namespace: far.namespace))
            }
            let index = try #require(try route.link(named: "second")).index
            try route.perform { $0.addAddress([198, 51, 100, 1], prefixLength: 24, to: index) }
        }
        try await far.run {
            try RouteSocket().perform {
                $0.setUp(2)
                $0.addAddress([198, 51, 100, 2], prefixLength: 24, to: 2)
                $0.addDefaultRoute(gateway: [198, 51, 100, 1], index: 2)
            }
        }
        try await host.network.start()
        #expect(try await host.site.run { try NetworkSetting.read("ipv4/ip_forward") } == "1")
        let server = try await far.run { try Sockets.listen(port: 9) }
        #expect(try await Sockets.isClosed(remote, to: "198.51.100.2", 9))
        let container = try await host.attach("container")
        try await Sockets.converse(container.site, to: "198.51.100.2", 9, with: server)
        try await host.network.cleanup()
        #expect(try await host.site.run { try NetworkSetting.read("ipv4/ip_forward") } == "0")
    }

    @Test func anIsolatedContainerHasNothingButItself() async throws {
        try await TestHost.run { host in
            let site = try Site(in: try await host.network.attachIsolated())
            #expect(try await site.links() == ["lo"])
            let own = try await site.run { try Sockets.listen("127.0.0.1", port: 80) }
            try await Sockets.converse(site, to: "127.0.0.1", 80, with: own)
        }
    }

    /// Takes 127.0.0.0/8 off the site's own loopback, so that it goes by the default route, as a program with raw sockets
    /// could send it.
    static func routeLoopback(of site: Site) async throws {
        try await site.run {
            try NetworkSetting.write("ipv4/conf/all/route_localnet", "1")
            let route = try RouteSocket()
            try route.perform { $0.removeAddress([127, 0, 0, 1], prefixLength: 8, from: 1) }
        }
    }
}
