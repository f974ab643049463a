import RawJSON

extension RestartPolicy: JSONRecord {
    static let fields: [JSONField<RestartPolicy>] = [
        JSONField("Name", \.name),
        JSONField("MaximumRetryCount", \.maximumRetryCount),
    ]
}

extension LogConfiguration: JSONRecord {
    static let fields: [JSONField<LogConfiguration>] = [
        JSONField("Type", \.driver),
        JSONField("Config", \.options),
    ]
}

extension ConsoleSize: JSONRecord {
    init() { self.init(height: 0, width: 0) }

    static let fields: [JSONField<ConsoleSize>] = [
        JSONField("Height", \.height),
        JSONField("Width", \.width),
    ]
}

extension PortBinding: JSONRecord {
    init() { self.init(hostIP: "", hostPort: "") }

    static let fields: [JSONField<PortBinding>] = [
        JSONField("HostIp", \.hostIP),
        JSONField("HostPort", \.hostPort),
    ]
}

extension DeviceRate: JSONRecord {
    init() { self.init(path: "", rate: 0) }

    static let fields: [JSONField<DeviceRate>] = [
        JSONField("Path", \.path),
        JSONField("Rate", \.rate),
    ]
}

extension DeviceMapping: JSONRecord {
    init() { self.init(pathOnHost: "", pathInContainer: "") }

    static let fields: [JSONField<DeviceMapping>] = [
        JSONField("PathOnHost", \.pathOnHost),
        JSONField("PathInContainer", \.pathInContainer),
        JSONField("CgroupPermissions", \.permissions),
    ]
}

extension DeviceRequest: JSONRecord {
    static let fields: [JSONField<DeviceRequest>] = [
        JSONField("Driver", \.driver),
        JSONField("Count", \.count),
        JSONField("DeviceIDs", \.deviceIDs),
        JSONField("Capabilities", \.capabilities),
        JSONField("Options", \.options),
    ]
}

extension Ulimit: JSONRecord {
    init() { self.init(name: "", soft: 0, hard: 0) }

    static let fields: [JSONField<Ulimit>] = [
        JSONField("Name", \.name),
        JSONField("Soft", \.soft),
        JSONField("Hard", \.hard),
    ]
}

extension MountRequest: JSONRecord {
    init() { self.init(type: "", target: "") }

    static let fields: [JSONField<MountRequest>] = [
        JSONField("Type", \.type),
        JSONField("Source", \.source),
        JSONField("Target", \.target),
        JSONField("ReadOnly", \.readOnly),
        JSONField("Consistency", \.consistency),
        JSONField("BindOptions", \.bindOptions),
        JSONField("VolumeOptions", \.volumeOptions),
        JSONField("TmpfsOptions", \.tmpfsOptions),
        JSONField("ImageSubpath", \.imageSubpath),
    ]
}

extension MountRequest.BindOptions: JSONRecord {
    static let fields: [JSONField<MountRequest.BindOptions>] = [
        JSONField("Propagation", \.propagation),
        JSONField("NonRecursive", \.nonRecursive),
        JSONField("CreateMountpoint", \.createMountpoint),
        JSONField("ReadOnlyNonRecursive", \.readOnlyNonRecursive),
        JSONField("ReadOnlyForceRecursive", \.readOnlyForceRecursive),
    ]
}

extension MountRequest.VolumeOptions: JSONRecord {
    static let fields: [JSONField<MountRequest.VolumeOptions>] = [
        JSONField("NoCopy", \.noCopy),
        JSONField("Labels", \.labels),
        JSONField("Driver", \.driver),
        JSONField("DriverOptions", \.driverOptions),
        JSONField("Subpath", \.subpath),
    ]
}

extension MountRequest.TmpfsOptions: JSONRecord {
    static let fields: [JSONField<MountRequest.TmpfsOptions>] = [
        JSONField("SizeBytes", \.sizeBytes),
        JSONField("Mode", \.mode),
        JSONField("Options", \.options),
    ]
}

extension MountPoint: JSONRecord {
    init() { self.init(type: "", destination: "") }

    static let fields: [JSONField<MountPoint>] = [
        JSONField("Type", \.type),
        JSONField("Name", \.name),
        JSONField("Source", \.source),
        JSONField("Destination", \.destination),
        JSONField("Driver", \.driver),
        JSONField("Mode", \.mode),
        JSONField("RW", \.isWritable),
        JSONField("Propagation", \.propagation),
    ]
}
