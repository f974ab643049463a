import CLinux
import Foundation
import Glibc
import LinuxKernel
import Logging
import BridgeNetwork
import TestSupport
import Testing

/// A thread that sits in a network namespace, for tests to run things there.
actor Site {
    nonisolated let thread: NamespaceThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
    nonisolated let namespace: FileDescriptor

    init(in namespace: FileDescriptor) throws {
        self.namespace = namespace
        thread = try NamespaceThread(name: "test-site", namespace: namespace)
    }

    /// A namespace of its own.
    static func make() async throws -> Site {
        let origin = try Site(in: try NetworkNamespace.current())
        return try Site(
            in: try await origin.run {
                try NetworkNamespace.make(home: origin.namespace) { (made) throws(SystemError) in
                    try RouteSocket().perform { $0.setUp(1) }
                    return made
                }
            })
    }

    func run<Answer: Sendable>(_ body: @Sendable () throws -> Answer) throws -> Answer { try body() }

    /// The names of the interfaces that are there.
    func links() throws -> [String] { try RouteSocket().links().map(\.name).sorted() }
}

/// A host of its own, in a private network namespace: nothing of the real host's network is touched.
struct TestHost {
    /// Whether tests with namespaces can run here.
    static let isSupported = geteuid() == 0 && access("/proc/sys/net/netfilter", F_OK) == 0
    static let reason: Comment = "needs root and a kernel with netfilter"

    /// The host's address towards `remote`, and the remote's own.
    static let hostAddress = "192.0.2.1"
    static let remoteAddress = "192.0.2.2"

    let site: Site
    let configuration: NetworkConfiguration
    let network: BridgeNetwork

    /// A host whose network is not started.
    init(prepared: Int = 2, change: (inout NetworkConfiguration) -> Void = { _ in }) async throws {
        site = try await Site.make()
        // A new namespace takes this over from the machine, which may be a router already.
        try await site.run { try NetworkSetting.write("ipv4/ip_forward", "0") }
        var configuration = NetworkConfiguration(stateDirectory: "\(try TestDirectory.make())/network")
        configuration.hostNamespace = site.namespace
        configuration.preparedNamespaces = prepared
        configuration.preparedIsolatedNamespaces = prepared
        change(&configuration)
        self.configuration = configuration
        network = try Self.makeNetwork(configuration)
    }

    /// Runs a test on a started network and takes it down afterwards.
    static func run(
        prepared: Int = 2, change: (inout NetworkConfiguration) -> Void = { _ in },
        _ body: (TestHost) async throws -> Void
    ) async throws {
        let host = try await TestHost(prepared: prepared, change: change)
        try await host.network.start()
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(host)) } catch { outcome = .failure(error) }
        try await host.network.cleanup()
        try FileManager.default.removeItem(atPath: host.configuration.stateDirectory)
        try outcome.get()
    }

    static func makeNetwork(_ configuration: NetworkConfiguration) throws -> BridgeNetwork {
        try BridgeNetwork(configuration: configuration, logger: Logger(label: "test"))
    }

    /// Another machine, connected to the host by a cable; its default route leads to the host.
    func connectRemote() async throws -> Site {
        let remote = try await Site.make()
        try await site.run {
            let route = try RouteSocket()
            try route.perform {
                $0.makeVeth(
                    "uplink", mtu: 1500,
                    peer: VethPeer(
                        name: "eth0", index: 2, macAddress: [2, 0, 0, 0, 0, 9], namespace: remote.namespace))
            }
            let index = try #require(try route.link(named: "uplink")).index
            try route.perform { $0.addAddress([192, 0, 2, 1], prefixLength: 24, to: index) }
        }
        try await remote.run {
            try RouteSocket().perform {
                $0.setUp(2)
                $0.addAddress([192, 0, 2, 2], prefixLength: 24, to: 2)
                $0.addDefaultRoute(gateway: [192, 0, 2, 1], index: 2)
            }
        }
        // A link drops what it should send until the kernel has dealt with its carrier, which asking for it brings forward.
        try await site.run { _ = try RouteSocket().link(named: "uplink") }
        return remote
    }

    /// Attaches a container and steps into its namespace.
    func attach(_ name: String, _ ports: [PortRequest] = []) async throws -> (lease: Lease, site: Site) {
        let lease = try await network.attach(
            AttachRequest(containerID: "id-\(name)", containerName: name, ports: ports))
        return (lease, try Site(in: try #require(lease.namespace)))
    }
}

extension Trait where Self == ConditionTrait {
    /// Runs a test only where network namespaces can be made.
    static var needsNamespaces: Self { .enabled(if: TestHost.isSupported, TestHost.reason) }
}
