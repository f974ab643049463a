import Engine

extension Resources {
    /// Reads docker's `Resources`, which stand among the members of `HostConfig`.
    init(_ fields: JSONFields) throws(BadRequest) {
        self.init()
        try readProcessor(fields)
        try readMemory(fields)
        cgroupParent = try fields.text("CgroupParent") ?? ""
        blkioWeight = try fields.integer("BlkioWeight") ?? 0
        blkioWeightDevice = try Self.rates(fields, "BlkioWeightDevice", "Weight")
        blkioDeviceReadBps = try Self.rates(fields, "BlkioDeviceReadBps", "Rate")
        blkioDeviceWriteBps = try Self.rates(fields, "BlkioDeviceWriteBps", "Rate")
        blkioDeviceReadIOps = try Self.rates(fields, "BlkioDeviceReadIOps", "Rate")
        blkioDeviceWriteIOps = try Self.rates(fields, "BlkioDeviceWriteIOps", "Rate")
        deviceCgroupRules = try fields.texts("DeviceCgroupRules")
        devices = try Self.list(fields, "Devices") { device throws(BadRequest) in
            DeviceMapping(
                pathOnHost: try device.text("PathOnHost") ?? "",
                pathInContainer: try device.text("PathInContainer") ?? "",
                permissions: try device.text("CgroupPermissions") ?? "")
        }
        deviceRequests = try Self.list(fields, "DeviceRequests") { request throws(BadRequest) in
            try DeviceRequest(request)
        }
        pidsLimit = try fields.integer("PidsLimit")
        ulimits = try Self.list(fields, "Ulimits") { limit throws(BadRequest) in
            Ulimit(
                name: try limit.text("Name") ?? "", soft: try limit.integer("Soft") ?? 0,
                hard: try limit.integer("Hard") ?? 0)
        }
        cpuCount = try fields.integer("CpuCount") ?? 0
        cpuPercent = try fields.integer("CpuPercent") ?? 0
        ioMaximumIOps = try fields.integer("IOMaximumIOps") ?? 0
        ioMaximumBandwidth = try fields.integer("IOMaximumBandwidth") ?? 0
    }

    private mutating func readProcessor(_ fields: JSONFields) throws(BadRequest) {
        cpuShares = try fields.integer("CpuShares") ?? 0
        nanoCPUs = try fields.integer("NanoCpus") ?? 0
        cpuPeriod = try fields.integer("CpuPeriod") ?? 0
        cpuQuota = try fields.integer("CpuQuota") ?? 0
        cpuRealtimePeriod = try fields.integer("CpuRealtimePeriod") ?? 0
        cpuRealtimeRuntime = try fields.integer("CpuRealtimeRuntime") ?? 0
        cpusetCPUs = try fields.text("CpusetCpus") ?? ""
        cpusetMems = try fields.text("CpusetMems") ?? ""
    }

    private mutating func readMemory(_ fields: JSONFields) throws(BadRequest) {
        memory = try fields.integer("Memory") ?? 0
        kernelMemory = try fields.integer("KernelMemory") ?? 0
        kernelMemoryTCP = try fields.integer("KernelMemoryTCP") ?? 0
        memoryReservation = try fields.integer("MemoryReservation") ?? 0
        memorySwap = try fields.integer("MemorySwap") ?? 0
        memorySwappiness = try fields.integer("MemorySwappiness")
        oomKillDisable = try fields.flag("OomKillDisable")
    }

    private static func rates(
        _ fields: JSONFields, _ name: String, _ value: String
    ) throws(BadRequest) -> [DeviceRate]? {
        try list(fields, name) { device throws(BadRequest) in
            DeviceRate(path: try device.text("Path") ?? "", rate: try device.integer(value) ?? 0)
        }
    }

    private static func list<Element>(
        _ fields: JSONFields, _ name: String, _ element: (JSONFields) throws(BadRequest) -> Element
    ) throws(BadRequest) -> [Element]? {
        guard let list = try fields.list(name) else { return nil }
        var result: [Element] = []
        for fields in list { result.append(try element(fields)) }
        return result
    }
}

extension DeviceRequest {
    /// Reads docker's `DeviceRequest`.
    init(_ fields: JSONFields) throws(BadRequest) {
        self.init()
        driver = try fields.text("Driver") ?? ""
        count = try fields.integer("Count", as: Int.self) ?? 0
        deviceIDs = try fields.texts("DeviceIDs")
        capabilities = try fields.textLists("Capabilities")
        options = try fields.table("Options")
    }
}
