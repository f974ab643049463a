import RawJSON

/// What docker's own types are where the JSON says `null`: Go prints an empty list, an empty map or a nil pointer.
enum NilKinds {
    private static let lists: Set<String> = [
        "Cmd", "Entrypoint", "Env", "OnBuild", "Binds", "CapAdd", "CapDrop", "Links", "VolumesFrom", "ExtraHosts",
        "GroupAdd", "SecurityOpt", "Dns", "DnsOptions", "DnsSearch", "Mounts", "Devices", "Ulimits", "DeviceRequests",
        "DeviceCgroupRules", "ExecIDs", "Aliases", "DNSNames", "RepoTags", "RepoDigests", "MaskedPaths",
        "ReadonlyPaths", "Args", "Warnings", "Config",
    ]
    private static let maps: Set<String> = [
        "Labels", "Volumes", "ExposedPorts", "PortBindings", "Ports", "Options", "DriverOpts", "Sysctls", "Tmpfs",
        "StorageOpt", "Annotations", "Containers", "Networks",
    ]
    private static let pointers: Set<String> = [
        "Health", "Healthcheck", "Init", "OomKillDisable", "PidsLimit", "MemorySwappiness", "StopTimeout", "IPAMConfig",
        "SizeRw", "SizeRootFs", "UsageData",
    ]

    /// A value as an action prints it; an absent list or map of docker's types prints empty, not as nothing.
    static func shown(_ value: JSONValue, _ pipeline: TemplatePipeline) -> String {
        guard value.isNull else { return GoFormat.text(value) }
        if case .dot(let fields) = pipeline.commands.last?.last?.kind, let last = fields.last {
            if lists.contains(last) { return "[]" }
            if maps.contains(last) { return "map[]" }
            if pointers.contains(last) { return "<nil>" }
        }
        return "<no value>"
    }
}
