import struct DockerAPI.APIVersion
import Engine
import RawJSON

extension ContainerDetails {
    /// docker's `ContainerInspectResponse`.
    func json(_ version: APIVersion) -> JSONValue {
        var members = JSONMembers(capacity: 32)
        members.add("Id", id)
        members.add("Created", .moment(created))
        members.add("Path", path)
        members.add("Args", .texts(arguments))
        members.add("State", state.json)
        members.add("Image", image.description)
        members.add("ResolvConfPath", resolvConfPath)
        members.add("HostnamePath", hostnamePath)
        members.add("HostsPath", hostsPath)
        members.add("LogPath", logPath)
        members.add("Name", "/" + name)
        members.add("RestartCount", restartCount)
        members.add("Driver", storageDriver)
        members.add("Platform", platform)
        members.add("MountLabel", "")
        members.add("ProcessLabel", "")
        members.add("AppArmorProfile", "")
        members.add("ExecIDs", .texts(execIDs))
        members.add("HostConfig", hostConfiguration.json(version))
        members.add("GraphDriver", ["Data": .table(storageDirectories), "Name": .string(storageDriver)])
        if let size {
            members.add("SizeRw", size.writable)
            members.add("SizeRootFs", size.root)
        }
        members.add("Mounts", .list(mounts, \.json))
        members.add("Config", configuration.json(version))
        members.add("NetworkSettings", network.json(version))
        return members.value
    }
}

extension ContainerListing {
    /// docker's `ContainerSummary`.
    func json(_ version: APIVersion) -> JSONValue {
        var members = JSONMembers(capacity: 20)
        members.add("Id", id)
        members.add("Names", .texts(([name] + linkNames).map { "/" + $0 }))
        members.add("Image", image)
        members.add("ImageID", imageID.description)
        members.add("Command", command)
        members.add("Created", created.seconds)
        members.add("Ports", .list(ports, \.json))
        if let size {
            // Go leaves a size of 0 out.
            if size.writable != 0 { members.add("SizeRw", size.writable) }
            if size.root != 0 { members.add("SizeRootFs", size.root) }
        }
        members.add("Labels", .table(labels))
        members.add("State", state.rawValue)
        members.add("Status", status)
        var host = JSONMembers()
        host.add("NetworkMode", networkMode)
        if let annotations, !annotations.isEmpty, version >= APIVersion(major: 1, minor: 46) {
            host.add("Annotations", .table(annotations))
        }
        members.add("HostConfig", host.value)
        members.add("NetworkSettings", ["Networks": .dictionary(endpoints) { $0.json(version) }])
        members.add("Mounts", .list(mounts, \.json))
        return members.value
    }
}

extension ListedPort {
    var json: JSONValue {
        var members = JSONMembers()
        if !hostIP.isEmpty { members.add("IP", hostIP) }
        members.add("PrivatePort", containerPort)
        if hostPort != 0 { members.add("PublicPort", hostPort) }
        members.add("Type", networkProtocol)
        return members.value
    }
}
