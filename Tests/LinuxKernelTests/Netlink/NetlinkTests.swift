import Glibc
import LinuxKernel
import Testing

/// Goal: messages are laid out as netlink(7) has it, and the kernel agrees. Method: a private network namespace.
@Suite struct NetlinkTests {
    static let isRoot = geteuid() == 0

    /// Runs in a new namespace, on a thread that nobody else uses.
    static func inNamespace<Answer: Sendable>(_ body: @Sendable () throws -> Answer) async throws -> Answer {
        let home = try NetworkNamespace.current()
        let worker = try Worker()
        let namespace = try await worker.run {
            try NetworkNamespace.make(home: home) { namespace throws(SystemError) in namespace }
        }
        return try await Worker(in: namespace).run(body)
    }

    actor Worker {
        nonisolated let thread: NamespaceThread
        nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
        init(in namespace: FileDescriptor? = nil) throws {
            thread = try NamespaceThread(name: "test", namespace: namespace)
        }
        func run<Answer: Sendable>(_ body: @Sendable () throws -> Answer) throws -> Answer { try body() }
    }

    @Test(.enabled(if: NetlinkTests.isRoot, "needs root"))
    func linksAddressesAndRoutesAreMadeAndFound() async throws {
        try await Self.inNamespace {
            let route = try RouteSocket()
            try route.perform {
                $0.setUp(1)
                $0.makeBridge("test0", mtu: 1400)
            }
            let made = try #require(try route.link(named: "test0"))
            #expect(made.kind == "bridge" && made.mtu == 1400 && !made.isUp)
            try route.perform {
                $0.setUp(made.index, alias: "a test")
                $0.addAddress([10, 1, 0, 1], prefixLength: 24, to: made.index)
            }
            let up = try #require(try route.link(named: "test0"))
            #expect(up.isUp && up.alias == "a test")
            #expect(try route.addresses().contains { $0.index == made.index && $0.address == [10, 1, 0, 1] })
            #expect(
                try route.routes(ipv6: false).contains { $0.destination == [10, 1, 0, 0] && $0.prefixLength == 24 })
            try route.perform { $0.deleteLink(made.index) }
            #expect(try route.link(named: "test0") == nil)
        }
    }

    @Test(.enabled(if: NetlinkTests.isRoot, "needs root"))
    func theFirstRefusalOfManyMessagesIsThrownWithItsAction() async throws {
        try await Self.inNamespace {
            let route = try RouteSocket()
            let error = #expect(throws: SystemError.self) {
                try route.perform {
                    $0.makeBridge("test0", mtu: 1500)
                    $0.makeBridge("test0", mtu: 1500)
                    $0.setUp(1)
                }
            }
            #expect(error?.errno == EEXIST)
            #expect(error?.action.hasPrefix("make the bridge test0") == true)
            #expect(try route.links().map(\.name).contains("test0"))
            #expect(try route.link(named: "lo")?.isUp == true, "later messages are done all the same")
        }
    }

    @Test(.enabled(if: NetlinkTests.isRoot, "needs root"))
    func aBatchIsDoneWhollyOrNotAtAll() async throws {
        try await Self.inNamespace {
            let netfilter = try NetfilterSocket()
            var batch = NetfilterBatch(table: "test")
            batch.makeTable()
            batch.addSet("ports", key: [.transport, .port], value: [.ipv4Address, .port])
            let element = NetfilterElement(key: [6, 0, 0, 0, 0, 80, 0, 0], value: [10, 0, 0, 1, 0, 81, 0, 0])
            batch.addElements([element], to: "ports")
            try netfilter.commit(batch)
            #expect(try netfilter.elements(of: "ports", in: "test") == [element])

            var broken = NetfilterBatch(table: "test")
            broken.deleteElements([element], from: "ports")
            broken.deleteElements([element], from: "nothing")
            let error = #expect(throws: SystemError.self) { try netfilter.commit(broken) }
            #expect(error?.errno == ENOENT)
            #expect(error?.action.contains("the nftables set nothing") == true)
            #expect(try netfilter.elements(of: "ports", in: "test") == [element])

            var last = NetfilterBatch(table: "test")
            last.deleteTable()
            try netfilter.commit(last)
            #expect(try netfilter.hasTable("test") == false)
            #expect(try netfilter.elements(of: "ports", in: "test") == nil)
        }
    }

    @Test(.enabled(if: NetlinkTests.isRoot, "needs root"))
    func aMonitorTellsOfOthersAlone() async throws {
        try await Self.inNamespace {
            let own = try NetfilterSocket()
            let monitor = try NetfilterMonitor(ignoring: own.port)
            var batch = NetfilterBatch(table: "test")
            batch.makeTable()
            try own.commit(batch)
            #expect(try monitor.drain(about: "test") == false)
            let other = try NetfilterSocket()
            var foreign = NetfilterBatch(table: "other")
            foreign.makeTable()
            try other.commit(foreign)
            #expect(try monitor.drain(about: "test") == false)
            var change = NetfilterBatch(table: "test")
            change.deleteTable()
            try other.commit(change)
            #expect(try monitor.drain(about: "test"))
        }
    }

    @Test(.enabled(if: NetlinkTests.isRoot, "needs root"))
    func aThreadComesHomeFromANewNamespace() async throws {
        let worker = try Worker()
        try await worker.run {
            func inode() throws -> UInt {
                var status = stat()
                let namespace = try NetworkNamespace.current()
                try #require(fstat(namespace.number, &status) == 0)
                return withExtendedLifetime(namespace) { status.st_ino }
            }
            let home = try NetworkNamespace.current()
            let before = try inode()
            #expect(throws: SystemError.self) {
                try NetworkNamespace.make(home: home) { _ throws(SystemError) in
                    throw SystemError(action: "do anything", errno: EIO)
                }
            }
            #expect(try inode() == before)
        }
    }

    @Test func settingsAreRead() throws {
        #expect(try NetworkSetting.read("ipv4/ip_forward") != nil)
        #expect(try NetworkSetting.read("ipv4/no_such_setting") == nil)
        #expect(throws: SystemError.self) { try NetworkSetting.write("ipv4/no_such_setting", "1") }
    }
}
