import RawJSON

/// `--network NAME` or `--network name=NAME,alias=…,ip=…`.
struct NetworkAttachment: Sendable {
    var target: String
    var aliases: [String] = []
    var links: [String] = []
    var ipv4 = ""
    var ipv6 = ""
    var linkLocal: [String] = []
    var macAddress = ""
    var driverOptions: [String: String] = [:]
    var gatewayPriority: Int64 = 0

    /// Every network of the command line; the flags without a network of their own belong to the first.
    static func all(_ flags: ParsedFlags) throws(ValueError) -> [NetworkAttachment] {
        var result: [NetworkAttachment] = []
        for text in flags.list("network") { result.append(try NetworkAttachment(text)) }
        var isUserDefined = Set<Bool>()
        for (index, network) in result.enumerated() {
            guard !network.target.isEmpty else { throw ValueError("no name set for network") }
            guard !result[..<index].contains(where: { $0.target == network.target }) else {
                throw ValueError("network \(GoValue.quote(network.target)) is specified multiple times")
            }
            isUserDefined.insert(network.isUserDefined)
        }
        guard isUserDefined.count < 2 else {
            throw ValueError("conflicting options: cannot attach both user-defined and non-user-defined network-modes")
        }
        if result.isEmpty { result = [try NetworkAttachment("default")] }
        try result[0].apply(flags)
        return result
    }

    private init(_ text: String) throws(ValueError) {
        target = text
        guard text.contains("=") else { return }
        target = ""
        for field in CSV.fields(text) {
            let pair = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard pair.count == 2 else { throw ValueError("invalid field \(field)") }
            let value = pair[1].trimmingSpaces()
            switch pair[0].lowercased().trimmingSpaces() {
            case "name": target = value
            case "alias": aliases.append(value)
            case "ip": ipv4 = value
            case "ip6": ipv6 = value
            case "mac-address": macAddress = value
            case "link-local-ip": linkLocal.append(value)
            case "driver-opt": driverOptions.merge(Environment.keyValues([value])) { $1 }
            case "gw-priority":
                guard let priority = Int64(value) else {
                    throw ValueError(
                        "invalid gw-priority (\(value)): strconv.Atoi: parsing \(GoValue.quote(value)): invalid syntax")
                }
                gatewayPriority = priority
            case let key: throw ValueError("invalid field key \(key)")
            }
        }
    }

    private mutating func apply(_ flags: ParsedFlags) throws(ValueError) {
        func conflict(_ flag: String, _ isTaken: Bool, _ what: String) throws(ValueError) {
            if flags.isSet(flag), isTaken {
                throw ValueError("conflicting options: cannot specify both --\(flag) and per-network \(what)")
            }
        }
        try conflict("network-alias", !aliases.isEmpty, "alias")
        try conflict("link", !links.isEmpty, "links")
        try conflict("ip", !ipv4.isEmpty, "IPv4 address")
        try conflict("ip6", !ipv6.isEmpty, "IPv6 address")
        try conflict("mac-address", !macAddress.isEmpty, "MAC address")
        aliases += flags.list("network-alias")
        links = flags.list("link")
        if flags.isSet("ip") { ipv4 = flags.string("ip") }
        if flags.isSet("ip6") { ipv6 = flags.string("ip6") }
        linkLocal += flags.list("link-local-ip")
        if flags.isSet("mac-address") { macAddress = flags.string("mac-address") }
        if !macAddress.isEmpty, macAddress.split(separator: ":").count != 6 {
            throw ValueError("\(macAddress) is not a valid mac address")
        }
    }

    var isUserDefined: Bool {
        !["default", "bridge", "host", "none"].contains(target) && !target.hasPrefix("container:")
    }

    /// Whether anything but the name was said.
    var hasOptions: Bool {
        !aliases.isEmpty || !links.isEmpty || !ipv4.isEmpty || !ipv6.isEmpty || !linkLocal.isEmpty
            || !macAddress.isEmpty || !driverOptions.isEmpty || gatewayPriority != 0
    }
}

/// The endpoint settings of create and `network connect`.
enum EndpointSettings {
    static func all(_ flags: ParsedFlags) throws(ValueError) -> JSONObject {
        var endpoints = JSONObject()
        for network in try NetworkAttachment.all(flags).sorted(by: { $0.target < $1.target })
        where network.isUserDefined || network.target == "default" || network.hasOptions {
            endpoints[network.target] = json(network)
        }
        return endpoints
    }

    static func json(_ network: NetworkAttachment) -> JSONValue {
        var addresses = JSONObject()
        if !network.ipv4.isEmpty { addresses["IPv4Address"] = .string(network.ipv4) }
        if !network.ipv6.isEmpty { addresses["IPv6Address"] = .string(network.ipv6) }
        if !network.linkLocal.isEmpty { addresses["LinkLocalIPs"] = .strings(network.linkLocal) }
        return json(
            addresses: addresses.members.isEmpty ? .null : .object(addresses), links: network.links,
            aliases: network.aliases, macAddress: network.macAddress,
            driverOptions: network.driverOptions.isEmpty ? .null : .strings(network.driverOptions),
            priority: network.gatewayPriority)
    }

    static func json(
        addresses: JSONValue, links: [String], aliases: [String], macAddress: String, driverOptions: JSONValue,
        priority: Int64
    ) -> JSONValue {
        [
            "IPAMConfig": addresses, "Links": .stringsOrNull(links), "Aliases": .stringsOrNull(aliases),
            "MacAddress": .string(macAddress), "DriverOpts": driverOptions, "GwPriority": .int(priority),
            "NetworkID": "", "EndpointID": "", "Gateway": "", "IPAddress": "", "IPPrefixLen": 0, "IPv6Gateway": "",
            "GlobalIPv6Address": "", "GlobalIPv6PrefixLen": 0, "DNSNames": .null,
        ]
    }
}
