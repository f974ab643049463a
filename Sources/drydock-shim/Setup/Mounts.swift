import CLinux
import ShimProtocol

/// The mounts of the spec, made in order below the new root.
struct Mounts {
    /// The container's own proc, opened from the mount itself, so that no path decides what is written to
    /// (CVE-2025-52881, CVE-2019-19921); -1 where the spec mounts none.
    private(set) var proc: Int32 = -1
    /// The container's own devpts; -1 where the spec mounts none.
    private(set) var devpts: Int32 = -1

    private static let readOnly: UInt64 = 1

    init(_ spec: Spec, root: Int32) throws(Failure) {
        var proc: Int32 = -1
        var devpts: Int32 = -1
        try spec.each(SHIM_MOUNT) { record throws(Failure) in
            let size = MemoryLayout<shim_mount>.size
            let mount = try record.fixed(shim_mount.self, SHIM_STEP_MOUNT)
            guard let source = record.string(0, after: size), let target = record.string(1, after: size),
                let type = record.string(2, after: size), let data = record.string(3, after: size)
            else { throw Failure(SHIM_STEP_SPEC, Errno.protocolError) }
            let isBind = mount.kind == SHIM_MOUNT_BIND.rawValue
            guard
                let tree = isBind
                    ? try Self.bind(mount, source) : try Self.filesystem(mount, source, type, data)
            else { return }
            let asFile = mount.options & SHIM_MOUNT_CREATE_FILE.rawValue != 0
            let place = try Paths.openOrMake(target, asFile: asFile, root: root, step: SHIM_STEP_MOUNT)
            defer { _ = clinux_close(place) }
            try check(SHIM_STEP_MOUNT, target, clinux_move_mount(tree, place, ""))
            if mount.propagation != 0 {
                try check(SHIM_STEP_MOUNT, target, clinux_mount_setattr(tree, 1, 0, 0, mount.propagation))
            }
            if Self.equal(type, "proc") {
                proc = tree
            } else if Self.equal(type, "devpts") {
                devpts = tree
            } else {
                _ = clinux_close(tree)
            }
        }
        self.proc = proc
        self.devpts = devpts
    }

    /// A detached copy of what is mounted or stands at the source, taken while the host's tree is still in sight.
    private static func bind(_ mount: shim_mount, _ source: CString) throws(Failure) -> Int32? {
        let deep: Int32 = mount.options & SHIM_MOUNT_RECURSIVE.rawValue != 0 ? 1 : 0
        let tree = try check(SHIM_STEP_MOUNT, source, clinux_open_tree(AT.current, source, 1, deep))
        let all = mount.attributes
        let deepReadOnly = mount.options & SHIM_MOUNT_READ_ONLY_DEEP.rawValue != 0
        if all != 0 {
            // Read-only reaches what is mounted below only where that is asked for, as docker's bind-recursive has it.
            try check(SHIM_STEP_MOUNT, source, clinux_mount_setattr(tree, deepReadOnly ? 1 : 0, all, 0, 0))
        }
        return tree
    }

    private static func filesystem(
        _ mount: shim_mount, _ source: CString, _ type: CString, _ data: CString
    ) throws(Failure) -> Int32? {
        let opened = clinux_fsopen(type)
        if opened == -Errno.noDevice, mount.options & SHIM_MOUNT_OPTIONAL.rawValue != 0 { return nil }
        let fs = try check(SHIM_STEP_MOUNT, type, opened)
        defer { _ = clinux_close(fs) }
        if source[0] != 0 { try check(SHIM_STEP_MOUNT, type, clinux_fsconfig_string(fs, "source", source)) }
        try configure(fs, type, data)
        try check(SHIM_STEP_MOUNT, type, clinux_fsconfig_create(fs))
        return try check(SHIM_STEP_MOUNT, type, clinux_fsmount(fs, UInt32(truncatingIfNeeded: mount.attributes)))
    }

    /// Gives `key=value,flag,…` to the file system piece by piece.
    private static func configure(_ fs: Int32, _ type: CString, _ data: CString) throws(Failure) {
        let length = Namespaces.length(data)
        guard length > 0 else { return }
        try withUnsafeTemporaryAllocation(of: CChar.self, capacity: length + 1) { room throws(Failure) in
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
                let key = CString(room.baseAddress! + start)
                if equals >= 0 {
                    room[equals] = 0
                    try check(SHIM_STEP_MOUNT, type, clinux_fsconfig_string(fs, key, room.baseAddress! + equals + 1))
                } else {
                    try check(SHIM_STEP_MOUNT, type, clinux_fsconfig_flag(fs, key))
                }
                start = end + 1
            }
        }
    }

    private static func equal(_ text: CString, _ word: StaticString) -> Bool {
        let expected = StaticText.pointer(word)
        var index = 0
        while text[index] == expected[index] {
            if text[index] == 0 { return true }
            index += 1
        }
        return false
    }
}
