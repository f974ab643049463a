import struct DockerAPI.APIVersion
import Engine
import RawJSON

extension HostConfiguration {
    /// docker's `HostConfig`.
    func json(_ version: APIVersion) -> JSONValue {
        var members = JSONMembers(capacity: 80)
        members.add("Binds", .texts(binds))
        members.add("ContainerIDFile", containerIDFile)
        members.add(
            "LogConfig", ["Type": .string(logConfiguration.driver), "Config": .table(logConfiguration.options)])
        members.add("NetworkMode", networkMode)
        members.add("PortBindings", .dictionary(portBindings) { .list($0, \.json) })
        members.add("RestartPolicy", restartPolicy.json)
        members.add("AutoRemove", autoRemove)
        members.add("VolumeDriver", volumeDriver)
        members.add("VolumesFrom", .texts(volumesFrom))
        if let mounts, !mounts.isEmpty { members.add("Mounts", .list(mounts, \.json)) }
        members.add("ConsoleSize", [.integer(consoleSize?.height ?? 0), .integer(consoleSize?.width ?? 0)])
        if let annotations, !annotations.isEmpty { members.add("Annotations", .table(annotations)) }
        members.add("CapAdd", .texts(capAdd))
        members.add("CapDrop", .texts(capDrop))
        if version >= APIVersion(major: 1, minor: 41) { members.add("CgroupnsMode", cgroupnsMode) }
        members.add("Dns", .texts(dns))
        members.add("DnsOptions", .texts(dnsOptions))
        members.add("DnsSearch", .texts(dnsSearch))
        members.add("ExtraHosts", .texts(extraHosts))
        members.add("GroupAdd", .texts(groupAdd))
        members.add("IpcMode", ipcMode)
        members.add("Cgroup", cgroup)
        members.add("Links", .texts(links))
        members.add("OomScoreAdj", oomScoreAdj)
        members.add("PidMode", pidMode)
        members.add("Privileged", privileged)
        members.add("PublishAllPorts", publishAllPorts)
        members.add("ReadonlyRootfs", readonlyRootfs)
        members.add("SecurityOpt", .texts(securityOptions))
        if let storageOptions, !storageOptions.isEmpty { members.add("StorageOpt", .table(storageOptions)) }
        if let tmpfs, !tmpfs.isEmpty { members.add("Tmpfs", .table(tmpfs)) }
        members.add("UTSMode", utsMode)
        members.add("UsernsMode", usernsMode)
        members.add("ShmSize", shmSize)
        if let sysctls, !sysctls.isEmpty { members.add("Sysctls", .table(sysctls)) }
        members.add("Runtime", runtime)
        members.add("Isolation", isolation)
        members.append(resources.members(version))
        members.add("MaskedPaths", .texts(maskedPaths))
        members.add("ReadonlyPaths", .texts(readonlyPaths))
        if let usesInit { members.add("Init", usesInit) }
        return members.value
    }
}

extension RestartPolicy {
    var json: JSONValue { ["Name": .string(name), "MaximumRetryCount": .integer(maximumRetryCount)] }
}

extension PortBinding {
    var json: JSONValue { ["HostIp": .string(hostIP), "HostPort": .string(hostPort)] }
}

extension Resources {
    /// docker's `Resources`, whose members stand among those of `HostConfig`.
    func members(_ version: APIVersion) -> JSONMembers {
        var members = JSONMembers(capacity: 36)
        members.add("CpuShares", cpuShares)
        members.add("Memory", memory)
        members.add("NanoCpus", nanoCPUs)
        members.add("CgroupParent", cgroupParent)
        members.add("BlkioWeight", blkioWeight)
        members.add("BlkioWeightDevice", .list(blkioWeightDevice) { $0.json("Weight") })
        members.add("BlkioDeviceReadBps", .list(blkioDeviceReadBps) { $0.json("Rate") })
        members.add("BlkioDeviceWriteBps", .list(blkioDeviceWriteBps) { $0.json("Rate") })
        members.add("BlkioDeviceReadIOps", .list(blkioDeviceReadIOps) { $0.json("Rate") })
        members.add("BlkioDeviceWriteIOps", .list(blkioDeviceWriteIOps) { $0.json("Rate") })
        members.add("CpuPeriod", cpuPeriod)
        members.add("CpuQuota", cpuQuota)
        members.add("CpuRealtimePeriod", cpuRealtimePeriod)
        members.add("CpuRealtimeRuntime", cpuRealtimeRuntime)
        members.add("CpusetCpus", cpusetCPUs)
        members.add("CpusetMems", cpusetMems)
        members.add("Devices", .list(devices, \.json))
        members.add("DeviceCgroupRules", .texts(deviceCgroupRules))
        members.add("DeviceRequests", .list(deviceRequests, \.json))
        if version < APIVersion(major: 1, minor: 42) { members.add("KernelMemory", kernelMemory) }
        if kernelMemoryTCP != 0 { members.add("KernelMemoryTCP", kernelMemoryTCP) }
        members.add("MemoryReservation", memoryReservation)
        members.add("MemorySwap", memorySwap)
        members.add("MemorySwappiness", memorySwappiness.map(JSONValue.integer) ?? .null)
        members.add("OomKillDisable", oomKillDisable.map(JSONValue.bool) ?? .null)
        members.add("PidsLimit", pidsLimit.map(JSONValue.integer) ?? .null)
        members.add("Ulimits", .list(ulimits, \.json))
        members.add("CpuCount", cpuCount)
        members.add("CpuPercent", cpuPercent)
        members.add("IOMaximumIOps", ioMaximumIOps)
        members.add("IOMaximumBandwidth", ioMaximumBandwidth)
        return members
    }
}

extension DeviceRate {
    func json(_ name: String) -> JSONValue {
        .object(
            JSONObject(members: [
                .init(name: "Path", value: .string(path)), .init(name: name, value: .integer(rate)),
            ]))
    }
}

extension DeviceMapping {
    var json: JSONValue {
        [
            "PathOnHost": .string(pathOnHost), "PathInContainer": .string(pathInContainer),
            "CgroupPermissions": .string(permissions),
        ]
    }
}

extension DeviceRequest {
    var json: JSONValue {
        [
            "Driver": .string(driver), "Count": .integer(count), "DeviceIDs": .texts(deviceIDs),
            "Capabilities": .list(capabilities) { .texts($0) }, "Options": .table(options),
        ]
    }
}

extension Ulimit {
    var json: JSONValue { ["Name": .string(name), "Hard": .integer(hard), "Soft": .integer(soft)] }
}
