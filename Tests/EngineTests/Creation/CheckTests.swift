import Testing

@testable import Engine

struct CheckTests {
    @Test(arguments: ["kernel.panic", "vm.swappiness", "kernel.hostname"])
    func parametersOfTheHostAreRefused(name: String) {
        #expect(throws: EngineError.self) { try Sysctls.check([name], HostConfiguration()) }
    }

    @Test(arguments: [
        "kernel.msgmax", "net.core.somaxconn", "net/ipv4/ip_forward", "fs.mqueue.msg_max", "kernel.domainname",
    ])
    func parametersOfNamespacesAreTheContainers(name: String) throws {
        try Sysctls.check([name], HostConfiguration())
    }

    @Test func parametersOfTheHostsNetworkStayTheHosts() {
        var host = HostConfiguration()
        host.networkMode = "host"
        #expect(throws: EngineError.self) { try Sysctls.check(["net.core.somaxconn"], host) }
    }

    @Test func theHostsNameIsNotGivenAnother() {
        var (configuration, host) = (ContainerConfiguration(), HostConfiguration())
        configuration.hostname = "box"
        host.utsMode = "host"
        #expect(throws: EngineError(.invalidArgument, "conflicting options: hostname and the UTS mode")) {
            try ConfigurationCheck.checkConflicts(configuration, host)
        }
    }

    @Test func volumeOptionsAreThoseOfMount() throws {
        #expect(try VolumeOptions(["type": "none", "device": "/srv", "o": "bind"], name: "v").device == "/srv")
        let mount = try VolumeOptions(["type": "tmpfs", "device": "tmpfs", "o": "size=1m"], name: "v").mount
        #expect(mount == VolumeOptions.Device(source: "tmpfs", type: "tmpfs", options: "size=1m"))
        #expect(throws: EngineError(.invalidArgument, "create v: missing required option: \"device\"")) {
            try VolumeOptions(["type": "tmpfs"], name: "v")
        }
        #expect(throws: EngineError(.invalidArgument, "create v: invalid option: \"colour\"")) {
            try VolumeOptions(["colour": "blue"], name: "v")
        }
    }

    @Test(arguments: [
        ("busybox", "busybox"), ("busybox:1.36", "busybox"), ("127.0.0.1:5000/busybox", "127.0.0.1:5000/busybox"),
        ("127.0.0.1:5000/busybox:latest", "127.0.0.1:5000/busybox"), ("a/b@sha256:00", "a/b"),
    ])
    func aPullNamesTheRepository(reference: String, name: String) {
        #expect(Engine.withoutTag(reference) == name)
    }

    /// Each of these once overflowed, and took the daemon along.
    @Test func numbersBeyondAllBoundsAreRefused() async throws {
        for text in ["SIGRTMIN+2147483647", "RTMAX-2147483648", "RTMIN+31", "RTMAX+1"] {
            #expect(throws: EngineError(.invalidArgument, "invalid signal: \(text)")) { try Signals.number(text) }
        }
        #expect(try Signals.number("RTMIN+30") == 64)
        var log = LogConfiguration()
        log.options = ["max-size": "18446744073709551615g"]
        #expect(throws: EngineError(.invalidArgument, "invalid size: '18446744073709551615g'")) { try LogSettings(log) }
        for text in ["-9223372036854775808", "1.\u{0663}\u{0663}\u{0663}\u{0663}\u{0663}"] {
            #expect(Moment.nanoseconds(text) == nil, "\(text)")
        }
        #expect(Moment.nanoseconds("1.5") == 1_500_000_000)
        let (ended, waiting) = (Promise<Int>(), Promise<Int>())
        // A `docker stop --time` of 9223372036854775807.
        let answer = Task {
            waiting.fulfil(1)
            return await ended.value(within: .seconds(Int.max))
        }
        _ = await waiting.value()
        ended.fulfil(7)
        #expect(await answer.value == 7)
    }

    @Test func aLinkHasTwoNames() throws {
        #expect(try ContainerLink("db").text == "db:db")
        #expect(try ContainerLink("db:/main").alias == "main")
        #expect(throws: EngineError(.invalidArgument, "bad format for links: a:b:c")) { try ContainerLink("a:b:c") }
    }
}
