import RawJSON

/// The table of commands on networks.
enum NetworkCommands {
    static let all: [CommandSpec] = [
        CommandSpec(
            names: [["network", "create"]], usage: ["[OPTIONS] NETWORK"], summary: "Create a network",
            flags: createFlags, arity: .exactly(1), takesLabels: true, execute: create),
        CommandSpec(
            names: [["network", "ls"], ["network", "list"]], usage: ["[OPTIONS]"], summary: "List networks",
            flags: [
                ContainerCommands.filter, .string("--format", ContainerCommands.formatUsage),
                .bool("--no-trunc", "Cut nothing short"), .bool("-q, --quiet", "Print IDs only"),
            ], arity: .none, takesFilter: true, isRepeatable: true, execute: ListCommands.networks),
        CommandSpec(
            names: [["network", "rm"], ["network", "remove"]], usage: ["NETWORK [NETWORK...]"],
            summary: "Remove one or more networks",
            flags: [.bool("-f, --force", "Do not mind networks that are not there")], arity: .atLeast(1),
            execute: remove),
        CommandSpec(
            names: [["network", "inspect"]], usage: ["[OPTIONS] NETWORK [NETWORK...]"],
            summary: "Display detailed information on one or more networks",
            flags: [
                .string("-f, --format", "Print with a Go template, or json"),
                .bool("-v, --verbose", "Print diagnostics too"),
            ], arity: .atLeast(1), isRepeatable: true, execute: InspectCommands.network),
        CommandSpec(
            names: [["network", "connect"]], usage: ["[OPTIONS] NETWORK CONTAINER"],
            summary: "Connect a container to a network",
            flags: [
                .strings("--alias", "Alias within the network"), .strings("--driver-opt", "Option of the driver"),
                .int("--gw-priority", "The highest priority is the default gateway"), .string("--ip", "IPv4 address"),
                .string("--ip6", "IPv6 address"), .list("--link", "Add a link to another container"),
                .strings("--link-local-ip", "Link-local address"),
            ], arity: .exactly(2), execute: connect),
        CommandSpec(
            names: [["network", "disconnect"]], usage: ["[OPTIONS] NETWORK CONTAINER"],
            summary: "Disconnect a container from a network",
            flags: [.bool("-f, --force", "Force the container off the network")], arity: .exactly(2),
            execute: disconnect),
        CommandSpec(
            names: [["network", "prune"]], usage: ["[OPTIONS]"], summary: "Remove all unused networks",
            flags: [ContainerCommands.pruneFilter, ContainerCommands.force], arity: .none, takesFilter: true,
            execute: PruneCommands.networks),
    ]

    private static let createFlags: [FlagSpec] = [
        .bool("--attachable", "Let containers be attached by hand"),
        .list("--aux-address", type: "map", default: "map[]", "Further addresses the driver uses"),
        .string("--config-from", "Network to copy the configuration from"),
        .bool("--config-only", "Create a network of configuration only"),
        .string("-d, --driver", default: "bridge", "Driver of the network"),
        .strings("--gateway", "Gateway of the subnet"), .bool("--ingress", "Create the swarm's routing mesh"),
        .bool("--internal", "Restrict access from outside"), .strings("--ip-range", "Range of addresses to hand out"),
        .string("--ipam-driver", default: "default", "Driver of address management"),
        .list("--ipam-opt", type: "map", default: "map[]", "Option of address management"),
        .bool("--ipv4", default: true, "Assign IPv4 addresses"), .bool("--ipv6", "Assign IPv6 addresses"),
        .list("--label", "Set a label", check: Environment.checkLabel),
        .list("-o, --opt", type: "map", default: "map[]", "Option of the driver"),
        .string("--scope", "Scope of the network"),
        .strings("--subnet", "Subnet in CIDR notation"),
    ]

    private static let create: @Sendable (CommandContext) async throws -> Int32 = { context in
        let flags = context.flags
        var body = JSONObject(members: [
            member("Driver", .string(flags.string("driver", default: "bridge"))),
            member("Scope", .string(flags.string("scope"))),
        ])
        if flags.isSet("ipv4") { body["EnableIPv4"] = .bool(flags.bool("ipv4")) }
        if flags.isSet("ipv6") { body["EnableIPv6"] = .bool(flags.bool("ipv6")) }
        body["IPAM"] = [
            "Driver": .string(flags.string("ipam-driver", default: "default")),
            "Options": .strings(Environment.keyValues(flags.list("ipam-opt"))), "Config": try pools(flags),
        ]
        for (name, flag) in [
            ("Internal", "internal"), ("Attachable", "attachable"), ("Ingress", "ingress"),
            ("ConfigOnly", "config-only"),
        ] {
            body[name] = .bool(flags.bool(flag))
        }
        body["ConfigFrom"] = flags.isSet("config-from") ? ["Network": .string(flags.string("config-from"))] : .null
        body["Options"] = .strings(Environment.keyValues(flags.list("opt")))
        body["Labels"] = .strings(Environment.keyValues(flags.list("label")))
        body["Name"] = .string(context.arguments[0])
        let answer = try await context.json("POST", "/networks/create", body: .json(.object(body)))
        if let warning = answer["Warning"]?.string, !warning.isEmpty {
            try await context.io.warn("WARNING: \(warning)")
        }
        try await context.io.print(answer["Id"]?.string ?? "")
        return 0
    }

    /// Subnets with what was said of each: ranges, gateways and further addresses go to the subnet they lie in.
    private static func pools(_ flags: ParsedFlags) throws(CommandFailure) -> JSONValue {
        let subnets = flags.list("subnet").compactMap { text in Subnet(text).map { (text, $0) } }
        guard subnets.count == flags.list("subnet").count else {
            throw CommandFailure("invalid subnet: \(flags.list("subnet").joined(separator: ", "))")
        }
        let addresses = Environment.keyValues(flags.list("aux-address"))
        guard !subnets.isEmpty || flags.list("ip-range").isEmpty && flags.list("gateway").isEmpty && addresses.isEmpty
        else {
            throw CommandFailure("every ip-range or gateway must have a corresponding subnet")
        }
        var pools: [JSONValue] = []
        var used = 0
        for (text, subnet) in subnets {
            var pool = JSONObject(members: [member("Subnet", .string(text))])
            for (name, flag) in [("IPRange", "ip-range"), ("Gateway", "gateway")] {
                for value in flags.list(flag) where subnet.contains(value) {
                    guard pool[name] == nil else {
                        throw CommandFailure(
                            "cannot configure multiple \(flag == "gateway" ? "gateways" : "ranges") (\(value), \(pool[name]?.string ?? "")) on the same subnet (\(text))"
                        )
                    }
                    pool[name] = .string(value)
                    used += 1
                }
            }
            let own = addresses.filter { subnet.contains($0.value) }
            if !own.isEmpty { pool["AuxiliaryAddresses"] = .strings(own) }
            pools.append(.object(pool))
        }
        guard used == flags.list("ip-range").count + flags.list("gateway").count else {
            throw CommandFailure("no matching subnet for range or gateway")
        }
        return .array(pools)
    }

    private static let remove: @Sendable (CommandContext) async throws -> Int32 = { context in
        var isFailure = false
        for name in context.arguments {
            let path = "/networks/\(CommandContext.escape(name))"
            do {
                // Asked first whether it is the swarm's ingress network, which docker's CLI confirms.
                _ = try await context.json("GET", path)
            } catch is DaemonFailure {
                // Whatever is wrong with it, the removal says so.
            }
            do {
                try await context.call("DELETE", path)
                try await context.io.print(name)
            } catch let failure as DaemonFailure {
                guard !(context.flags.bool("force") && failure.status == 404) else { continue }
                try await context.io.warn(failure.description)
                isFailure = true
            }
        }
        guard isFailure else { return 0 }
        throw CommandFailure("exit status 1")
    }

    private static let connect: @Sendable (CommandContext) async throws -> Int32 = { context in
        let flags = context.flags
        var addresses = JSONObject()
        if flags.isSet("ip") { addresses["IPv4Address"] = .string(flags.string("ip")) }
        if flags.isSet("ip6") { addresses["IPv6Address"] = .string(flags.string("ip6")) }
        if flags.isSet("link-local-ip") { addresses["LinkLocalIPs"] = .strings(flags.list("link-local-ip")) }
        let settings = EndpointSettings.json(
            addresses: .object(addresses), links: flags.list("link"), aliases: flags.list("alias"), macAddress: "",
            driverOptions: .strings(Environment.keyValues(flags.list("driver-opt"))), priority: flags.int("gw-priority")
        )
        try await context.call(
            "POST", "/networks/\(CommandContext.escape(context.arguments[0]))/connect",
            body: .json(["Container": .string(context.arguments[1]), "EndpointConfig": settings]))
        return 0
    }

    private static let disconnect: @Sendable (CommandContext) async throws -> Int32 = { context in
        try await context.call(
            "POST", "/networks/\(CommandContext.escape(context.arguments[0]))/disconnect",
            body: .json(["Container": .string(context.arguments[1]), "Force": .bool(context.flags.bool("force"))]))
        return 0
    }
}
