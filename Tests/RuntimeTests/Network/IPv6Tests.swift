import DockerAPI
import DockerClient
import Foundation
import RawJSON
import Testing

/// Goal: IPv6 is there where it is asked for, and nowhere else.
@Suite(.serialized, .enabled(if: Machine.isRoot, Machine.why), .timeLimit(.minutes(3)))
struct IPv6Tests {
    private static let host: JSONObject = ["PortBindings": ["80/tcp": [["HostIp": "", "HostPort": ""]]]]

    /// Docker's default bridge has no IPv6 unless it is asked for.
    @Test func thereIsNoneUnlessAskedFor() async throws {
        try await RuntimeDaemon.with { daemon in
            let id = try await daemon.create(RuntimeDaemon.body(["/bin/probe", "sleep"], host: Self.host))
            try await daemon.start(id)
            let settings = try #require(try await daemon.inspect(id)["NetworkSettings"])
            #expect(settings["GlobalIPv6Address"]?.string == "")
            #expect(settings["Ports"]?["80/tcp"]?.array?.map { $0["HostIp"]?.string } == ["0.0.0.0"])
            try await daemon.remove(id)
        }
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/net/if_inet6"), "the host has no IPv6"))
    func askedForItHasAddressesAndPublishesPorts() async throws {
        try await RuntimeDaemon.with(extra: ["--ipv6"]) { daemon in
            let id = try await daemon.create(
                RuntimeDaemon.body(["/bin/probe", "listen", "--port", "80"], host: Self.host))
            try await daemon.start(id)
            try await daemon.firstOutput(of: id)
            let settings = try #require(try await daemon.inspect(id)["NetworkSettings"])
            #expect(settings["GlobalIPv6Address"]?.string?.hasPrefix("fd") == true)
            let bindings = try #require(settings["Ports"]?["80/tcp"]?.array)
            #expect(bindings.map { $0["HostIp"]?.string } == ["0.0.0.0", "::"])
            let gateway = try #require(settings["IPv6Gateway"]?.string)
            let port = try #require(bindings.last?["HostPort"]?.string)
            let client = daemon.client.connecting(to: try EndpointURL(parsing: "tcp://[\(gateway)]:\(port)"))
            let answer = try await client.send(.exactly("GET", target: "/", headers: [("Host", "web")]))
            #expect(answer.status == 200)
            try await daemon.remove(id)
        }
    }
}
