import CLinux
import ShimProtocol

/// Writes the spec of ShimProtocol.h: a head, then records of 8-byte alignment.
struct SpecEncoder {
    private(set) var bytes: [UInt8] = []
    private let flags: UInt32

    /// A spec with those of `shim_spec_flag`.
    init(flags: [shim_spec_flag]) {
        self.flags = flags.reduce(0) { $0 | $1.rawValue }
        bytes.reserveCapacity(4096)
        append(shim_spec(magic: SHIM_SPEC_MAGIC, version: SHIM_PROTOCOL_VERSION, length: 0, flags: self.flags))
    }

    /// The whole spec.
    ///
    /// - Throws: step SPEC with E2BIG where it is longer than a shim takes.
    func finished() throws(LaunchError) -> [UInt8] {
        guard bytes.count <= SHIM_SPEC_LIMIT else { throw LaunchError(.spec, errno: LaunchError.tooBig) }
        var result = bytes
        let head = shim_spec(
            magic: SHIM_SPEC_MAGIC, version: SHIM_PROTOCOL_VERSION, length: UInt32(bytes.count), flags: flags)
        result.withUnsafeMutableBytes { $0.storeBytes(of: head, as: shim_spec.self) }
        return result
    }

    /// A record of strings alone.
    mutating func add(_ kind: shim_record_kind, _ strings: String...) throws(LaunchError) {
        try record(kind) { encoder throws(LaunchError) in
            for string in strings { try encoder.append(string) }
        }
    }

    /// A record of strings alone.
    mutating func add(_ kind: shim_record_kind, list: [String]) throws(LaunchError) {
        try record(kind) { encoder throws(LaunchError) in
            for string in list { try encoder.append(string) }
        }
    }

    /// A record with a fixed-layout part.
    mutating func add<Layout: BitwiseCopyable>(
        _ kind: shim_record_kind, _ layout: Layout, _ strings: String...
    ) throws(LaunchError) {
        try record(kind) { encoder throws(LaunchError) in
            encoder.append(layout)
            for string in strings { try encoder.append(string) }
        }
    }

    /// A record of bytes.
    mutating func add(_ kind: shim_record_kind, raw: [UInt8]) {
        record(kind) { $0.bytes += raw }
    }

    /// A record with a fixed-layout part and numbers.
    mutating func add<Layout: BitwiseCopyable>(_ kind: shim_record_kind, _ layout: Layout, numbers: [UInt32]) {
        record(kind) { encoder in
            encoder.append(layout)
            for number in numbers { encoder.append(number) }
        }
    }

    private mutating func record<Failure: Error>(
        _ kind: shim_record_kind, _ payload: (inout SpecEncoder) throws(Failure) -> Void
    ) throws(Failure) {
        let start = bytes.count
        let headSize = MemoryLayout<shim_record>.size
        append(shim_record(kind: UInt16(kind.rawValue), flags: 0, length: 0))
        try payload(&self)
        let length = bytes.count - start - headSize
        bytes.withUnsafeMutableBytes {
            $0.storeBytes(
                of: shim_record(kind: UInt16(kind.rawValue), flags: 0, length: UInt32(length)), toByteOffset: start,
                as: shim_record.self)
        }
        while bytes.count % 8 != 0 { bytes.append(0) }
    }

    private mutating func append<Layout: BitwiseCopyable>(_ layout: Layout) {
        withUnsafeBytes(of: layout) { bytes.append(contentsOf: $0) }
    }

    /// A zero byte ends a string of the kernel's, so none may hold one.
    private mutating func append(_ string: String) throws(LaunchError) {
        let text = string.utf8
        if text.contains(0) { throw LaunchError(.spec, errno: LaunchError.invalid, detail: string) }
        bytes.append(contentsOf: text)
        bytes.append(0)
    }
}

extension ProcessSpec {
    /// The spec of an exec.
    func encoded(isAttached: Bool) throws(LaunchError) -> [UInt8] {
        var encoder = SpecEncoder(flags: flags(isAttached: isAttached) + [SHIM_EXEC])
        try encode(into: &encoder)
        return try encoder.finished()
    }

    func flags(isAttached: Bool) -> [shim_spec_flag] {
        var flags: [shim_spec_flag] = []
        if terminal != nil { flags.append(SHIM_TERMINAL) }
        if opensStandardInput { flags.append(SHIM_STDIN_OPEN) }
        if noNewPrivileges { flags.append(SHIM_NO_NEW_PRIVILEGES) }
        if isAttached { flags.append(SHIM_ATTACHED) }
        return flags
    }

    func encode(into encoder: inout SpecEncoder) throws(LaunchError) {
        for argument in arguments { try encoder.add(SHIM_ARGUMENT, argument) }
        for variable in environment { try encoder.add(SHIM_ENVIRONMENT, variable) }
        try encoder.add(SHIM_SEARCH_PATH, searchPath)
        try encoder.add(SHIM_WORKING_DIRECTORY, workingDirectory)
        if let terminal {
            try encoder.add(SHIM_WINDOW, shim_resize(rows: terminal.rows, columns: terminal.columns, reserved: 0))
        }
        encoder.add(
            SHIM_IDENTITY,
            shim_identity(
                uid: identity.uid, gid: identity.gid, group_count: UInt32(identity.groups.count), umask: identity.umask),
            numbers: identity.groups)
        if let sets = capabilities {
            try encoder.add(SHIM_CAPABILITIES, sets.record)
        }
        if !seccomp.isEmpty { encoder.add(SHIM_SECCOMP, raw: seccomp) }
        for limit in limits {
            try encoder.add(
                SHIM_RLIMIT, shim_rlimit(resource: limit.resource, reserved: 0, soft: limit.soft, hard: limit.hard))
        }
        try encoder.add(SHIM_OOM_SCORE, outOfMemoryScore)
        for file in cgroup.procsFiles { try encoder.add(SHIM_CGROUP, file) }
        if let directory = cgroup.directory { try encoder.add(SHIM_CGROUP_V2, directory) }
    }
}

extension CapabilitySets {
    var record: shim_capabilities {
        shim_capabilities(
            bounding: bounding, permitted: permitted, effective: effective, inheritable: inheritable, ambient: ambient)
    }
}

extension ContainerSpec {
    /// The spec of a container.
    func encoded(isAttached: Bool) throws(LaunchError) -> [UInt8] {
        var flags = process.flags(isAttached: isAttached)
        if root.isReadOnly { flags.append(SHIM_READ_ONLY_ROOT) }
        if usesInit { flags.append(SHIM_INIT) }
        if unmountsLate { flags.append(SHIM_KEEPS_MOUNTS) }
        var encoder = SpecEncoder(flags: flags)
        try process.encode(into: &encoder)
        try encoder.add(SHIM_NAMESPACES, shim_namespaces(flags: namespaces.rawValue))
        if let hostname { try encoder.add(SHIM_HOSTNAME, hostname) }
        if let domainName { try encoder.add(SHIM_DOMAINNAME, domainName) }
        try encoder.add(SHIM_OVERLAY, list: [root.place, root.upper, root.work] + root.lowers)
        for mount in mounts {
            let (type, data) = mount.typeAndData
            try encoder.add(SHIM_MOUNT, mount.record, mount.source, mount.target, type, data)
        }
        for device in devices { try encoder.add(SHIM_DEVICE, device.record, device.path) }
        for link in links { try encoder.add(SHIM_LINK, link.target, link.path) }
        for path in maskedPaths { try encoder.add(SHIM_MASK, path) }
        for path in readOnlyPaths { try encoder.add(SHIM_READ_ONLY, path) }
        for sysctl in sysctls { try encoder.add(SHIM_SYSCTL, sysctl.path, sysctl.value) }
        if let log {
            try encoder.add(
                SHIM_LOG, shim_log(max_size: log.maximumSize, max_files: log.maximumFiles, mode: log.mode), log.path)
            if let attributes = log.attributes { try encoder.add(SHIM_LOG_ATTRIBUTES, attributes) }
        }
        return try encoder.finished()
    }
}

extension DeviceNode {
    var record: shim_device {
        let type = kind == .character ? CLINUX_S_IFCHR : CLINUX_S_IFBLK
        return shim_device(mode: type | mode, major: major, minor: minor, uid: uid, gid: gid, reserved: 0)
    }
}

extension Sysctl {
    /// Below /proc: dots are slashes unless slashes are there already, as sysctl(8) reads names.
    var path: String {
        let name = name.contains("/") ? name : String(name.map { $0 == "." ? "/" : $0 })
        return "sys/" + name
    }
}
