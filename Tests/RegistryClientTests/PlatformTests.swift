import OCI
import Testing

@testable import RegistryClient

@Suite("Platforms") struct PlatformTests {
    private func entry(_ platform: Platform?, _ digit: String) throws -> Descriptor {
        Descriptor(
            mediaType: .imageManifest, digest: try Digest(parsing: "sha256:" + String(repeating: digit, count: 64)),
            size: 1,
            platform: platform)
    }

    @Test(
        "the best of what can run is chosen, as containerd chooses",
        arguments: [
            ("linux/arm/v7", "7"), ("linux/arm/v6", "6"), ("linux/arm64", "8"), ("linux/arm64/v8", "8"),
            ("linux/amd64", "a"),
            ("linux/x86_64", "a"), ("linux/386", "3"), ("aarch64", "8"),
        ])
    func choice(wanted: String, digit: String) throws {
        let index = ImageIndex(manifests: [
            try entry(Platform(os: "unknown", architecture: "unknown"), "0"),
            try entry(Platform(architecture: "arm", variant: "v6"), "6"),
            try entry(Platform(architecture: "arm", variant: "v7"), "7"),
            try entry(Platform(architecture: "386"), "3"), try entry(Platform(architecture: "arm64"), "8"),
            try entry(Platform(architecture: "amd64"), "a"),
        ])
        let platform = try #require(Platform(parsing: wanted))
        #expect(try PlatformChoice(platform).choose(from: index).digest.hexadecimal.hasPrefix(digit))
    }

    @Test("nothing that fits is docker's error")
    func nothing() throws {
        let index = ImageIndex(manifests: [try entry(Platform(architecture: "arm64"), "8")])
        let error = #expect(throws: RegistryError.self) {
            try PlatformChoice(Platform(architecture: "s390x")).choose(from: index)
        }
        #expect(error?.message == "no matching manifest for linux/s390x in the manifest list entries")
        #expect(error?.code == .notFound)
    }

    @Test("what is no platform is refused", arguments: ["", "/", "linux/", "a/b/c/d", "linux/arm 64", "é"])
    func refused(text: String) { #expect(Platform(parsing: text) == nil) }
}

@Suite("Endpoints") struct EndpointTests {
    @Test("loopback and listed hosts need no certificate")
    func insecure() {
        let hosts = InsecureHosts(["10.0.0.0/8", "registry.local", "other:5000", "fd00::/8"])
        for host in [
            "127.0.0.1", "127.9.9.9:5000", "localhost:1", "[::1]:5000", "10.1.2.3:80", "registry.local",
            "registry.local:443", "other:5000", "[fd00::1]:5000",
        ] {
            #expect(hosts.contains(host), "\(host)")
        }
        for host in [
            "docker.io", "128.0.0.1", "11.0.0.1", "other:5001", "registry.local.evil", "127.0.0.1.evil.example",
            "[::2]",
        ] {
            #expect(!hosts.contains(host), "\(host)")
        }
    }

    @Test("Docker Hub has its own host, and mirrors come first")
    func candidates() {
        var configuration = RegistryConfiguration()
        configuration.mirrors = ["http://127.0.0.1:5000/hub/", "https://mirror.example", "ftp://no"]
        let list = RegistryEndpoint.candidates(for: "docker.io", configuration: configuration)
        #expect(
            list.map { $0.url("x") } == [
                "http://127.0.0.1:5000/hub/v2/x", "https://mirror.example/v2/x", "https://registry-1.docker.io/v2/x",
            ])
        #expect(
            RegistryEndpoint.candidates(for: "ghcr.io", configuration: configuration).map { $0.url("") } == [
                "https://ghcr.io/v2/"
            ])
        #expect(
            RegistryEndpoint.candidates(for: "127.0.0.1:1", configuration: configuration).map(\.scheme) == [
                "https", "http",
            ])
    }
}
