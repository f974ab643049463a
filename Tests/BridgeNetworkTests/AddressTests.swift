import RawJSON
import Testing

@testable import BridgeNetwork

/// Goal: addresses are read strictly and given out round robin. Method: values alone, no kernel.
@Suite struct AddressTests {
    @Test(arguments: ["172.30.0.0/16", "10.0.0.0/8", "192.168.215.0/24", "0.0.0.0/0"])
    func aRangeIsReadAndWrittenAlike(text: String) {
        #expect(IPv4Network(text)?.description == text)
    }

    @Test(arguments: ["172.30.0.1/16", "172.30.0.0", "172.30.0.0/33", "::/64", "172.30.0/16", "", "1.2.3.4/-1"])
    func whatIsNoRangeIsRefused(text: String) {
        #expect(IPv4Network(text) == nil)
    }

    @Test func rangesOverlapWhereTheyShareAnAddress() throws {
        let wide = try #require(IPv4Network("172.16.0.0/12"))
        let narrow = try #require(IPv4Network("172.30.0.0/16"))
        #expect(wide.overlaps(narrow) && narrow.overlaps(wide))
        #expect(!narrow.overlaps(try #require(IPv4Network("172.31.0.0/16"))))
    }

    @Test func aMACAddressBelongsToItsAddress() {
        #expect(MACAddress(for: 0xac1e_0002).description == "02:42:ac:1e:00:02")
        #expect(MACAddress("02-42-AC-11-00-02")?.description == "02:42:ac:11:00:02")
        for text in ["", "zz", "02:42:ac:11:00", "02:42:ac:11:00:0g", "01:00:5e:00:00:01", "00:00:00:00:00:00"] {
            #expect(MACAddress(text) == nil)
        }
    }

    @Test func addressesComeBackAsLateAsPossible() throws {
        let pool = AddressPool(network: try #require(IPv4Network("10.9.0.0/29")))
        func next(_ gone: Set<String> = []) throws -> String {
            IPAddress(ipv4: try pool.takeNext { gone.contains($0) }).description
        }
        #expect(try next() == "10.9.0.2")
        #expect(try next() == "10.9.0.3")
        pool.retire(0x0a09_0002, veth: "veth2")
        #expect(try [next(), next(), next()] == ["10.9.0.4", "10.9.0.5", "10.9.0.6"])
        #expect(throws: NetworkError.self, "the interface of the retired address is still there") { try next() }
        #expect(try next(["veth2"]) == "10.9.0.2")
        #expect(!pool.take(0x0a09_0001) && !pool.take(0x0a09_0007) && !pool.take(0x0a09_0003))
    }

    @Test func aLeaseIsReadBackAsItWas() throws {
        let lease = Lease(
            containerID: "c", endpointID: "e", namespace: nil, interface: "eth0", vethName: "veth1",
            address: "172.30.0.2", prefixLength: 16, gateway: "172.30.0.1", macAddress: "02:42:ac:1e:00:02",
            ipv6Address: "fd00::2", ipv6PrefixLength: 64, ipv6Gateway: "fd00::1",
            published: [PublishedPort(containerPort: 80, transport: .udp, hostAddress: "::", hostPort: 8080)])
        let text = lease.encoded().text()
        let copy = try Lease(decoding: JSONValue.parse(text))
        #expect(copy.encoded().text() == text)
        #expect(copy.published == lease.published)
        for broken in [
            "{}", text.replacing("\"udp\"", with: "\"sctp\""), text.replacing("8080", with: "80800"),
            text.replacing("\"::\"", with: "\"nowhere\""),
        ] {
            #expect(throws: NetworkError.self) { try Lease(decoding: JSONValue.parse(broken)) }
        }
    }

    @Test func aBadConfigurationIsRefused() {
        let changes: [(inout NetworkConfiguration) -> Void] = [
            { $0.bridgeName = "" }, { $0.bridgeName = "a-name-that-is-too-long" }, { $0.bridgeName = "a/b" },
            { $0.tableName = "" }, { $0.mtu = 1 }, { $0.preparedNamespaces = 10_000 },
            { $0.subnet = IPv4Network("10.0.0.0/30") },
        ]
        for change in changes {
            var configuration = NetworkConfiguration(stateDirectory: "/nonexistent")
            change(&configuration)
            #expect(throws: NetworkError.self) { try TestHost.makeNetwork(configuration) }
        }
    }
}
