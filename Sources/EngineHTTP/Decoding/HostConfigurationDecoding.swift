import Engine

extension HostConfiguration {
    /// Reads docker's `HostConfig`.
    init(_ fields: JSONFields) throws(BadRequest) {
        self.init()
        resources = try Resources(fields)
        try readStorage(fields)
        try readNetwork(fields)
        try readNamespaces(fields)
        try readRights(fields)
        restartPolicy = try fields.fields("RestartPolicy").map(RestartPolicy.init) ?? RestartPolicy()
        autoRemove = try fields.flag("AutoRemove") ?? false
        if let log = try fields.fields("LogConfig") {
            logConfiguration.driver = try log.text("Type") ?? ""
            logConfiguration.options = try log.table("Config") ?? [:]
        }
        usesInit = try fields.flag("Init")
        runtime = try fields.text("Runtime") ?? ""
        if let size = try fields.integers("ConsoleSize"), size.count == 2 {
            consoleSize = ConsoleSize(height: size[0], width: size[1])
        }
        annotations = try fields.table("Annotations")
        containerIDFile = try fields.text("ContainerIDFile") ?? ""
        isolation = try fields.text("Isolation") ?? ""
    }

    private mutating func readStorage(_ fields: JSONFields) throws(BadRequest) {
        binds = try fields.texts("Binds")
        if let list = try fields.list("Mounts") {
            var mounts: [MountRequest] = []
            for mount in list { mounts.append(try MountRequest(mount)) }
            self.mounts = mounts
        }
        tmpfs = try fields.table("Tmpfs")
        volumesFrom = try fields.texts("VolumesFrom")
        volumeDriver = try fields.text("VolumeDriver") ?? ""
        readonlyRootfs = try fields.flag("ReadonlyRootfs") ?? false
        storageOptions = try fields.table("StorageOpt")
        shmSize = try fields.integer("ShmSize") ?? 0
        maskedPaths = try fields.texts("MaskedPaths")
        readonlyPaths = try fields.texts("ReadonlyPaths")
    }

    private mutating func readNetwork(_ fields: JSONFields) throws(BadRequest) {
        networkMode = try fields.text("NetworkMode") ?? ""
        for (port, list) in try fields.lists("PortBindings") ?? [] {
            var bindings: [PortBinding] = []
            for binding in list {
                bindings.append(
                    PortBinding(hostIP: try binding.text("HostIp") ?? "", hostPort: try binding.text("HostPort") ?? ""))
            }
            portBindings[port] = bindings
        }
        publishAllPorts = try fields.flag("PublishAllPorts") ?? false
        dns = try fields.texts("Dns")
        dnsOptions = try fields.texts("DnsOptions")
        dnsSearch = try fields.texts("DnsSearch")
        extraHosts = try fields.texts("ExtraHosts")
        links = try fields.texts("Links")
    }

    private mutating func readNamespaces(_ fields: JSONFields) throws(BadRequest) {
        ipcMode = try fields.text("IpcMode") ?? ""
        pidMode = try fields.text("PidMode") ?? ""
        utsMode = try fields.text("UTSMode") ?? ""
        usernsMode = try fields.text("UsernsMode") ?? ""
        cgroupnsMode = try fields.text("CgroupnsMode") ?? ""
        cgroup = try fields.text("Cgroup") ?? ""
    }

    private mutating func readRights(_ fields: JSONFields) throws(BadRequest) {
        privileged = try fields.flag("Privileged") ?? false
        capAdd = try fields.words("CapAdd")
        capDrop = try fields.words("CapDrop")
        securityOptions = try fields.texts("SecurityOpt")
        groupAdd = try fields.texts("GroupAdd")
        sysctls = try fields.table("Sysctls")
        oomScoreAdj = try fields.integer("OomScoreAdj", as: Int.self) ?? 0
    }
}

extension RestartPolicy {
    /// Reads docker's `RestartPolicy`.
    init(_ fields: JSONFields) throws(BadRequest) {
        self.init()
        name = try fields.text("Name") ?? ""
        maximumRetryCount = try fields.integer("MaximumRetryCount", as: Int.self) ?? 0
    }
}

extension MountRequest {
    /// Reads docker's `Mount`.
    init(_ fields: JSONFields) throws(BadRequest) {
        self.init(
            type: try fields.text("Type") ?? "", source: try fields.text("Source") ?? "",
            target: try fields.text("Target") ?? "")
        readOnly = try fields.flag("ReadOnly") ?? false
        consistency = try fields.text("Consistency") ?? ""
        if let bind = try fields.fields("BindOptions") {
            var options = BindOptions()
            options.propagation = try bind.text("Propagation") ?? ""
            options.nonRecursive = try bind.flag("NonRecursive") ?? false
            options.createMountpoint = try bind.flag("CreateMountpoint") ?? false
            options.readOnlyNonRecursive = try bind.flag("ReadOnlyNonRecursive") ?? false
            options.readOnlyForceRecursive = try bind.flag("ReadOnlyForceRecursive") ?? false
            bindOptions = options
        }
        if let volume = try fields.fields("VolumeOptions") {
            var options = VolumeOptions()
            options.noCopy = try volume.flag("NoCopy") ?? false
            options.labels = try volume.table("Labels")
            options.subpath = try volume.text("Subpath") ?? ""
            if let driver = try volume.fields("DriverConfig") {
                options.driver = try driver.text("Name") ?? ""
                options.driverOptions = try driver.table("Options")
            }
            volumeOptions = options
        }
        if let tmpfs = try fields.fields("TmpfsOptions") {
            var options = TmpfsOptions()
            options.sizeBytes = try tmpfs.integer("SizeBytes") ?? 0
            options.mode = try tmpfs.integer("Mode") ?? 0
            options.options = try tmpfs.textLists("Options")
            tmpfsOptions = options
        }
        imageSubpath = try fields.fields("ImageOptions")?.text("Subpath")
    }
}
