import CLinux
import Glibc
import LinuxKernel

/// Puts together what the shim is told of a container (docker's defaults: moby oci/defaults.go and daemon/oci_linux.go).
struct SpecBuilder {
    let container: Container
    let host: HostConfiguration
    let hostFiles: HostFiles
    /// The host's folder to have as `/dev/shm`; nil for a tmpfs.
    let sharedMemory: String?
    /// Variables that tell of linked containers.
    let linkEnvironment: [String]
    let account: UserDatabase.Account
    let cgroup: Cgroup
    let cgroupLayout: CgroupLayout
    let capabilities: CapabilitySet
    let seccomp: [UInt8]
    let initialSize: ConsoleSize?

    private var configuration: ContainerConfiguration { container.definition.configuration }

    func spec() throws(EngineError) -> ContainerSpec {
        let definition = container.definition
        let root = OverlayRoot(
            place: container.rootDirectory, upper: container.upperDirectory, work: container.workDirectory,
            lowers: definition.lowerDirectories, isReadOnly: host.readonlyRootfs)
        var spec = ContainerSpec(process: try process(), root: root)
        spec.namespaces = host.namespaces
        if host.utsMode != "host" {
            spec.hostname = configuration.hostname
            spec.domainName = configuration.domainname.isEmpty ? nil : configuration.domainname
        }
        spec.mounts = try mounts()
        spec.devices = try devices()
        spec.links = [
            Link(target: "/proc/self/fd", path: "/dev/fd"), Link(target: "/proc/self/fd/0", path: "/dev/stdin"),
            Link(target: "/proc/self/fd/1", path: "/dev/stdout"), Link(target: "/proc/self/fd/2", path: "/dev/stderr"),
            Link(target: "/proc/kcore", path: "/dev/core"), Link(target: "pts/ptmx", path: "/dev/ptmx"),
        ]
        spec.maskedPaths = host.maskedPaths ?? []
        spec.readOnlyPaths = host.readonlyPaths ?? []
        spec.sysctls = try sysctls()
        spec.usesInit = host.usesInit ?? false
        spec.unmountsLate = container.definition.mountsNothingOfOthers(capabilities)
        let log = try LogSettings(host.logConfiguration)
        if log.isKept {
            spec.log = LogFile(
                path: container.logPath, maximumSize: log.maximumSize, maximumFiles: log.maximumFiles,
                attributes: LogAttributes.text(configuration, host.logConfiguration))
        }
        return spec
    }

    // MARK: - The process

    private func process() throws(EngineError) -> ProcessSpec {
        let environment = ProcessEnvironment.merged(
            ProcessEnvironment.variables(configuration, hostname: configuration.hostname, home: account.home),
            over: linkEnvironment)
        var process = ProcessSpec(
            arguments: container.definition.commandLine, environment: environment,
            searchPath: ProcessEnvironment.searchPath(environment))
        process.workingDirectory =
            configuration.workingDirectory.isEmpty ? "/" : Paths.clean(configuration.workingDirectory)
        if configuration.tty { process.terminal = TerminalSize(initialSize ?? host.consoleSize) }
        process.opensStandardInput = configuration.openStdin
        process.identity = account.identity
        process.capabilities = capabilities.sets(isRoot: account.identity.uid == 0)
        process.noNewPrivileges = try SecurityOptions(host.securityOptions ?? []).noNewPrivileges
        process.seccomp = seccomp
        for limit in host.resources.ulimits ?? [] { process.limits.append(try UlimitNumbers(limit).limit) }
        process.outOfMemoryScore = Int32(host.oomScoreAdj)
        process.cgroup = CgroupPlacement(cgroup)
        return process
    }

    /// docker's own: pings for everybody, and ports below 1024 for everybody, where the network is the container's.
    private func sysctls() throws(EngineError) -> [Sysctl] {
        var values = host.sysctls ?? [:]
        try Sysctls.check(values.keys, host)
        if host.networkMode != "host", !host.networkMode.hasPrefix("container:") {
            if values["net.ipv4.ip_unprivileged_port_start"] == nil {
                values["net.ipv4.ip_unprivileged_port_start"] = "0"
            }
            if values["net.ipv4.ping_group_range"] == nil { values["net.ipv4.ping_group_range"] = "0 2147483647" }
        }
        return values.sorted { $0.key < $1.key }.map { Sysctl(name: $0.key, value: $0.value) }
    }

    // MARK: - Mounts

    private func mounts() throws(EngineError) -> [Mount] {
        let own = try userMounts()
        let taken = Set(own.map(\.target))
        let sorted = own.enumerated().sorted { left, right in
            let (first, second) = (Paths.depth(left.element.target), Paths.depth(right.element.target))
            return first == second ? left.offset < right.offset : first < second
        }
        return defaultMounts().filter { !taken.contains($0.target) } + sorted.map(\.element)
    }

    private func defaultMounts() -> [Mount] {
        let strict: MountAttributes = [.noSUID, .noExec, .noDev]
        var mounts: [Mount] = [
            .filesystem("proc", at: "/proc", attributes: strict),
            .filesystem(
                "tmpfs", at: "/dev", attributes: [.noSUID, .strictAccessTime], data: "mode=755,size=65536k"),
            .filesystem(
                "devpts", at: "/dev/pts", attributes: [.noSUID, .noExec],
                data: "newinstance,ptmxmode=0666,mode=0620,gid=5"),
        ]
        let isPrivileged = host.privileged
        mounts.append(
            .filesystem("sysfs", at: "/sys", attributes: isPrivileged ? strict : strict.union(.readOnly)))
        mounts += cgroupMounts(isReadOnly: !isPrivileged)
        mounts.append(.filesystem("mqueue", at: "/dev/mqueue", attributes: strict, isOptional: true))
        if host.ipcMode == "host" {
            mounts.append(.bind("/dev/shm", at: "/dev/shm"))
        } else if let sharedMemory {
            mounts.append(.bind(sharedMemory, at: "/dev/shm", attributes: strict, isRecursive: false))
        } else if host.ipcMode != "none" {
            mounts.append(
                .filesystem(
                    "tmpfs", at: "/dev/shm", source: "shm", attributes: strict, data: "mode=1777,size=\(host.shmSize)"))
        }
        return mounts
    }

    /// The container's own groups, as runc shows them: one file system on v2, on v1 a folder for each hierarchy.
    private func cgroupMounts(isReadOnly: Bool) -> [Mount] {
        var attributes: MountAttributes = [.noSUID, .noExec, .noDev]
        if isReadOnly { attributes.insert(.readOnly) }
        if cgroupLayout.version == .v2, host.cgroupnsMode == "private" {
            return [.filesystem("cgroup2", at: "/sys/fs/cgroup", source: "cgroup", attributes: attributes)]
        }
        let directories = CgroupDirectories.directories(of: cgroup)
        if cgroupLayout.version == .v2 {
            return directories.map {
                .bind($0.directory, at: "/sys/fs/cgroup", attributes: attributes, isRecursive: false)
            }
        }
        return [.filesystem("tmpfs", at: "/sys/fs/cgroup", attributes: attributes, data: "mode=755")]
            + directories.map { place in
                .bind(
                    place.directory, at: "/sys/fs/cgroup/\(place.name)", attributes: attributes, isRecursive: false)
            }
    }

    private func userMounts() throws(EngineError) -> [Mount] {
        let definition = container.definition
        let asked = Set(definition.mountPoints.map(\.point.destination))
        var mounts: [Mount] = []
        let readOnly: MountAttributes = host.readonlyRootfs ? [.readOnly] : []
        for (source, target) in [
            (hostFiles.resolvConf, "/etc/resolv.conf"), (hostFiles.hostname, "/etc/hostname"),
            (hostFiles.hosts, "/etc/hosts"),
        ] where !asked.contains(target) {
            mounts.append(.bind(source, at: target, attributes: readOnly, asFile: true))
        }
        for mount in definition.mountPoints { mounts.append(try self.mount(mount)) }
        for (path, options) in (host.tmpfs ?? [:]).sorted(by: { $0.key < $1.key }) {
            mounts.append(try Self.tmpfs(Paths.clean(path), options))
        }
        return mounts
    }

    private func mount(_ mount: StoredMount) throws(EngineError) -> Mount {
        let point = mount.point
        if point.type == "tmpfs" { return try Self.tmpfs(point.destination, mount.tmpfsOptions) }
        var status = clinux_stat()
        guard clinux_fstatat(AT_FDCWD, mount.path, 1, &status) == 0 else {
            throw EngineError(
                .invalidArgument,
                "invalid mount config for type \"\(point.type)\": \(point.type) source path does not exist: \(mount.path)"
            )
        }
        return .bind(
            mount.path, at: point.destination, attributes: point.isWritable ? [] : [.readOnly],
            isRecursive: !mount.isNonRecursive, readOnlyDeep: mount.isReadOnlyDeep,
            propagation: Propagation(rawValue: point.propagation) ?? .rprivate, asFile: status.mode & S_IFMT != S_IFDIR)
    }

    private static func tmpfs(_ path: String, _ options: String) throws(EngineError) -> Mount {
        let parsed: TmpfsOptions
        do { parsed = try TmpfsOptions(options) } catch { throw EngineError(.invalidArgument, "\(error)") }
        return .filesystem(
            "tmpfs", at: path, attributes: MountAttributes(rawValue: parsed.attributes), data: parsed.data,
            copiesUp: true)
    }

    // MARK: - Devices

    private func devices() throws(EngineError) -> [DeviceNode] {
        var nodes = [
            DeviceNode(path: "/dev/null", major: 1, minor: 3), DeviceNode(path: "/dev/zero", major: 1, minor: 5),
            DeviceNode(path: "/dev/full", major: 1, minor: 7), DeviceNode(path: "/dev/random", major: 1, minor: 8),
            DeviceNode(path: "/dev/urandom", major: 1, minor: 9), DeviceNode(path: "/dev/tty", major: 5, minor: 0),
        ]
        if host.privileged {
            let known = Set(nodes.map(\.path) + ["/dev/ptmx", "/dev/console"])
            nodes += try HostDevices.all().filter { !known.contains($0.path) }
        }
        for mapping in host.resources.devices ?? [] { nodes += try HostDevices.nodes(mapping) }
        return nodes
    }
}
