import CLinux
import ShimProtocol

/// Masked and read-only paths, and sysctls: what a container must not read or write of the kernel.
enum Masking {
    static func apply(_ spec: Spec, proc: Int32) throws(Failure) {
        try sysctls(spec, proc: proc)
        try spec.each(SHIM_READ_ONLY) { record throws(Failure) in
            try makeReadOnly(record.string)
        }
        try mask(spec)
    }

    /// The place by descriptor, so that what is made read-only is what is covered, whoever swaps names meanwhile.
    private static func makeReadOnly(_ path: CString) throws(Failure) {
        guard let place = try find(path) else { return }
        defer { _ = clinux_close(place) }
        let tree = try check(SHIM_STEP_MASK, path, clinux_open_tree(place, "", 1, 1))
        defer { _ = clinux_close(tree) }
        try check(SHIM_STEP_MASK, path, clinux_mount_setattr(tree, 1, CLINUX_MOUNT_ATTR_RDONLY, 0, 0))
        try check(SHIM_STEP_MASK, path, clinux_move_mount(tree, place, ""))
    }

    /// `nil` where there is nothing to protect.
    private static func find(_ path: CString) throws(Failure) -> Int32? {
        let place = clinux_openat2(CLINUX_AT_FDCWD, path, CLINUX_O_PATH, 0, CLINUX_RESOLVE_NO_MAGICLINKS)
        if place == -Errno.noEntry || place == -Errno.notDirectory { return nil }
        return try check(SHIM_STEP_MASK, path, place)
    }

    /// Files are covered by /dev/null, directories by one empty read-only tmpfs that all of them share.
    private static func mask(_ spec: Spec) throws(Failure) {
        var null: Int32 = -1
        var empty: Int32 = -1
        defer {
            if null >= 0 { _ = clinux_close(null) }
            if empty >= 0 { _ = clinux_close(empty) }
        }
        try spec.each(SHIM_MASK) { record throws(Failure) in
            let path = record.string
            guard let place = try find(path) else { return }
            defer { _ = clinux_close(place) }
            var status = clinux_stat()
            try check(SHIM_STEP_MASK, path, clinux_fstatat(place, "", 0, &status))
            let isDirectory = status.mode & CLINUX_S_IFMT == CLINUX_S_IFDIR
            if isDirectory, empty < 0 {
                // Itself and not a copy: one that is closed unattached is unmounted, which waits for the kernel.
                empty = try emptyDirectory()
                try check(SHIM_STEP_MASK, path, clinux_move_mount(empty, place, ""))
                return
            }
            if !isDirectory, null < 0 { null = try nullDevice() }
            let cover = try check(SHIM_STEP_MASK, path, clinux_open_tree(isDirectory ? empty : null, "", 1, 0))
            defer { _ = clinux_close(cover) }
            try check(SHIM_STEP_MASK, path, clinux_move_mount(cover, place, ""))
        }
    }

    private static func emptyDirectory() throws(Failure) -> Int32 {
        let fs = try check(SHIM_STEP_MASK, nil, clinux_fsopen("tmpfs"))
        defer { _ = clinux_close(fs) }
        try check(SHIM_STEP_MASK, nil, clinux_fsconfig_create(fs))
        return try check(SHIM_STEP_MASK, nil, clinux_fsmount(fs, UInt32(CLINUX_MOUNT_ATTR_RDONLY)))
    }

    /// /dev/null by descriptor, and only if it is the null device: an image may have put a link there (CVE-2025-31133).
    private static func nullDevice() throws(Failure) -> Int32 {
        let path = StaticText.pointer("/dev/null")
        let file = try check(
            SHIM_STEP_MASK, path,
            clinux_openat2(CLINUX_AT_FDCWD, path, CLINUX_O_PATH | CLINUX_O_NOFOLLOW, 0, CLINUX_RESOLVE_NO_SYMLINKS))
        var status = clinux_stat()
        try check(SHIM_STEP_MASK, path, clinux_fstatat(file, "", 0, &status))
        guard status.mode & CLINUX_S_IFMT == CLINUX_S_IFCHR, status.device_major == 1, status.device_minor == 3 else {
            throw Failure(SHIM_STEP_MASK, Errno.noDevice, path)
        }
        return file
    }

    /// Written below our own mount of proc, so that nothing an image or a volume mounts can stand in between.
    private static func sysctls(_ spec: Spec, proc: Int32) throws(Failure) {
        try spec.each(SHIM_SYSCTL) { record throws(Failure) in
            guard let name = record.string(0), let value = record.string(1) else {
                throw Failure(SHIM_STEP_SPEC, Errno.protocolError)
            }
            try Limits.write(value, to: name, proc: proc, step: SHIM_STEP_SYSCTL)
        }
    }
}
