import LinuxKernel

/// docker's checks of a container's configuration, with its words (moby daemon/container.go, `verifyContainerSettings`).
enum ConfigurationCheck {
    static func check(_ configuration: ContainerConfiguration) throws(EngineError) {
        let folder = configuration.workingDirectory
        guard folder.isEmpty || folder.hasPrefix("/") else {
            throw EngineError(
                .invalidArgument,
                "the working directory '\(folder)' is invalid, it needs to be an absolute path")
        }
        if let signal = configuration.stopSignal, !signal.isEmpty { _ = try Signals.number(signal) }
        for variable in configuration.environment ?? [] where variable.isEmpty || variable.hasPrefix("=") {
            throw EngineError(.invalidArgument, "invalid environment variable: \(variable)")
        }
        for port in configuration.exposedPorts { _ = try ContainerPort(port) }
        if let check = configuration.healthCheck { try self.check(check) }
        for path in configuration.volumes.sorted() {
            let clean = Paths.clean(path)
            guard path.hasPrefix("/") else {
                throw EngineError(
                    .invalidArgument,
                    "invalid mount config for type \"volume\": invalid mount path: '\(path)' mount path must be absolute"
                )
            }
            guard clean != "/" else {
                throw EngineError(.invalidArgument, "invalid volume specification: '\(path)': destination can't be '/'")
            }
        }
    }

    private static func check(_ health: ContainerConfiguration.HealthCheck) throws(EngineError) {
        let times = [
            ("Interval", health.interval), ("Timeout", health.timeout), ("StartPeriod", health.startPeriod),
            ("StartInterval", health.startInterval),
        ]
        for (name, value) in times where value != 0 && value < 1_000_000 {
            throw EngineError(.invalidArgument, "\(name) in Healthcheck cannot be less than 1ms")
        }
        guard health.retries >= 0 else {
            throw EngineError(.invalidArgument, "Retries in Healthcheck cannot be negative")
        }
    }

    static func check(
        _ host: HostConfiguration, environment: CreationEnvironment
    ) throws(EngineError) -> (host: HostConfiguration, warnings: [String]) {
        var host = host
        try check(host.restartPolicy)
        if host.autoRemove, !["", "no"].contains(host.restartPolicy.name) {
            throw EngineError(.invalidArgument, "can't create 'AutoRemove' container with restart policy")
        }
        for entry in host.extraHosts ?? [] { try checkExtraHost(entry) }
        for (port, bindings) in host.portBindings.sorted(by: { $0.key < $1.key }) {
            _ = try ContainerPort(port)
            for binding in bindings { _ = try HostPorts(binding.hostPort) }
        }
        if let unknown = [host.isolation].first(where: { !["", "default"].contains($0) }) {
            throw EngineError(.invalidArgument, "invalid isolation '\(unknown)' on linux")
        }
        guard ["", "runc", "io.containerd.runc.v2", "drydock"].contains(host.runtime) else {
            throw EngineError(.invalidArgument, "unknown or invalid runtime name: \(host.runtime)")
        }
        guard (-1000...1000).contains(host.oomScoreAdj) else {
            throw EngineError(
                .invalidArgument,
                "Invalid value \(host.oomScoreAdj), range for oom score adj is [-1000, 1000]")
        }
        guard host.shmSize >= 0 else { throw EngineError(.invalidArgument, "SHM size can not be less than 0") }
        try checkModes(host)
        let log = host.logConfiguration.driver
        guard log.isEmpty || LogSettings.drivers.contains(log) else {
            throw EngineError(.invalidArgument, "logger: no log driver named '\(log)' is registered")
        }
        _ = try LogSettings(host.logConfiguration)
        do {
            _ = try CapabilitySet.requested(
                add: host.capAdd ?? [], drop: host.capDrop ?? [], privileged: host.privileged, held: environment.held)
        } catch { throw EngineError(.invalidArgument, "\(error)") }
        _ = try SecurityOptions(host.securityOptions ?? [])
        for limit in host.resources.ulimits ?? [] { _ = try UlimitNumbers(limit) }
        let (limits, warnings) = try Limits.checked(host.resources, environment: environment)
        host.resources = limits
        fillDefaults(&host, environment)
        return (host, warnings)
    }

    static func check(_ policy: RestartPolicy) throws(EngineError) {
        guard ["", "no", "always", "on-failure", "unless-stopped"].contains(policy.name) else {
            throw EngineError(
                .invalidArgument,
                "invalid restart policy: unknown policy '\(policy.name)'; use one of 'no', 'always', 'on-failure', or "
                    + "'unless-stopped'")
        }
        guard policy.maximumRetryCount != 0 else { return }
        guard policy.name == "on-failure" else {
            let tail = policy.maximumRetryCount < 0 ? " and cannot be negative" : ""
            throw EngineError(
                .invalidArgument,
                "invalid restart policy: maximum retry count can only be used with 'on-failure'\(tail)")
        }
        guard policy.maximumRetryCount > 0 else {
            throw EngineError(.invalidArgument, "invalid restart policy: maximum retry count cannot be negative")
        }
    }

    private static func checkExtraHost(_ entry: String) throws(EngineError) {
        let separator = entry.firstIndex(where: { $0 == ":" || $0 == "=" })
        guard let separator, separator != entry.startIndex, entry.index(after: separator) != entry.endIndex else {
            throw EngineError(.invalidArgument, "bad format for add-host: \"\(entry)\"")
        }
        let address = String(entry[entry.index(after: separator)...])
        guard address == "host-gateway" || IPText.isAddress(address) else {
            throw EngineError(.invalidArgument, "invalid IP address in add-host: \"\(address)\"")
        }
    }

    private static func checkModes(_ host: HostConfiguration) throws(EngineError) {
        let isShared: (String) -> Bool = { $0.hasPrefix("container:") && $0.count > "container:".count }
        guard ["", "none", "private", "shareable", "host"].contains(host.ipcMode) || isShared(host.ipcMode) else {
            throw EngineError(.invalidArgument, "invalid IPC mode: \(host.ipcMode)")
        }
        guard ["", "host", "private"].contains(host.pidMode) || isShared(host.pidMode) else {
            throw EngineError(.invalidArgument, "invalid PID mode: \(host.pidMode)")
        }
        guard ["", "host"].contains(host.utsMode) else {
            throw EngineError(.invalidArgument, "invalid UTS mode: \(host.utsMode)")
        }
        guard ["", "host"].contains(host.usernsMode) else {
            throw EngineError(.invalidArgument, "invalid user namespace mode: \(host.usernsMode)")
        }
        guard ["", "host", "private"].contains(host.cgroupnsMode) else {
            throw EngineError(.invalidArgument, "invalid CGROUP mode: \(host.cgroupnsMode)")
        }
    }

    /// What cannot be wished for together (moby runconfig/hostconfig_unix.go).
    static func checkConflicts(
        _ configuration: ContainerConfiguration, _ host: HostConfiguration
    ) throws(EngineError) {
        func refuse(_ isConflict: Bool, _ what: String) throws(EngineError) {
            if isConflict { throw EngineError(.invalidArgument, "conflicting options: \(what)") }
        }
        let hasLinks = !(host.links ?? []).isEmpty
        try refuse(host.utsMode == "host" && !configuration.hostname.isEmpty, "hostname and the UTS mode")
        try refuse(
            host.networkMode == "host" && hasLinks,
            "host type networking can't be used with links. This would result in undefined behavior")
        guard host.networkMode.hasPrefix("container:") else { return }
        try refuse(!configuration.hostname.isEmpty, "hostname and the network mode")
        try refuse(
            hasLinks, "container type network can't be used with links. This would result in undefined behavior")
        try refuse(!(host.dns ?? []).isEmpty, "dns and the network mode")
        try refuse(!(host.extraHosts ?? []).isEmpty, "custom host-to-IP mapping and the network mode")
        try refuse(!(configuration.macAddress ?? "").isEmpty, "mac-address and the network mode")
        try refuse(
            !host.portBindings.isEmpty || host.publishAllPorts, "port publishing and the container type network mode")
        try refuse(!configuration.exposedPorts.isEmpty, "port exposing and the container type network mode")
    }

    /// What docker's inspect shows where nothing was given.
    private static func fillDefaults(_ host: inout HostConfiguration, _ environment: CreationEnvironment) {
        if host.shmSize == 0 { host.shmSize = 64 << 20 }
        if host.ipcMode.isEmpty { host.ipcMode = "private" }
        if host.cgroupnsMode.isEmpty {
            host.cgroupnsMode = environment.cgroupVersion == .v2 && !host.privileged ? "private" : "host"
        }
        if host.runtime.isEmpty { host.runtime = "runc" }
        if host.networkMode.isEmpty || host.networkMode == "default" { host.networkMode = "bridge" }
        if host.restartPolicy.name.isEmpty { host.restartPolicy.name = "no" }
        if host.logConfiguration.driver.isEmpty {
            host.logConfiguration.driver = environment.logDriver
            if host.logConfiguration.options.isEmpty { host.logConfiguration.options = environment.logOptions }
        }
        let isUnconfined = host.privileged || (host.securityOptions ?? []).contains("systempaths=unconfined")
        if host.maskedPaths == nil, !isUnconfined { host.maskedPaths = DefaultPaths.masked }
        if host.readonlyPaths == nil, !isUnconfined { host.readonlyPaths = DefaultPaths.readOnly }
        if host.dns == nil { host.dns = [] }
        if host.dnsOptions == nil { host.dnsOptions = [] }
        if host.dnsSearch == nil { host.dnsSearch = [] }
    }
}

/// What the checks need to know of the host and the engine.
struct CreationEnvironment: Sendable {
    var held: CapabilitySet
    var features: CgroupFeatures
    var processors: Int
    var cgroupVersion: CgroupVersion
    var logDriver: String
    var logOptions: [String: String]
}

/// docker's masked and read-only paths (moby oci/defaults.go).
enum DefaultPaths {
    static let masked = [
        "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
        "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
        "/sys/devices/virtual/powercap",
    ]
    static let readOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
}
