import CLinux
import Glibc
import LinuxKernel
import RawJSON

/// The variables of a container's process.
enum ProcessEnvironment {
    /// docker's own, then the container's, which win.
    static func variables(_ configuration: ContainerConfiguration, hostname: String, home: String) -> [String] {
        var own = ["PATH=\(ProcessSpec.defaultSearchPath)", "HOSTNAME=\(hostname)"]
        if configuration.tty { own.append("TERM=xterm") }
        var result = merged(configuration.environment ?? [], over: own)
        if !result.contains(where: { $0.hasPrefix("HOME=") }) { result.append("HOME=\(home)") }
        return result
    }

    /// `given` over `base`: a name of both takes the place of the first, and a name without `=` goes.
    static func merged(_ given: [String], over base: [String]) -> [String] {
        var result = base
        for variable in given {
            let name = variable.prefix { $0 != "=" }
            let place = result.firstIndex { $0.prefix { $0 != "=" } == name }
            if !variable.contains("=") {
                if let place { result.remove(at: place) }
            } else if let place {
                result[place] = variable
            } else {
                result.append(variable)
            }
        }
        return result
    }

    /// Where commands without a slash are looked for.
    static func searchPath(_ environment: [String]) -> String {
        environment.last { $0.hasPrefix("PATH=") }.map { String($0.dropFirst(5)) } ?? ProcessSpec.defaultSearchPath
    }
}

extension TerminalSize {
    /// docker's size, or none known yet.
    init(_ size: ConsoleSize?) {
        self.init(rows: UInt16(clamping: size?.height ?? 0), columns: UInt16(clamping: size?.width ?? 0))
    }
}

extension CapabilitySet {
    /// docker gives root all sets but the inheritable one; another user has them only in the bounding set.
    func sets(isRoot: Bool) -> CapabilitySets {
        CapabilitySets(
            bounding: rawValue, permitted: isRoot ? rawValue : 0, effective: isRoot ? rawValue : 0, inheritable: 0,
            ambient: 0)
    }
}

extension HostConfiguration {
    /// The namespaces that are made for the container.
    var namespaces: Namespaces {
        var namespaces = Namespaces.all.intersection([.mount, .time])
        if pidMode.isEmpty || pidMode == "private" { namespaces.insert(.pid) }
        if utsMode != "host" { namespaces.insert(.uts) }
        if ["private", "shareable", "none"].contains(ipcMode) { namespaces.insert(.ipc) }
        if cgroupnsMode == "private" { namespaces.insert(.cgroup) }
        return namespaces
    }
}

extension CgroupPlacement {
    /// Where a process of that group goes.
    init(_ cgroup: Cgroup) {
        let attachment = cgroup.attachment
        self.init(procsFiles: attachment.procsFiles, directory: attachment.directory)
    }
}

/// The folders of a group, by the name under which `/sys/fs/cgroup` shows them.
enum CgroupDirectories {
    static func directories(of cgroup: Cgroup) -> [(name: String, directory: String)] {
        let attachment = cgroup.attachment
        let folders = attachment.procsFiles.map { String($0.dropLast("/cgroup.procs".count)) }
        return (folders + [attachment.directory].compactMap(\.self)).compactMap { folder in
            // `/sys/fs/cgroup/memory/drydock/ID` is shown as `memory`.
            let parts = folder.split(separator: "/")
            guard parts.count > 3 else { return nil }
            return (String(parts[3]), folder)
        }
    }
}

/// What each line of the log carries besides its text (docker's `labels` and `env` options).
enum LogAttributes {
    static func text(_ configuration: ContainerConfiguration, _ log: LogConfiguration) -> String? {
        var attributes: [String: String] = [:]
        for name in (log.options["labels"] ?? "").split(separator: ",").map(String.init) {
            if let value = configuration.labels[name] { attributes[name] = value }
        }
        for name in (log.options["env"] ?? "").split(separator: ",").map(String.init) {
            if let variable = (configuration.environment ?? []).last(where: { $0.hasPrefix("\(name)=") }) {
                attributes[name] = String(variable.dropFirst(name.count + 1))
            }
        }
        if log.options["tag"] != nil { attributes["tag"] = log.options["tag"] }
        guard !attributes.isEmpty else { return nil }
        let members = attributes.sorted { $0.key < $1.key }.map {
            JSONObject.Member(name: $0.key, value: .string($0.value))
        }
        return JSONValue.object(JSONObject(members: members)).text()
    }
}

/// Devices of the host.
enum HostDevices {
    /// The nodes of one mapping: the device, or all below a folder.
    static func nodes(_ mapping: DeviceMapping) throws(EngineError) -> [DeviceNode] {
        let target = mapping.pathInContainer.isEmpty ? mapping.pathOnHost : mapping.pathInContainer
        var status = clinux_stat()
        guard clinux_fstatat(AT_FDCWD, mapping.pathOnHost, 1, &status) == 0 else {
            throw EngineError(
                .invalidArgument,
                "error gathering device information while adding custom device \"\(mapping.pathOnHost)\": no such file or "
                    + "directory")
        }
        guard status.mode & S_IFMT == S_IFDIR else {
            guard let node = node(status, at: target) else {
                throw EngineError(
                    .invalidArgument,
                    "error gathering device information while adding custom device \"\(mapping.pathOnHost)\": not a "
                        + "device node")
            }
            return [node]
        }
        return try below(mapping.pathOnHost, shownAs: target)
    }

    /// All devices under `/dev`, for privileged containers.
    static func all() throws(EngineError) -> [DeviceNode] { try below("/dev", shownAs: "/dev") }

    /// What the devices of a mapping may be used for.
    static func rules(_ mapping: DeviceMapping) throws(EngineError) -> [DeviceRule] {
        guard let access = DeviceAccess(mapping.permissions.isEmpty ? "rwm" : mapping.permissions) else {
            throw EngineError(.invalidArgument, "invalid device mode: \(mapping.permissions)")
        }
        return try nodes(mapping).map { node in
            DeviceRule(
                kind: node.kind == .block ? .block : .character, major: node.major, minor: node.minor, access: access)
        }
    }

    private static func below(_ folder: String, shownAs target: String) throws(EngineError) -> [DeviceNode] {
        var nodes: [DeviceNode] = []
        let names: [String]
        do { names = try Folder.names(folder) } catch { throw EngineError(.system, "\(error)") }
        for name in names.sorted() where !["pts", "shm", "fd", "mqueue", "console"].contains(name) {
            var status = clinux_stat()
            // A device that goes away meanwhile is none.
            guard clinux_fstatat(AT_FDCWD, "\(folder)/\(name)", 0, &status) == 0 else { continue }
            if status.mode & S_IFMT == S_IFDIR {
                nodes += try below("\(folder)/\(name)", shownAs: "\(target)/\(name)")
            } else if let node = node(status, at: "\(target)/\(name)") {
                nodes.append(node)
            }
        }
        return nodes
    }

    private static func node(_ status: clinux_stat, at path: String) -> DeviceNode? {
        let kind = status.mode & S_IFMT
        guard kind == S_IFCHR || kind == S_IFBLK else { return nil }
        return DeviceNode(
            path: path, kind: kind == S_IFBLK ? .block : .character, major: status.device_major,
            minor: status.device_minor, mode: status.mode & 0o7777, uid: status.uid, gid: status.gid)
    }
}

extension DeviceRule {
    /// `c 13:* rwm`, as `--device-cgroup-rule` has it.
    init(text: String) throws(EngineError) {
        let parts = text.split(separator: " ").map(String.init)
        let numbers = parts.count > 1 ? parts[1].split(separator: ":").map(String.init) : []
        let kinds: [String: DeviceRule.Kind] = ["a": .any, "b": .block, "c": .character]
        guard parts.count == 3, numbers.count == 2, let kind = kinds[parts[0]], let access = DeviceAccess(parts[2]),
            numbers.allSatisfy({ $0 == "*" || UInt32($0) != nil })
        else {
            throw EngineError(.invalidArgument, "invalid device cgroup rule format: '\(text)'")
        }
        self.init(kind: kind, major: UInt32(numbers[0]), minor: UInt32(numbers[1]), access: access)
    }
}
