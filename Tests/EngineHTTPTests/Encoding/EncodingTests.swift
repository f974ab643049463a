import struct DockerAPI.APIVersion
import NIOCore
import OCI
import RawJSON
import Testing

@testable import Engine
@testable import EngineHTTP
@testable import ImageStore

/// Goal: answers have the shape of the version that was asked for. Method: one object, several versions.
@Suite struct EncodingTests {
    private func version(_ minor: Int) -> APIVersion { APIVersion(major: 1, minor: minor) }

    private func members(_ value: JSONValue) throws -> JSONObject { try #require(value.object) }

    @Test func hostConfigurationsChangeWithTheVersion() throws {
        var host = HostConfiguration()
        host.annotations = ["a": "b"]
        let old = try members(host.json(version(40)))
        let new = try members(host.json(version(51)))
        #expect(old["KernelMemory"] == 0 && new["KernelMemory"] == nil)
        #expect(old["CgroupnsMode"] == nil && new["CgroupnsMode"] == "")
        #expect(new["MemorySwappiness"] == .null && new["PidsLimit"] == .null && new["OomKillDisable"] == .null)
        #expect(new["Binds"] == .null && new["ConsoleSize"] == [0, 0])
    }

    @Test func theConfigurationsAddressGoesAtVersion144() throws {
        var configuration = ContainerConfiguration()
        configuration.macAddress = "02:42:ac:11:00:05"
        #expect(try members(configuration.json(version(43)))["MacAddress"] == "02:42:ac:11:00:05")
        #expect(try members(configuration.json(version(44)))["MacAddress"] == nil)
    }

    @Test func endpointsGrowWithTheVersion() throws {
        let endpoint = EndpointSettings()
        #expect(try members(endpoint.json(version(43)))["DNSNames"] == nil)
        #expect(try members(endpoint.json(version(44)))["DNSNames"] == .null)
        #expect(try members(endpoint.json(version(47)))["GwPriority"] == nil)
        #expect(try members(endpoint.json(version(48)))["GwPriority"] == 0)
        #expect(try members(endpoint.json(version(51)))["IPAMConfig"] == .null)
    }

    @Test func exposedPortsAreNullAndPublishedPortsAreLists() throws {
        var network = NetworkSettings()
        network.ports = ["80/tcp": [PortBinding(hostIP: "127.0.0.1", hostPort: "8080")], "81/tcp": nil]
        let ports = try members(network.json(version(51)))["Ports"]
        #expect(ports?["80/tcp"] == [["HostIp": "127.0.0.1", "HostPort": "8080"]])
        #expect(ports?["81/tcp"] == .null)
        #expect(try members(NetworkSettings().json(version(51)))["Ports"] == .object(JSONObject()))
    }

    @Test func aStateThatNeverWasIsTheYearOne() throws {
        let state = try members(ContainerState().json)
        #expect(state["Status"] == "created" && state["StartedAt"] == "0001-01-01T00:00:00Z")
        #expect(state["Health"] == nil)
    }

    private func image(_ text: String) throws -> Image {
        let bytes = Array(text.utf8)
        return Image(
            id: Digest.sha256(of: bytes), configuration: try ImageConfiguration(parsing: bytes),
            configurationBytes: bytes, layers: [], tags: [], digests: [], lastTagged: 0)
    }

    @Test func imagesChangeWithTheVersion() throws {
        let image = try image(
            #"{"architecture":"amd64","os":"linux","config":{"Cmd":["sh"],"Hostname":"h"},"container_config":{"Cmd":["x"]},"#
                + #""rootfs":{"type":"layers","diff_ids":[]},"docker_version":"20"}"#)
        let versions = try [43, 44, 45, 49, 50].map { ($0, try members(image.json(version($0)))) }
        for (minor, members) in versions {
            #expect((members["VirtualSize"] != nil) == (minor < 44), "VirtualSize at 1.\(minor)")
            #expect((members["ContainerConfig"] != nil) == (minor < 45), "ContainerConfig at 1.\(minor)")
            #expect((members["Config"]?["AttachStdin"] != nil) == (minor < 50), "Config at 1.\(minor)")
            #expect(members["Config"]?["Cmd"] == ["sh"] && members["Config"]?["Entrypoint"] == .null)
        }
        #expect(versions[0].1["Created"] == "0001-01-01T00:00:00Z" && versions[1].1["Created"] == nil)
    }

    @Test func namelessImagesHaveNamesForOldClients() throws {
        let image = try image(
            #"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"#)
        let listing = ImageListing(image: image, tags: [], digests: [], sharedSize: -1, containers: 0)
        #expect(try members(listing.json(version(42)))["RepoTags"] == ["<none>:<none>"])
        #expect(try members(listing.json(version(43)))["RepoTags"] == [])
    }

    @Test func eventsKeepTheirOldFields() throws {
        let event = Event(
            .container, "die", actor: "abc", attributes: [.init("image", "busybox"), .init("exitCode", "3")],
            time: 1_795_478_588_539_854_499)
        let told = try members(event.json)
        #expect(told["status"] == "die" && told["id"] == "abc" && told["from"] == "busybox")
        #expect(told["time"] == 1_795_478_588 && told["timeNano"] == 1_795_478_588_539_854_499)
        #expect(told["Actor"]?["Attributes"]?["exitCode"] == "3")
        let volume = try members(Event(.volume, "create", actor: "v", time: 1).json)
        #expect(volume["status"] == nil && volume["id"] == nil)
    }

    @Test func logsAreFramedByStreamAndRawOnTerminals() throws {
        var batch = LogBatch()
        batch.bytes = Array("one\ntwo\n".utf8)
        batch.entries = [
            .init(channel: .stdout, time: 1_500_000_000, text: 0..<4, attributes: [.init("a b", "ü")]),
            .init(channel: .stderr, time: 2_000_000_000, text: 4..<8, attributes: []),
        ]
        let all = LogView(stdout: true, stderr: true, timestamps: false, details: false)
        #expect(
            Array(all.bytes(of: batch, isTerminal: false).readableBytesView)
                == [1, 0, 0, 0, 0, 0, 0, 4] + Array("one\n".utf8) + [2, 0, 0, 0, 0, 0, 0, 4] + Array("two\n".utf8))
        #expect(String(buffer: all.bytes(of: batch, isTerminal: true)) == "one\ntwo\n")
        let told = LogView(stdout: true, stderr: false, timestamps: true, details: true)
        #expect(
            String(buffer: told.bytes(of: batch, isTerminal: true))
                == "1970-01-01T00:00:01.500000000Z a+b=%C3%BC one\n")
    }

    @Test func stampsOfOneBatchAreEachTheirOwn() {
        var batch = LogBatch()
        batch.bytes = Array("x\n".utf8)
        let times: [Int64] = [
            1_500_000_001, 1_500_000_001, 1_000_000_000, 1_999_999_999, 2_000_000_000, 61_000_000_042, -1,
        ]
        batch.entries = times.map { .init(channel: .stdout, time: $0, text: 0..<2, attributes: []) }
        let told = LogView(stdout: true, stderr: true, timestamps: true, details: false)
        #expect(
            String(buffer: told.bytes(of: batch, isTerminal: true))
                == times.map { "\(Timestamp(nanosecondsSince1970: $0).fixedDescription) x\n" }.joined())
    }

    @Test(arguments: [
        (Int64(512), Int64(1024), "[=========================>                         ]     512B/1.024kB"),
        (0, 27_800_000, "[>                                                  ]       0B/27.8MB"),
        (5, 0, "      5B"), (12_345, 0, " 12.35kB"),
    ])
    func progressIsDrawnAsDockerDrawsIt(current: Int64, total: Int64, bar: String) {
        #expect(ProgressBar.text(current: current, total: total) == bar)
    }

    private static let modes: [(UInt32, UInt32)] = [
        (0o100640, 416), (0o040755, 2_147_484_141), (0o120777, 134_218_239), (0o041777, 2_148_532_735),
        (0o104755, 8_389_101), (0o020666, 69_206_454),
    ]

    @Test(arguments: modes) func modesAreGos(mode: UInt32, bits: UInt32) {
        #expect(GoFileMode.bits(of: mode) == bits)
    }

    @Test func everyOperationIsServedOrSaidToBeAbsent() {
        // Each operation stands once: a second one would never be reached.
        let keys = Routes.absent.map { "\($0.method) \($0.path)" }
        #expect(Set(keys).count == keys.count)
    }
}
