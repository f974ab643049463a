import Engine
import RawJSON

extension MountRequest {
    /// docker's `Mount`, as it was asked for.
    var json: JSONValue {
        var members = JSONMembers()
        members.add("Type", type)
        if !source.isEmpty { members.add("Source", source) }
        members.add("Target", target)
        if readOnly { members.add("ReadOnly", true) }
        if !consistency.isEmpty { members.add("Consistency", consistency) }
        if let bindOptions { members.add("BindOptions", bindOptions.json) }
        if let volumeOptions { members.add("VolumeOptions", volumeOptions.json) }
        if let imageSubpath { members.add("ImageOptions", ["Subpath": .string(imageSubpath)]) }
        if let tmpfsOptions { members.add("TmpfsOptions", tmpfsOptions.json) }
        return members.value
    }
}

extension MountRequest.BindOptions {
    var json: JSONValue {
        var members = JSONMembers()
        if !propagation.isEmpty { members.add("Propagation", propagation) }
        if nonRecursive { members.add("NonRecursive", true) }
        if createMountpoint { members.add("CreateMountpoint", true) }
        if readOnlyNonRecursive { members.add("ReadOnlyNonRecursive", true) }
        if readOnlyForceRecursive { members.add("ReadOnlyForceRecursive", true) }
        return members.value
    }
}

extension MountRequest.VolumeOptions {
    var json: JSONValue {
        var members = JSONMembers()
        if noCopy { members.add("NoCopy", true) }
        if let labels, !labels.isEmpty { members.add("Labels", .table(labels)) }
        if !subpath.isEmpty { members.add("Subpath", subpath) }
        if !driver.isEmpty || driverOptions != nil {
            var config = JSONMembers()
            if !driver.isEmpty { config.add("Name", driver) }
            if let driverOptions, !driverOptions.isEmpty { config.add("Options", .table(driverOptions)) }
            members.add("DriverConfig", config.value)
        }
        return members.value
    }
}

extension MountRequest.TmpfsOptions {
    var json: JSONValue {
        var members = JSONMembers()
        if sizeBytes != 0 { members.add("SizeBytes", sizeBytes) }
        if mode != 0 { members.add("Mode", mode) }
        if let options, !options.isEmpty { members.add("Options", .list(options) { .texts($0) }) }
        return members.value
    }
}

extension MountPoint {
    /// docker's `MountPoint`; a name and a driver only where there are any.
    var json: JSONValue {
        var members = JSONMembers()
        members.add("Type", type)
        if !name.isEmpty { members.add("Name", name) }
        members.add("Source", source)
        members.add("Destination", destination)
        if !driver.isEmpty { members.add("Driver", driver) }
        members.add("Mode", mode)
        members.add("RW", isWritable)
        members.add("Propagation", propagation)
        return members.value
    }
}
