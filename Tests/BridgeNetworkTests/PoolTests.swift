import Glibc
import LinuxKernel
@testable import BridgeNetwork
import Testing

/// Goal: namespaces are ready before they are asked for, never more than a bound, never for two containers.
@Suite(.needsNamespaces) struct PoolTests {
    @Test func theStockFillsUpToItsBound() async throws {
        try await TestHost.run(prepared: 3) { host in
            try await LifecycleTests.eventually { host.network.pool.stock == (3, 3) }
            let veths = try await host.site.links().count { $0.hasPrefix("veth") }
            #expect(veths == 3)
        }
    }

    @Test func theKindThatIsTakenIsMadeMeanwhile() async throws {
        try await TestHost.run(prepared: 2) { host in
            try await LifecycleTests.eventually { host.network.pool.stock == (2, 2) }
            // Asks again and again before anything is quiet: only what is made meanwhile can be taken after the second.
            var taken: [FileDescriptor] = []
            let deadline = ContinuousClock.now + .seconds(10)
            while taken.count <= 4 {
                try #require(ContinuousClock.now < deadline, "no more than \(taken.count) were made")
                if let namespace = host.network.pool.takeIsolated() { taken.append(namespace) }
                try await Task.sleep(for: .milliseconds(1))
            }
        }
    }

    @Test func noNamespaceIsUsedTwice() async throws {
        try await TestHost.run(prepared: 2) { host in
            var seen: Set<UInt64> = []
            var addresses: Set<String> = []
            for number in 0..<8 {
                let (lease, _) = try await host.attach("\(number)")
                addresses.insert(lease.address)
                var status = stat()
                try #require(fstat(try #require(lease.namespace).number, &status) == 0)
                seen.insert(UInt64(status.st_ino))
                if number % 2 == 0 { await host.network.release(containerID: lease.containerID) }
            }
            // Inode numbers of namespaces come back once the last one is gone; addresses do not for a whole round.
            #expect(addresses.count == 8)
            #expect(seen.count >= 4)
        }
    }

    @Test func aPreparedNamespaceIsReady() async throws {
        try await TestHost.run { host in
            try await LifecycleTests.eventually { host.network.pool.stock.bridged == 2 }
            let (lease, site) = try await host.attach("web")
            #expect(try await site.links() == ["eth0", "lo"])
            let (links, addresses, routes) = try await site.run {
                let route = try RouteSocket()
                return (try route.links(), try route.addresses(), try route.routes(ipv6: false))
            }
            #expect(links.count { $0.isUp } == 2)
            let own = try #require(IPAddress(lease.address)).bytes
            #expect(addresses.contains { $0.index == 2 && $0.address == own && $0.prefixLength == 16 })
            #expect(addresses.contains { $0.index == 1 && $0.address == [127, 0, 0, 1] })
            #expect(routes.contains { $0.destination.isEmpty && $0.interface == 2 })
            let server = try await host.site.run { try Sockets.listen(lease.gateway, port: 5000) }
            try await Sockets.converse(site, to: lease.gateway, 5000, with: server)
        }
    }

    @Test func aFailedAttachGivesItsNamespaceBack() async throws {
        try await TestHost.run(prepared: 1) { host in
            _ = try await host.attach("one", [PortRequest(containerPort: 80, hostPorts: 8080...8080)])
            try await LifecycleTests.eventually { host.network.pool.stock.bridged == 1 }
            for _ in 0..<20 {
                await #expect(throws: NetworkError.self) {
                    _ = try await host.attach("two", [PortRequest(containerPort: 80, hostPorts: 8080...8080)])
                }
            }
            // The same few namespaces came back each time; the kernel takes retired ones down in its own time.
            try await LifecycleTests.eventually { try await host.site.links().count { $0.hasPrefix("veth") } <= 4 }
        }
    }

    @Test func aFullNetworkSaysSo() async throws {
        let change: (inout NetworkConfiguration) -> Void = { $0.subnet = IPv4Network("10.9.0.0/29") }
        try await TestHost.run(prepared: 0, change: change) { host in
            for number in 0..<5 { _ = try await host.attach("\(number)") }
            let error = await #expect(throws: NetworkError.self) { _ = try await host.attach("sixth") }
            #expect(error?.code == .exhausted)
            #expect(error?.message == "no available IPv4 addresses on this network's address pools: 10.9.0.0/29")
            await host.network.release(containerID: "id-3")
            try await LifecycleTests.eventually {
                (try? await host.attach("again"))?.lease.address == "10.9.0.5"
            }
        }
    }

    /// What a start waits for; run by hand with `DRYDOCK_MEASURE=1 swift test --filter attachCost`.
    @Test(.enabled(if: getenv("DRYDOCK_MEASURE") != nil, "set DRYDOCK_MEASURE=1 to measure"))
    func attachCost() async throws {
        try await TestHost.run(prepared: 64) { host in
            for ports in [0, 1] {
                try await LifecycleTests.eventually { host.network.pool.stock.bridged == 64 }
                var samples: [Duration] = []
                for number in 0..<60 {
                    let request = AttachRequest(
                        containerID: "\(ports)-\(number)", containerName: "c",
                        ports: (0..<ports).map { PortRequest(containerPort: 80 + UInt16($0)) })
                    samples.append(
                        try await ContinuousClock().measure { _ = try await host.network.attach(request) })
                }
                samples.sort()
                print("attach, \(ports) ports: p50 \(samples[30]), p90 \(samples[54])")
            }
            let built = try await ContinuousClock().measure {
                for _ in 0..<50 { _ = try await host.network.builder.isolated() }
            }
            print("namespace without interface: \(built / 50)")
            let plan = try #require(await host.network.active).plan
            let bridged = try await ContinuousClock().measure {
                for _ in 0..<50 { _ = try await host.network.builder.bridged(plan) }
            }
            print("namespace on the bridge: \(bridged / 50)")
        }
    }
}
