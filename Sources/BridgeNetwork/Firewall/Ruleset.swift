import LinuxKernel

/// The one nftables table: which packets go where. `nft list table inet drydock` shows it with its comments.
struct Ruleset {
    /// What differs between IPv4 and IPv6.
    struct Family {
        let isIPv6: Bool
        /// The containers' range and the bridge's address in it.
        let network: [UInt8]
        let prefixLength: Int
        let gateway: [UInt8]

        var suffix: String { isIPv6 ? "6" : "4" }
        /// NFPROTO_IPV4 or NFPROTO_IPV6.
        var number: UInt8 { isIPv6 ? 10 : 2 }
        var sourceOffset: UInt32 { isIPv6 ? 8 : 12 }
        var destinationOffset: UInt32 { isIPv6 ? 24 : 16 }
        var addressLength: UInt32 { isIPv6 ? 16 : 4 }
        var addressType: NetfilterBatch.FieldType { isIPv6 ? .ipv6Address : .ipv4Address }
        var loopback: [UInt8] { isIPv6 ? Array(repeating: 0, count: 15) + [1] : [127, 0, 0, 0] }
        var loopbackPrefixLength: Int { isIPv6 ? 128 : 8 }
    }

    let table: String
    let bridge: String
    let families: [Family]
    /// The interfaces between which the host did not forward before we turned forwarding on, by `Family.suffix`.
    let unforwarded: [String: [String]]

    /// The change that replaces the table, whatever it held, in one step.
    func replacement(elements: [String: [NetfilterElement]]) -> NetfilterBatch {
        var batch = NetfilterBatch(table: table)
        batch.makeTable()
        batch.deleteTable()
        batch.makeTable()
        batch.addChain("early", .filter, at: .prerouting, priority: -300)
        batch.addChain("prerouting", .nat, at: .prerouting, priority: -100)
        batch.addChain("output", .nat, at: .output, priority: -100)
        batch.addChain("loopback", .filter, at: .output, priority: 0)
        batch.addChain("forward", .filter, at: .forward, priority: 0)
        batch.addChain("postrouting", .nat, at: .postrouting, priority: 100)
        for family in families {
            addSets(of: family, to: &batch)
            addEarlyRules(of: family, to: &batch)
            addPublishing(of: family, to: &batch)
            addMasquerading(of: family, to: &batch)
            addForwardGuard(of: family, to: &batch)
            if family.isIPv6 { addLoopbackRefusal(of: family, to: &batch) }
        }
        addForwarding(to: &batch)
        for (set, elements) in elements.sorted(by: { $0.key < $1.key }) { batch.addElements(elements, to: set) }
        return batch
    }

    /// The map elements that publish a lease's ports, by map.
    static func elements(of lease: Lease) -> [String: [NetfilterElement]] {
        var elements: [String: [NetfilterElement]] = [:]
        for port in lease.published {
            guard let host = IPAddress(port.hostAddress),
                let container = IPAddress((host.isIPv6 ? lease.ipv6Address : lease.address) ?? "")
            else { continue }
            let suffix = host.isIPv6 ? "6" : "4"
            let service = [port.transport.number, 0, 0, 0] + field(port.hostPort)
            let value = container.bytes + field(port.containerPort)
            if host.isAny {
                elements["published\(suffix)", default: []].append(.init(key: service, value: value))
            } else {
                elements["addressed\(suffix)", default: []].append(.init(key: host.bytes + service, value: value))
            }
        }
        return elements
    }

    private static func field(_ port: UInt16) -> [UInt8] { [UInt8(port >> 8), UInt8(port & 0xff), 0, 0] }

    private func addSets(of family: Family, to batch: inout NetfilterBatch) {
        let target = [family.addressType, .port]
        batch.addSet("published\(family.suffix)", key: [.transport, .port], value: target)
        batch.addSet("addressed\(family.suffix)", key: [family.addressType, .transport, .port], value: target)
        guard let names = unforwarded[family.suffix], !names.isEmpty else { return }
        batch.addSet("unforwarded\(family.suffix)", key: [.interfaceName])
        let elements = names.map { name in
            let bytes = Array(name.utf8.prefix(15))
            return NetfilterElement(key: bytes + Array(repeating: 0, count: 16 - bytes.count))
        }
        batch.addElements(elements, to: "unforwarded\(family.suffix)")
    }

    private func addEarlyRules(of family: Family, to batch: inout NetfilterBatch) {
        if !family.isIPv6 {
            // route_localnet lets the bridge carry answers to 127.0.0.1; without this, a container could call there.
            batch.addRule(to: "early", comment: "loopback is not for containers") {
                $0.require(.family, [family.number])
                $0.require(.inputInterface, named: bridge)
                $0.requireAddress(
                    at: family.destinationOffset, in: family.loopback, prefixLength: family.loopbackPrefixLength)
                $0.verdict(.drop)
            }
        }
        batch.addRule(to: "early", comment: "other hosts reach containers by published ports only") {
            $0.require(.family, [family.number])
            $0.require(.inputInterface, named: bridge, unless: true)
            $0.require(.inputInterface, named: "lo", unless: true)
            $0.requireAddress(at: family.destinationOffset, in: family.network, prefixLength: family.prefixLength)
            $0.requireAddress(
                at: family.destinationOffset, in: family.gateway, prefixLength: family.gateway.count * 8, unless: true)
            $0.verdict(.drop)
        }
    }

    private func addPublishing(of family: Family, to batch: inout NetfilterBatch) {
        for chain in ["prerouting", "output"] {
            // What is bound to loopback answers this host alone: only packets of our own consult it (CVE-2025-54388).
            // IPv6 has no route_localnet: answers to ::1 would be dropped on the bridge, so that nothing leads there.
            let leavesLoopback = chain == "prerouting" || family.isIPv6
            let address = family.addressLength / 4
            batch.addRule(to: chain, comment: "ports published on one address") {
                $0.require(.family, [family.number])
                if leavesLoopback { requireNoLoopback(family, &$0) }
                $0.load(.network, offset: family.destinationOffset, length: family.addressLength, into: 0)
                $0.load(.transport, into: address)
                $0.load(.transport, offset: 2, length: 2, into: address + 1)
                $0.translate(by: "addressed\(family.suffix)")
                $0.destinationNAT(ipv6: family.isIPv6, portRegister: address)
            }
            batch.addRule(to: chain, comment: "ports published on all addresses of this host") {
                $0.require(.family, [family.number])
                if leavesLoopback { requireNoLoopback(family, &$0) }
                $0.requireLocalDestination()
                $0.load(.transport, into: 0)
                $0.load(.transport, offset: 2, length: 2, into: 1)
                $0.translate(by: "published\(family.suffix)")
                $0.destinationNAT(ipv6: family.isIPv6, portRegister: address)
            }
        }
    }

    private func requireNoLoopback(_ family: Family, _ rule: inout RuleExpressions) {
        rule.requireAddress(
            at: family.destinationOffset, in: family.loopback, prefixLength: family.loopbackPrefixLength, unless: true)
    }

    private func addMasquerading(of family: Family, to batch: inout NetfilterBatch) {
        if !family.isIPv6 {
            batch.addRule(to: "postrouting", comment: "a container answers this host's loopback by way of the bridge") {
                $0.require(.family, [family.number])
                $0.require(.outputInterface, named: bridge)
                $0.requireAddress(
                    at: family.sourceOffset, in: family.loopback, prefixLength: family.loopbackPrefixLength)
                $0.masquerade()
            }
        }
        batch.addRule(to: "postrouting", comment: "a container that calls a published port gets its answer back") {
            $0.require(.family, [family.number])
            $0.require(.outputInterface, named: bridge)
            $0.requireAddress(at: family.sourceOffset, in: family.network, prefixLength: family.prefixLength)
            $0.require(.status, anyOf: 1 << 5)  // IPS_DST_NAT
            $0.masquerade()
        }
        batch.addRule(to: "postrouting", comment: "containers go out under the address of this host") {
            $0.require(.family, [family.number])
            $0.require(.outputInterface, named: bridge, unless: true)
            $0.requireAddress(at: family.sourceOffset, in: family.network, prefixLength: family.prefixLength)
            $0.masquerade()
        }
    }

    /// A client that tries ::1 before 127.0.0.1 for `localhost` is told at once to go on.
    private func addLoopbackRefusal(of family: Family, to batch: inout NetfilterBatch) {
        for transport in Transport.allCases {
            batch.addRule(to: "loopback", comment: "published ports answer on 127.0.0.1, not on ::1") {
                $0.require(.family, [family.number])
                $0.require(.transport, [transport.number])
                $0.requireAddress(
                    at: family.destinationOffset, in: family.loopback, prefixLength: family.loopbackPrefixLength)
                $0.load(.transport, into: 0)
                $0.load(.transport, offset: 2, length: 2, into: 1)
                $0.translate(by: "published\(family.suffix)")
                $0.reject(withReset: transport == .tcp)
            }
        }
    }

    private func addForwardGuard(of family: Family, to batch: inout NetfilterBatch) {
        guard let names = unforwarded[family.suffix], !names.isEmpty else { return }
        batch.addRule(to: "forward", comment: "this host was no router before Drydock") {
            $0.require(.family, [family.number])
            $0.load(.inputInterface, into: 0)
            $0.require(in: "unforwarded\(family.suffix)")
            $0.load(.outputInterface, into: 0)
            $0.require(in: "unforwarded\(family.suffix)")
            $0.verdict(.drop)
        }
    }

    private func addForwarding(to batch: inout NetfilterBatch) {
        func addRule(_ comment: String, _ body: (inout RuleExpressions) -> Void) {
            batch.addRule(to: "forward", comment: comment) {
                $0.require(.outputInterface, named: bridge)
                $0.require(.inputInterface, named: bridge, unless: true)
                body(&$0)
            }
        }
        addRule("answers to containers") {
            $0.require(.state, anyOf: 1 << 1 | 1 << 2)  // established, related
            $0.verdict(.accept)
        }
        addRule("published ports") {
            $0.require(.status, anyOf: 1 << 5)
            $0.verdict(.accept)
        }
        addRule("nothing else comes in") { $0.verdict(.drop) }
    }
}
