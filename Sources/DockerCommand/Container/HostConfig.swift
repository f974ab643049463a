import RawJSON

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The `HostConfig` of `POST /containers/create`.
struct HostConfig: Sendable {
    var members: [JSONObject.Member]

    init(_ context: CommandContext, volumes: Volumes, ports: PublishedPorts) throws(ValueError) {
        let flags = context.flags
        let policy = try RestartPolicy(flags.string("restart", default: "no"))
        let security = try SecurityOptions(flags.list("security-opt"), context.io)
        let capabilities = Capabilities.effective(add: flags.list("cap-add"), drop: flags.list("cap-drop"))
        let networks = try NetworkAttachment.all(flags)
        var hosts: [String] = []
        for text in flags.list("add-host") { hosts.append(ExtraHost.normalised(text) ?? text) }
        try Self.checkModes(flags)

        members = [
            member("Binds", .stringsOrNull(volumes.binds)),
            member("ContainerIDFile", .string(flags.string("cidfile"))),
            member("LogConfig", try Self.logging(flags)),
            member("NetworkMode", .string(networks.first?.target ?? "default")),
            member("PortBindings", ports.json),
            member(
                "RestartPolicy",
                [
                    "Name": .string(policy.name), "MaximumRetryCount": .int(policy.maximumRetryCount),
                ]),
            member("AutoRemove", .bool(flags.bool("rm"))),
            member("VolumeDriver", .string(flags.string("volume-driver"))),
            member("VolumesFrom", .stringsOrNull(flags.list("volumes-from"))),
            member("ConsoleSize", [0, 0]),
        ]
        if flags.isSet("annotation") {
            members.append(member("Annotations", .strings(Environment.keyValues(flags.list("annotation")))))
        }
        members += [
            member("CapAdd", .stringsOrNull(capabilities.add)), member("CapDrop", .stringsOrNull(capabilities.drop)),
            member("CgroupnsMode", .string(flags.string("cgroupns"))), member("Dns", .strings(flags.list("dns"))),
            member("DnsOptions", .strings(flags.list("dns-option"))),
            member("DnsSearch", .strings(flags.list("dns-search").map { $0 == "." ? "." : $0 })),
            member("ExtraHosts", .stringsOrNull(hosts)), member("GroupAdd", .stringsOrNull(flags.list("group-add"))),
            member("IpcMode", .string(flags.string("ipc"))), member("Cgroup", ""),
            member("Links", .stringsOrNull(flags.list("link"))),
            member("OomScoreAdj", .int(flags.int("oom-score-adj"))), member("PidMode", .string(flags.string("pid"))),
            member("Privileged", .bool(flags.bool("privileged"))),
            member("PublishAllPorts", .bool(flags.bool("publish-all"))),
            member("ReadonlyRootfs", .bool(flags.bool("read-only"))),
            member("SecurityOpt", .stringsOrNull(security.options)),
        ]
        if flags.isSet("storage-opt") {
            members.append(member("StorageOpt", .strings(Environment.keyValues(flags.list("storage-opt")))))
        }
        if flags.isSet("tmpfs") { members.append(member("Tmpfs", Self.tmpfs(flags.list("tmpfs")))) }
        members += [
            member("UTSMode", .string(flags.string("uts"))), member("UsernsMode", .string(flags.string("userns"))),
            member("ShmSize", .int(try flags.bytes("shm-size"))),
        ]
        if flags.isSet("sysctl") {
            members.append(member("Sysctls", .strings(Environment.keyValues(flags.list("sysctl")))))
        }
        if flags.isSet("runtime") { members.append(member("Runtime", .string(flags.string("runtime")))) }
        members.append(member("Isolation", .string(flags.string("isolation"))))
        members += try Resources.forCreate(flags)
        if flags.isSet("mount") {
            var mounts: [JSONValue] = []
            for text in flags.list("mount") {
                mounts.append(try MountSpec(text, currentDirectory: context.io.currentDirectory).json)
            }
            members.append(member("Mounts", .array(mounts)))
        }
        members.append(member("MaskedPaths", security.isUnconfined ? [] : .null))
        members.append(member("ReadonlyPaths", security.isUnconfined ? [] : .null))
        if flags.isSet("init") { members.append(member("Init", .bool(flags.bool("init")))) }
    }

    private static func checkModes(_ flags: ParsedFlags) throws(ValueError) {
        func allowed(_ flag: String, _ values: [String], _ message: String) throws(ValueError) {
            let value = flags.string(flag)
            guard value.isEmpty || values.contains(value) || value.hasPrefix("container:") && flag == "pid" else {
                throw ValueError(message)
            }
        }
        try allowed("pid", ["host"], "--pid: invalid PID mode")
        try allowed("uts", ["host"], "--uts: invalid UTS mode")
        try allowed("userns", ["host"], "--userns: invalid USER mode")
        try allowed("cgroupns", ["host", "private"], "--cgroupns: invalid CGROUP mode")
    }

    private static func logging(_ flags: ParsedFlags) throws(ValueError) -> JSONValue {
        let options = Environment.keyValues(flags.list("log-opt"))
        if flags.string("log-driver") == "none", !options.isEmpty {
            throw ValueError("invalid logging opts for driver none")
        }
        return ["Type": .string(flags.string("log-driver")), "Config": .strings(options)]
    }

    private static func tmpfs(_ specifications: [String]) -> JSONValue {
        var mounts: [String: String] = [:]
        for text in specifications {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            mounts[parts[0]] = parts.count == 2 ? parts[1] : ""
        }
        return .strings(mounts)
    }
}

/// `--security-opt`, with the profile of `seccomp=FILE` read in.
struct SecurityOptions: Sendable {
    var options: [String] = []
    /// `systempaths=unconfined`: nothing is masked or read-only.
    var isUnconfined = false

    init(_ texts: [String], _ io: CommandIO) throws(ValueError) {
        for text in texts {
            guard let separator = text.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
                guard text == "no-new-privileges" else {
                    throw ValueError("Invalid --security-opt: \(GoValue.quote(text))")
                }
                options.append(text)
                continue
            }
            let name = text[..<separator], value = String(text[text.index(after: separator)...])
            if name == "systempaths", value == "unconfined" {
                isUnconfined = true
            } else if name == "seccomp", !["unconfined", "builtin"].contains(value) {
                guard let data = FileManager.default.contents(atPath: io.resolve(value)) else {
                    throw ValueError(
                        "opening seccomp profile (\(value)) failed: open \(value): no such file or directory")
                }
                do {
                    options.append("seccomp=" + (try JSONValue.parse(Array(data))).text())
                } catch {
                    throw ValueError("compacting json for seccomp profile (\(value)) failed: \(error)")
                }
            } else {
                options.append(text)
            }
        }
    }
}
