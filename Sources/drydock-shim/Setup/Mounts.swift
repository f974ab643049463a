import CLinux
import ShimProtocol

/// Detached copies of what the bind mounts of the spec take, in its order.
struct BindSources {
    private var trees: [Int32] = []
    private var taken = 0

    /// Taken before the tree becomes a slave: a shared bind must be a peer of the host's mount.
    init(_ spec: Spec) throws(Failure) {
        var trees: [Int32] = []
        try spec.each(SHIM_MOUNT) { record throws(Failure) in
            let mount = try record.fixed(shim_mount.self, SHIM_STEP_MOUNT)
            guard mount.kind == SHIM_MOUNT_BIND.rawValue else { return }
            guard let source = record.string(0, after: MemoryLayout<shim_mount>.size) else {
                throw Failure(SHIM_STEP_SPEC, Errno.protocolError)
            }
            let deep: Int32 = mount.options & SHIM_MOUNT_RECURSIVE.rawValue != 0 ? 1 : 0
            trees.append(
                try check(SHIM_STEP_MOUNT, source, clinux_open_tree(CLINUX_AT_FDCWD, source, 1, deep)))
        }
        self.trees = trees
    }

    mutating func next() -> Int32 {
        taken += 1
        return trees[taken - 1]
    }
}

/// One mount of the spec.
private struct MountRecord {
    let mount: shim_mount
    let source: CString
    let target: CString
    let type: CString
    let data: CString

    init(_ record: Record) throws(Failure) {
        let size = MemoryLayout<shim_mount>.size
        mount = try record.fixed(shim_mount.self, SHIM_STEP_MOUNT)
        guard let source = record.string(0, after: size), let target = record.string(1, after: size),
            let type = record.string(2, after: size), let data = record.string(3, after: size)
        else { throw Failure(SHIM_STEP_SPEC, Errno.protocolError) }
        self.source = source
        self.target = target
        self.type = type
        self.data = data
    }

    var isBind: Bool { mount.kind == SHIM_MOUNT_BIND.rawValue }
    func has(_ option: shim_mount_option) -> Bool { mount.options & option.rawValue != 0 }
}

/// The mounts of the spec, made in order below the new root.
struct Mounts {
    /// The container's own proc, opened from the mount itself, so that no path decides what is written to
    /// (CVE-2025-52881, CVE-2019-19921); -1 where the spec mounts none.
    private(set) var proc: Int32 = -1
    /// The container's own devpts; -1 where the spec mounts none.
    private(set) var devpts: Int32 = -1
    /// Those of tmpfs that become read-only when everything below them is made.
    private var unsealed: [Int32] = []

    init(_ spec: Spec, _ binds: inout BindSources, root: Int32) throws(Failure) {
        var mounts = self
        var sources = binds
        try spec.each(SHIM_MOUNT) { record throws(Failure) in
            let entry = try MountRecord(record)
            let tree: Int32
            if entry.isBind {
                tree = sources.next()
            } else {
                guard let made = try Self.filesystem(entry) else { return }
                tree = made
            }
            try Self.attach(tree, entry, root: root)
            mounts.keep(tree, entry)
        }
        binds = sources
        self = mounts
    }

    /// Makes the read-only ones of tmpfs read-only.
    func seal() throws(Failure) {
        for tree in unsealed {
            try check(SHIM_STEP_MOUNT, nil, clinux_mount_setattr(tree, 0, CLINUX_MOUNT_ATTR_RDONLY, 0, 0))
            _ = clinux_close(tree)
        }
    }

    private mutating func keep(_ tree: Int32, _ entry: MountRecord) {
        if entry.isBind {
            _ = clinux_close(tree)
        } else if Text.equal(entry.type, "proc") {
            proc = tree
        } else if Text.equal(entry.type, "devpts") {
            devpts = tree
        } else if Self.isSealedLater(entry) {
            unsealed.append(tree)
        } else {
            _ = clinux_close(tree)
        }
    }

    private static func isSealedLater(_ entry: MountRecord) -> Bool {
        !entry.isBind && entry.mount.attributes & CLINUX_MOUNT_ATTR_RDONLY != 0 && Text.equal(entry.type, "tmpfs")
    }

    /// Attributes first, while nobody sees the tree, then its place inside the root, then propagation.
    private static func attach(_ tree: Int32, _ entry: MountRecord, root: Int32) throws(Failure) {
        let mount = entry.mount
        let target = entry.target
        if entry.isBind { try restrict(tree, entry) }
        // A link in the image would let it choose where its proc or sysfs stands, and mask nothing (CVE-2023-27561).
        let isKernels = !entry.isBind && (Text.equal(entry.type, "proc") || Text.equal(entry.type, "sysfs"))
        let place = try Paths.openOrMake(
            target, asFile: entry.has(SHIM_MOUNT_CREATE_FILE), root: root, followsLinks: !isKernels,
            step: SHIM_STEP_MOUNT)
        defer { _ = clinux_close(place) }
        if !isKernels, !ProcFiles.mayBeCovered(place, target, by: tree) {
            throw Failure(SHIM_STEP_MOUNT, Errno.notPermitted, target)
        }
        if entry.has(SHIM_MOUNT_COPY_UP) { try CopyUp.copy(from: place, to: tree, target) }
        // Propagation comes last: attaching below a shared mount would make the tree shared again (mount_namespaces(7)).
        try check(SHIM_STEP_MOUNT, target, clinux_move_mount(tree, place, ""))
        guard entry.isBind || mount.propagation != 0 else { return }
        // A bind is a peer of the host's mount until it is told otherwise: private by default, as docker has it.
        let propagation = mount.propagation != 0 ? mount.propagation : CLINUX_MS_PRIVATE | CLINUX_MS_REC
        let deep: Int32 = propagation & CLINUX_MS_REC != 0 ? 1 : 0
        let kind = propagation & ~CLINUX_MS_REC
        try check(SHIM_STEP_MOUNT, target, clinux_mount_setattr(tree, deep, 0, 0, kind))
    }

    private static func restrict(_ tree: Int32, _ entry: MountRecord) throws(Failure) {
        let attributes = entry.mount.attributes
        guard attributes != 0 else { return }
        // The bits of the access time are one number, which is cleared before it is set (mount_setattr(2)).
        let cleared = attributes & CLINUX_MOUNT_ATTR__ATIME != 0 ? CLINUX_MOUNT_ATTR__ATIME : 0
        // Read-only reaches what is mounted below only where that is asked for, as docker's bind-recursive has it.
        let deep: Int32 = entry.has(SHIM_MOUNT_READ_ONLY_DEEP) ? 1 : 0
        try check(SHIM_STEP_MOUNT, entry.source, clinux_mount_setattr(tree, deep, attributes, cleared, 0))
    }

    private static func filesystem(_ entry: MountRecord) throws(Failure) -> Int32? {
        let type = entry.type
        let opened = clinux_fsopen(type)
        if opened == -Errno.noDevice, entry.has(SHIM_MOUNT_OPTIONAL) { return nil }
        let fs = try check(SHIM_STEP_MOUNT, type, opened)
        defer { _ = clinux_close(fs) }
        if entry.source[0] != 0 { try check(SHIM_STEP_MOUNT, type, clinux_fsconfig_string(fs, "source", entry.source)) }
        try configure(fs, type, entry.data)
        try check(SHIM_STEP_MOUNT, type, clinux_fsconfig_create(fs))
        var attributes = entry.mount.attributes
        if isSealedLater(entry) { attributes &= ~CLINUX_MOUNT_ATTR_RDONLY }
        return try check(SHIM_STEP_MOUNT, type, clinux_fsmount(fs, UInt32(truncatingIfNeeded: attributes)))
    }

    /// Gives `key=value,flag,…` to the file system piece by piece.
    private static func configure(_ fs: Int32, _ type: CString, _ data: CString) throws(Failure) {
        let length = Text.length(data)
        guard length > 0 else { return }
        try withUnsafeTemporaryAllocation(of: CChar.self, capacity: length + 1) { room throws(Failure) in
            guard let base = room.baseAddress else { return }
            var start = 0
            while start < length {
                var end = start
                var equals = -1
                while end < length, data[end] != CChar(bitPattern: UInt8(ascii: ",")) {
                    if equals < 0, data[end] == CChar(bitPattern: UInt8(ascii: "=")) { equals = end }
                    room[end] = data[end]
                    end += 1
                }
                room[end] = 0
                if equals >= 0 {
                    room[equals] = 0
                    try check(SHIM_STEP_MOUNT, type, clinux_fsconfig_string(fs, base + start, base + equals + 1))
                } else {
                    try check(SHIM_STEP_MOUNT, type, clinux_fsconfig_flag(fs, base + start))
                }
                start = end + 1
            }
        }
    }
}

/// What may stand on proc: runc's rule (libcontainer, checkProcMount). Anything else would hide, or forge, what programs
/// and later execs believe of the kernel.
private enum ProcFiles {
    static func mayBeCovered(_ place: Int32, _ target: CString, by tree: Int32) -> Bool {
        if clinux_filesystem_magic(place) == CLINUX_PROC_SUPER_MAGIC { return isReplaceable(target) }
        return !Text.equal(target, "/proc") || clinux_filesystem_magic(tree) == CLINUX_PROC_SUPER_MAGIC
    }

    private static func isReplaceable(_ path: CString) -> Bool {
        Text.equal(path, "/proc/cpuinfo") || Text.equal(path, "/proc/diskstats") || Text.equal(path, "/proc/meminfo")
            || Text.equal(path, "/proc/stat") || Text.equal(path, "/proc/swaps") || Text.equal(path, "/proc/uptime")
            || Text.equal(path, "/proc/loadavg") || Text.equal(path, "/proc/slabinfo")
            || Text.equal(path, "/proc/sys/kernel/ns_last_pid") || Text.equal(path, "/proc/sys/crypto/fips_enabled")
    }
}
