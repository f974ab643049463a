import Foundation
import LinuxKernel
@testable import BridgeNetwork
import RawJSON
import Testing

/// Goal: the network comes, survives and goes without a trace.
@Suite(.needsNamespaces) struct LifecycleTests {
    static let request = [PortRequest(containerPort: 80, hostPorts: 8080...8080)]

    @Test func startTwiceIsStartOnce() async throws {
        try await TestHost.run { host in
            let web = try await host.attach("web", Self.request)
            try await host.network.start()
            let server = try await web.site.run { try Sockets.listen(port: 80) }
            try await Sockets.converse(host.site, to: "127.0.0.1", 8080, with: server)
            let addresses = try await host.site.run {
                let route = try RouteSocket()
                let bridge = try #require(try route.link(named: "drydock0"))
                #expect(bridge.isUp && bridge.kind == "bridge" && bridge.alias == "drydock")
                return try route.addresses().filter { $0.index == bridge.index && $0.address.count == 4 }
            }
            #expect(addresses.map(\.address) == [[172, 30, 0, 1]])
        }
    }

    @Test func cleanupLeavesTheHostAsItWas() async throws {
        let host = try await TestHost()
        let before = try await host.site.links()
        try await host.network.start()
        let web = try await host.attach("web", Self.request)
        #expect(try await host.site.links().contains(web.lease.vethName))
        #expect(try await host.site.run { try NetfilterSocket().hasTable("drydock") })
        try await host.network.cleanup()
        #expect(try await host.site.links() == before)
        #expect(try await host.site.run { try NetfilterSocket().hasTable("drydock") } == false)
        #expect(try await host.site.run { try NetworkSetting.read("ipv4/ip_forward") } == "0")
        try await host.network.cleanup()
        try await host.network.start()
        try await host.network.cleanup()
    }

    /// The stock is being filled when the network goes, so that the bridge goes from under a namespace in the making.
    @Test func cleanupRightAfterTheStartLeavesTheHostAsItWas() async throws {
        let host = try await TestHost(prepared: 8)
        let before = try await host.site.links()
        for _ in 0..<20 {
            try await host.network.start()
            // Sometimes before, sometimes while, sometimes after the stock is filled, which begins after 20 ms.
            try await Task.sleep(for: .microseconds(Int.random(in: 17_000...26_000)))
            try await host.network.cleanup()
            try #require(try await host.site.links() == before)
        }
    }

    @Test func aRestartFindsContainersRunning() async throws {
        try await TestHost.run { host in
            let web = try await host.attach("web", Self.request)
            let server = try await web.site.run { try Sockets.listen(port: 80) }
            let stored = web.lease.encoded().text()
            let ids = await host.network.describe().map(\.id)
            await host.network.stop()

            let restarted = try TestHost.makeNetwork(host.configuration)
            let lease = try Lease(decoding: JSONValue.parse(stored))
            try await restarted.start(restoring: [lease])
            try await Sockets.converse(host.site, to: "127.0.0.1", 8080, with: server)
            #expect(await restarted.describe().map(\.id) == ids)
            await #expect(throws: Sockets.Failure(errno: 98), "the port is held again") {
                try await host.site.run { try Sockets.listen(port: 8080) }
            }
            for name in 0..<4 {
                let other = try await restarted.attach(
                    AttachRequest(containerID: "\(name)", containerName: "\(name)"))
                #expect(other.address != lease.address)
            }
            await restarted.release(containerID: lease.containerID)
            #expect(try await Sockets.isClosed(host.site, to: "127.0.0.1", 8080))
            await restarted.stop()
        }
    }

    @Test func aPortThatWasTakenMeanwhileStillLeadsToTheContainer() async throws {
        try await TestHost.run { host in
            let web = try await host.attach("web", Self.request)
            let server = try await web.site.run { try Sockets.listen(port: 80) }
            await host.network.stop()
            let thief = try await host.site.run { try Sockets.listen("0.0.0.0", port: 8080) }
            let restarted = try TestHost.makeNetwork(host.configuration)
            try await restarted.start()
            try await restarted.restore(try Lease(decoding: web.lease.encoded()))
            try await Sockets.converse(host.site, to: "127.0.0.1", 8080, with: server)
            _ = thief
            await restarted.stop()
        }
    }

    @Test func theTableIsPutBackWhenSomebodyFlushesIt() async throws {
        try await TestHost.run { host in
            let web = try await host.attach("web", Self.request)
            let server = try await web.site.run { try Sockets.listen(port: 80) }
            try await host.site.run {
                var batch = NetfilterBatch(table: "drydock")
                batch.deleteTable()
                try NetfilterSocket().commit(batch)
            }
            try await Self.eventually { try await host.site.run { try NetfilterSocket().hasTable("drydock") } }
            try await Sockets.converse(host.site, to: "127.0.0.1", 8080, with: server)
        }
    }

    @Test func attachWorksInTheInstantAfterAFlush() async throws {
        try await TestHost.run { host in
            try await host.site.run {
                var batch = NetfilterBatch(table: "drydock")
                batch.deleteTable()
                try NetfilterSocket().commit(batch)
            }
            let web = try await host.attach("web", Self.request)
            let server = try await web.site.run { try Sockets.listen(port: 80) }
            try await Sockets.converse(host.site, to: "127.0.0.1", 8080, with: server)
        }
    }

    /// In a process of its own, whose descriptors can be counted exactly.
    @Test func aHundredContainersLeaveNothing() async throws {
        await #expect(processExitsWith: .success) {
            try await TestHost.run { host in
                try await host.attachAndRelease("warm")
                try await Self.eventually { host.network.pool.stock == (2, 2) }
                let descriptors = try Self.openDescriptors()
                for number in 0..<100 { try await host.attachAndRelease("c\(number)") }
                try await Self.eventually { host.network.pool.stock == (2, 2) }
                // The kernel takes interfaces down in its own time.
                try await Self.eventually { try await host.site.links().count { $0.hasPrefix("veth") } == 2 }
                try await Self.eventually { try Self.openDescriptors() == descriptors }
                for map in ["published4", "published6"] {
                    let elements = try await host.site.run { try NetfilterSocket().elements(of: map, in: "drydock") }
                    try #require(elements == [])
                }
            }
        }
    }

    /// Where it changes, the host drops what waits for a neighbour's address, and containers send to where nobody is.
    @Test func theBridgeKeepsItsAddressWhenContainersComeAndGo() async throws {
        try await TestHost.run { host in
            func address() async throws -> [UInt8]? {
                try await host.site.run { try RouteSocket().link(named: host.configuration.bridgeName)?.macAddress }
            }
            for number in 0..<16 {
                _ = try await host.attach("\(number)")
                try #require(try await address() == [2, 0x42, 172, 30, 0, 1])
            }
            try await host.network.start()
            #expect(try await address() == [2, 0x42, 172, 30, 0, 1])
        }
    }

    @Test func aTakenRangeIsAvoidedOrRefused() async throws {
        let host = try await TestHost()
        let remote = try await Site.make()
        try await host.site.run {
            let route = try RouteSocket()
            try route.perform {
                $0.makeVeth(
                    "lan", mtu: 1500,
                    peer: VethPeer(name: "eth0", index: 2, macAddress: [2, 0, 0, 0, 0, 7], namespace: remote.namespace))
            }
            let index = try #require(try route.link(named: "lan")).index
            try route.perform { $0.addAddress([172, 30, 9, 1], prefixLength: 24, to: index) }
        }
        try await host.network.start()
        #expect(await host.network.describe()[2].subnets.first?.subnet == "172.29.0.0/16")
        try await host.network.cleanup()
        var configuration = host.configuration
        configuration.subnet = IPv4Network("172.30.0.0/16")
        let refused = try TestHost.makeNetwork(configuration)
        let error = await #expect(throws: NetworkError.self) { try await refused.start() }
        #expect(error?.message.contains("172.30.0.0/16 overlaps") == true)
    }

    @Test func describeTellsOfBridgeHostAndNone() async throws {
        try await TestHost.run { host in
            let web = try await host.attach("web")
            let networks = await host.network.describe()
            #expect(networks.map(\.name) == ["none", "host", "bridge"])
            #expect(networks.map(\.driver) == ["null", "host", "bridge"])
            #expect(networks.allSatisfy { $0.id.count == 64 && $0.createdNanoseconds > 0 })
            #expect(networks[2].subnets.first == .init(subnet: "172.30.0.0/16", gateway: "172.30.0.1"))
            #expect(networks[2].options["com.docker.network.bridge.name"] == "drydock0")
            #expect(networks[2].endpoints.map(\.containerID) == ["id-web"])
            #expect(networks[2].endpoints.first?.ipv4Address == "\(web.lease.address)/16")
        }
    }

    @Test func statisticsAreTheContainersOwn() async throws {
        try await TestHost.run { host in
            let web = try await host.attach("web")
            let server = try await web.site.run { try Sockets.datagramSocket("0.0.0.0", 53) }
            let client = try await host.site.run { try Sockets.datagramSocket("0.0.0.0", 0) }
            let text = String(repeating: "x", count: 1000)
            let before = try await host.network.statistics(containerID: "id-web")
            for _ in 0..<10 {
                try await host.site.run { try Sockets.send(text, from: client, to: web.lease.address, 53) }
                _ = try Sockets.receive(server)
            }
            let after = try await host.network.statistics(containerID: "id-web")
            #expect(after.receivedBytes - before.receivedBytes >= 10_000)
            #expect(after.transmittedBytes - before.transmittedBytes < 10_000)
            await #expect(throws: NetworkError.self) { try await host.network.statistics(containerID: "nobody") }
        }
    }

    static func eventually(_ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while try await !condition() {
            try #require(ContinuousClock.now < deadline, "it did not happen within 10 s")
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    static func openDescriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }
}

extension TestHost {
    func attachAndRelease(_ name: String) async throws {
        let lease = try await network.attach(
            AttachRequest(
                containerID: name, containerName: name,
                ports: [PortRequest(containerPort: 80), PortRequest(containerPort: 53, transport: .udp)]))
        await network.release(containerID: lease.containerID)
    }
}
