import struct DockerAPI.APIVersion
import Engine
import RawJSON

extension EngineInformation {
    /// docker's `SystemInfo`. What this engine has not (AppArmor, swarm, plugins) is told as absent.
    func json(_ version: APIVersion) -> JSONValue {
        var members = JSONMembers(capacity: 72)
        addObjects(to: &members)
        addLimits(to: &members)
        if version < APIVersion(major: 1, minor: 50) {
            members.add("BridgeNfIptables", false)
            members.add("BridgeNfIp6tables", false)
        }
        members.add("Debug", false)
        members.add("NFd", descriptors)
        members.add("OomKillDisable", limits.oomKillDisable)
        members.add("NGoroutines", threads)
        members.add("SystemTime", .moment(time))
        members.add("LoggingDriver", logDriver)
        members.add("CgroupDriver", cgroupDriver)
        if version >= APIVersion(major: 1, minor: 41) { members.add("CgroupVersion", String(cgroupVersion)) }
        members.add("NEventsListener", eventListeners)
        addHost(to: &members)
        addRegistries(to: &members)
        addIdentity(to: &members)
        addRuntime(to: &members, version)
        members.add("Warnings", warnings.isEmpty ? .null : .texts(warnings))
        return members.value
    }

    private func addObjects(to members: inout JSONMembers) {
        members.add("ID", id)
        members.add("Containers", containers)
        members.add("ContainersRunning", containersRunning)
        members.add("ContainersPaused", containersPaused)
        members.add("ContainersStopped", containersStopped)
        members.add("Images", images)
        members.add("Driver", storageDriver)
        members.add("DriverStatus", .list(storageStatus) { .texts($0) })
        members.add(
            "Plugins",
            [
                "Volume": .texts(volumeDrivers), "Network": .texts(networkDrivers), "Authorization": nil,
                "Log": .texts(logDrivers),
            ])
    }

    private func addLimits(to members: inout JSONMembers) {
        members.add("MemoryLimit", limits.memory)
        members.add("SwapLimit", limits.swap)
        if limits.kernelMemoryTCP { members.add("KernelMemoryTCP", true) }
        members.add("CpuCfsPeriod", limits.cpuPeriod)
        members.add("CpuCfsQuota", limits.cpuQuota)
        members.add("CPUShares", limits.cpuShares)
        members.add("CPUSet", limits.cpuSet)
        members.add("PidsLimit", limits.pids)
        members.add("IPv4Forwarding", forwardsIPv4)
    }

    private func addHost(to members: inout JSONMembers) {
        members.add("KernelVersion", kernelVersion)
        members.add("OperatingSystem", operatingSystem)
        members.add("OSVersion", operatingSystemVersion)
        members.add("OSType", "linux")
        members.add("Architecture", architecture)
        members.add("NCPU", processors)
        members.add("MemTotal", memory)
    }

    private func addRegistries(to members: inout JSONMembers) {
        members.add("IndexServerAddress", "https://index.docker.io/v1/")
        var indexes: [String: JSONValue] = [
            "docker.io": [
                "Mirrors": .texts(registryMirrors), "Name": "docker.io", "Official": true, "Secure": true,
            ]
        ]
        for name in insecureRegistries where !name.contains("/") {
            indexes[name] = ["Mirrors": [], "Name": .string(name), "Official": false, "Secure": false]
        }
        let ranges = insecureRegistries.filter { $0.contains("/") }
        members.add(
            "RegistryConfig",
            [
                "IndexConfigs": .dictionary(indexes) { $0 }, "InsecureRegistryCIDRs": .texts(ranges),
                "Mirrors": registryMirrors.isEmpty ? nil : .texts(registryMirrors),
            ])
    }

    private func addIdentity(to members: inout JSONMembers) {
        members.add("GenericResources", .null)
        members.add("DockerRootDir", root)
        members.add("HttpProxy", "")
        members.add("HttpsProxy", "")
        members.add("NoProxy", "")
        members.add("Name", hostName)
        members.add("Labels", .texts(labels))
        members.add("ExperimentalBuild", false)
        members.add("ServerVersion", version)
    }

    private func addRuntime(to members: inout JSONMembers, _ version: APIVersion) {
        members.add("Runtimes", ["drydock": ["path": .string(shimPath)]])
        members.add("DefaultRuntime", "drydock")
        members.add(
            "Swarm",
            [
                "NodeID": "", "NodeAddr": "", "LocalNodeState": "inactive", "ControlAvailable": false, "Error": "",
                "RemoteManagers": nil,
            ])
        members.add("LiveRestoreEnabled", true)
        members.add("Isolation", "")
        members.add("InitBinary", shimPath)
        // Until API 1.48 a commit came with the one that was expected.
        let commit: JSONValue = version < APIVersion(major: 1, minor: 49) ? ["ID": "", "Expected": ""] : ["ID": ""]
        members.add("ContainerdCommit", commit)
        members.add("RuncCommit", commit)
        members.add("InitCommit", commit)
        // Before API 1.25 options had names alone.
        let isOld = version < APIVersion(major: 1, minor: 25)
        members.add(
            "SecurityOptions",
            .texts(securityOptions.map { isOld ? String($0.dropFirst(5).prefix { $0 != "," }) : $0 }))
        if version >= APIVersion(major: 1, minor: 41), !addressPool.isEmpty {
            members.add("DefaultAddressPools", [["Base": .string(addressPool), "Size": .integer(prefixLength)]])
        }
        if version >= APIVersion(major: 1, minor: 49) {
            members.add("FirewallBackend", ["Driver": "nftables"])
        }
    }

    private var prefixLength: Int { addressPool.split(separator: "/").last.flatMap { Int($0) } ?? 0 }
}
