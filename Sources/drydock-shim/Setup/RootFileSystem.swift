import CLinux
import ShimProtocol

/// The container's root: an overlay over the image's layers, mounted in the container's mount namespace alone.
struct RootFileSystem {
    /// The root of the overlay, opened before pivot_root.
    let descriptor: Int32

    private static let slave: UInt64 = 1 << 19
    private static let recursive: UInt64 = 1 << 14
    private static let detach: Int32 = 2
    private static let mountReadOnly: UInt64 = 1

    /// Mounts the overlay of the spec over the directory it names.
    init(_ spec: Spec) throws(Failure) {
        // Slave, not private: binds with slave propagation go on hearing of the host's mounts, nothing goes back.
        try check(SHIM_STEP_ROOT, nil, clinux_mount(nil, "/", nil, Self.slave | Self.recursive, nil))
        guard let record = spec.last(SHIM_OVERLAY), let place = record.string(0), let upper = record.string(1),
            let work = record.string(2)
        else { throw Failure(SHIM_STEP_SPEC, Errno.protocolError) }

        let overlay = try check(SHIM_STEP_ROOT, nil, clinux_fsopen("overlay"))
        defer { _ = clinux_close(overlay) }
        try check(SHIM_STEP_ROOT, place, clinux_fsconfig_string(overlay, "source", "overlay"))
        var number = 3
        while let lower = record.string(number) {
            // One layer a call: the kernel cuts a whole list at 256 bytes (fsconfig, "lowerdir+" since Linux 6.5).
            try check(SHIM_STEP_ROOT, lower, clinux_fsconfig_string(overlay, "lowerdir+", lower))
            number += 1
        }
        try check(SHIM_STEP_ROOT, upper, clinux_fsconfig_string(overlay, "upperdir", upper))
        try check(SHIM_STEP_ROOT, work, clinux_fsconfig_string(overlay, "workdir", work))
        try check(SHIM_STEP_ROOT, place, clinux_fsconfig_create(overlay))
        let mount = try check(SHIM_STEP_ROOT, place, clinux_fsmount(overlay, 0))
        defer { _ = clinux_close(mount) }
        try check(SHIM_STEP_ROOT, place, clinux_move_mount(mount, AT.current, place))
        descriptor = try check(
            SHIM_STEP_ROOT, place, clinux_openat2(AT.current, place, Open.path | Open.directory, 0, 0))
    }

    /// Makes the overlay the root of this process and drops the host's tree.
    mutating func pivot() throws(Failure) {
        try check(SHIM_STEP_PIVOT, nil, clinux_fchdir(descriptor))
        // The old root is stacked over the new one and taken away, so no directory is needed for it (pivot_root(2)).
        try check(SHIM_STEP_PIVOT, nil, clinux_pivot_root(".", "."))
        try check(SHIM_STEP_PIVOT, nil, clinux_umount(".", Self.detach))
        try check(SHIM_STEP_PIVOT, nil, clinux_chdir("/"))
    }

    func makeReadOnly() throws(Failure) {
        let root = try check(SHIM_STEP_ROOT, "/", clinux_openat2(AT.current, "/", Open.path | Open.directory, 0, 0))
        defer { _ = clinux_close(root) }
        try check(SHIM_STEP_ROOT, "/", clinux_mount_setattr(root, 0, Self.mountReadOnly, 0, 0))
    }
}
