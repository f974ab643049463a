import LinuxKernel
import OCI
import RegistryClient

extension Engine {
    /// What `docker info` shows.
    public func information() async throws(EngineError) -> EngineInformation {
        let states = containers.all.map(\.state)
        let features = host.cgroups.features
        let images = await imageStore.list().count
        return EngineInformation(
            id: identity, containers: states.count, containersRunning: states.count { $0.isRunning && !$0.isPaused },
            containersPaused: states.count { $0.isPaused }, containersStopped: states.count { !$0.isRunning },
            images: images, storageDriver: "overlay2",
            storageStatus: [
                ["Supports d_type", "true"], ["Using metacopy", "false"], ["Native Overlay Diff", "true"],
                ["userxattr", "false"],
            ], root: configuration.root, logDriver: configuration.logDriver, logDrivers: LogSettings.drivers,
            volumeDrivers: ["local"], networkDrivers: ["bridge", "host", "null"], cgroupDriver: "cgroupfs",
            cgroupVersion: host.cgroups.version.rawValue,
            limits: EngineInformation.Limits(
                memory: features.memory, swap: features.swap, kernelMemoryTCP: false, cpuPeriod: features.cpuQuota,
                cpuQuota: features.cpuQuota, cpuShares: features.cpuShares, cpuSet: features.cpuset,
                pids: features.pids, oomKillDisable: features.oomKillDisable),
            forwardsIPv4: Self.isOn("/proc/sys/net/ipv4/ip_forward"), eventListeners: eventBus.listenerCount,
            descriptors: (try? Folder.names("/proc/self/fd").count) ?? 0,
            threads: (try? Folder.names("/proc/self/task").count) ?? 0, kernelVersion: host.facts.kernelVersion,
            operatingSystem: host.facts.operatingSystem, operatingSystemVersion: host.facts.operatingSystemVersion,
            architecture: host.facts.architecture, processors: host.facts.processors,
            memory: Int64(clamping: host.facts.totalMemory), hostName: host.facts.hostname,
            version: configuration.version, securityOptions: securityOptions,
            registryMirrors: configuration.registry.mirrors,
            insecureRegistries: configuration.registry.insecureRegistries + ["127.0.0.0/8", "::1/128"],
            warnings: warnings, labels: configuration.labels, addressPool: configuration.subnet ?? "",
            shimPath: configuration.shimPath, time: .now)
    }

    private var securityOptions: [String] {
        var options = host.facts.hasSeccomp ? ["name=seccomp,profile=builtin"] : []
        if host.cgroups.version == .v2 { options.append("name=cgroupns") }
        return options
    }

    private var warnings: [String] {
        let features = host.cgroups.features
        let lacks: [(Bool, String)] = [
            (features.memory, "WARNING: No memory limit support"), (features.swap, "WARNING: No swap limit support"),
            (features.cpuQuota, "WARNING: No cpu cfs quota support"),
            (features.cpuShares, "WARNING: No cpu shares support"), (features.cpuset, "WARNING: No cpuset support"),
            (Self.isOn("/proc/sys/net/ipv4/ip_forward"), "WARNING: IPv4 forwarding is disabled"),
        ]
        return lacks.filter { !$0.0 }.map(\.1)
    }

    private static func isOn(_ path: String) -> Bool {
        // A kernel without the switch has it off.
        ((try? SmallFile.text(path)) ?? "").hasPrefix("1")
    }

    /// What `docker version` shows.
    public func version() -> EngineVersion {
        let names = ["x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "i686": "386"]
        return EngineVersion(
            version: configuration.version, commit: configuration.commit, operatingSystem: "linux",
            architecture: names[host.facts.architecture] ?? host.facts.architecture,
            kernelVersion: host.facts.kernelVersion, buildTime: configuration.buildTime)
    }

    /// What is used on the disk.
    ///
    /// - Parameter objects: which parts; nil is all.
    public func diskUsage(_ objects: Set<DiskUsageObject>? = nil) async throws(EngineError) -> DiskUsage {
        let wanted = objects ?? Set(DiskUsageObject.allCases)
        var usage = DiskUsage(layersSize: 0, images: [], containers: [], volumes: [])
        if wanted.contains(.image) {
            var options = ImageListOptions()
            options.sharedSize = true
            usage.images = try await images(options)
            usage.layersSize = await imageStore.usage().layersSize
        }
        if wanted.contains(.container) {
            var options = ContainerListOptions()
            options.all = true
            options.size = true
            usage.containers = try await list(options)
        }
        if wanted.contains(.volume) {
            let users = allVolumeUsers()
            usage.volumes = volumeStore.all.map { volume in
                var volume = volume
                volume.usage = Volume.Usage(
                    size: DirectorySize.bytes(of: volume.mountpoint), references: users[volume.name] ?? 0)
                return volume
            }
        }
        return usage
    }

    /// The events since, until, or from now on; it ends at `until`.
    ///
    /// - Parameters:
    ///   - since: nanoseconds since 1970; nil for no past.
    ///   - until: nanoseconds since 1970; nil goes on for ever.
    public func events(
        since: Int64? = nil, until: Int64? = nil, filters: FilterArguments = .init()
    ) async throws(EngineError) -> AsyncStream<Event> {
        try filters.check(EventFilter.keys)
        if let since, let until, since > until {
            throw EngineError(
                .invalidArgument,
                "`since` time (\(since / 1_000_000_000)) cannot be after `until` time (\(until / 1_000_000_000))")
        }
        let now = Timestamp.now.nanosecondsSince1970
        let continues = until.map { $0 > now } ?? true
        let all = eventBus.past(since: since, until: until, continues: continues)
        let filter = EventFilter(filters.values)
        let (stream, continuation) = AsyncStream<Event>.makeStream(bufferingPolicy: .bufferingOldest(4096))
        let task = Task {
            let pump = Task {
                for await event in all where filter.matches(event) {
                    if let until, event.time > until { break }
                    continuation.yield(event)
                }
                continuation.finish()
            }
            guard continues, let until else {
                return await withTaskCancellationHandler {
                    await pump.value
                } onCancel: {
                    pump.cancel()
                }
            }
            // Cancelled or due: either way the stream is over.
            try? await Task.sleep(for: .nanoseconds(until - now))
            pump.cancel()
            continuation.finish()
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }

    /// Tries credentials of a registry (`POST /auth`).
    ///
    /// - Returns: a token to be kept instead of the password; empty where the registry gives none.
    public func logIn(to server: String, credentials: RegistryCredentials) async throws(EngineError) -> String {
        do { return try await registryClient.logIn(to: server, credentials: credentials) } catch {
            throw EngineError(error)
        }
    }
}
