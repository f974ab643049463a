import struct DockerAPI.APIVersion
import Engine
import RawJSON

extension EndpointSettings {
    /// docker's `EndpointSettings`.
    func json(_ version: APIVersion) -> JSONValue {
        var members = JSONMembers(capacity: 18)
        if hasRequestedAddresses {
            var addresses = JSONMembers()
            if !requestedIPv4.isEmpty { addresses.add("IPv4Address", requestedIPv4) }
            if !requestedIPv6.isEmpty { addresses.add("IPv6Address", requestedIPv6) }
            members.add("IPAMConfig", addresses.value)
        } else {
            members.add("IPAMConfig", .null)
        }
        members.add("Links", .texts(links))
        members.add("Aliases", .texts(aliases))
        members.add("MacAddress", macAddress)
        members.add("DriverOpts", .table(driverOptions))
        if version >= APIVersion(major: 1, minor: 48) { members.add("GwPriority", gatewayPriority) }
        members.add("NetworkID", networkID)
        members.add("EndpointID", endpointID)
        members.add("Gateway", gateway)
        members.add("IPAddress", ipAddress)
        members.add("IPPrefixLen", ipPrefixLength)
        members.add("IPv6Gateway", ipv6Gateway)
        members.add("GlobalIPv6Address", globalIPv6Address)
        members.add("GlobalIPv6PrefixLen", globalIPv6PrefixLength)
        if version >= APIVersion(major: 1, minor: 44) { members.add("DNSNames", .texts(dnsNames)) }
        return members.value
    }
}

extension NetworkSettings {
    /// docker's `NetworkSettings` of inspect, with the fields of the default network that go at API 1.52.
    func json(_ version: APIVersion) -> JSONValue {
        let first = endpoints["bridge"] ?? EndpointSettings()
        var members = JSONMembers(capacity: 20)
        members.add("Bridge", "")
        members.add("SandboxID", sandboxID)
        members.add("SandboxKey", sandboxKey)
        members.add("Ports", .dictionary(ports) { .list($0, \.json) })
        members.add("HairpinMode", false)
        members.add("LinkLocalIPv6Address", "")
        members.add("LinkLocalIPv6PrefixLen", 0)
        members.add("SecondaryIPAddresses", .null)
        members.add("SecondaryIPv6Addresses", .null)
        members.add("EndpointID", first.endpointID)
        members.add("Gateway", first.gateway)
        members.add("GlobalIPv6Address", first.globalIPv6Address)
        members.add("GlobalIPv6PrefixLen", first.globalIPv6PrefixLength)
        members.add("IPAddress", first.ipAddress)
        members.add("IPPrefixLen", first.ipPrefixLength)
        members.add("IPv6Gateway", first.ipv6Gateway)
        members.add("MacAddress", first.macAddress)
        members.add("Networks", .dictionary(endpoints) { $0.json(version) })
        return members.value
    }
}

extension NetworkDetails {
    /// docker's `Network`; its containers only where they were asked for.
    func json(_ version: APIVersion, withContainers: Bool = true) -> JSONValue {
        var members = JSONMembers(capacity: 18)
        members.add("Name", name)
        members.add("Id", id)
        members.add("Created", .moment(created))
        members.add("Scope", scope)
        members.add("Driver", driver)
        if version >= APIVersion(major: 1, minor: 47) { members.add("EnableIPv4", enablesIPv4) }
        members.add("EnableIPv6", enablesIPv6)
        members.add(
            "IPAM",
            [
                "Driver": "default", "Options": nil,
                "Config": .list(pools) { ["Subnet": .string($0.subnet), "Gateway": .string($0.gateway)] },
            ])
        members.add("Internal", isInternal)
        members.add("Attachable", false)
        members.add("Ingress", false)
        members.add("ConfigFrom", ["Network": ""])
        members.add("ConfigOnly", false)
        members.add("Containers", withContainers ? .dictionary(containers, \.json) : .object(JSONObject()))
        members.add("Options", .table(options))
        members.add("Labels", .table(labels))
        return members.value
    }
}

extension NetworkDetails.Member {
    var json: JSONValue {
        [
            "Name": .string(name), "EndpointID": .string(endpointID), "MacAddress": .string(macAddress),
            "IPv4Address": .string(ipv4Address), "IPv6Address": .string(ipv6Address),
        ]
    }
}
