import CLinux
import ShimProtocol

/// The container's root: an overlay over the image's layers, mounted in the container's mount namespace alone.
struct RootFileSystem {
    /// The root of the overlay, opened before pivot_root.
    let descriptor: Int32

    /// Mounts the overlay of the spec over the directory it names.
    init(_ spec: Spec) throws(Failure) {
        // Slave, not private: binds with slave propagation go on hearing of the host's mounts, nothing goes back.
        try check(SHIM_STEP_ROOT, nil, clinux_mount(nil, "/", nil, CLINUX_MS_SLAVE | CLINUX_MS_REC, nil))
        guard let record = spec.last(SHIM_OVERLAY), let place = record.string(0), let upper = record.string(1),
            let work = record.string(2), let lower = record.string(3)
        else { throw Failure(SHIM_STEP_SPEC, Errno.protocolError) }

        let overlay = try check(SHIM_STEP_ROOT, nil, clinux_fsopen("overlay"))
        defer { _ = clinux_close(overlay) }
        // One layer a call, since Linux 6.5: a list in one string ends at 256 bytes (fsconfig(2)).
        if clinux_fsconfig_string(overlay, "lowerdir+", lower) == -Errno.invalid {
            try Self.mountInOneString(record, place, upper, work)
        } else {
            var number = 4
            while let next = record.string(number) {
                try check(SHIM_STEP_ROOT, next, clinux_fsconfig_string(overlay, "lowerdir+", next))
                number += 1
            }
            try check(SHIM_STEP_ROOT, upper, clinux_fsconfig_string(overlay, "upperdir", upper))
            try check(SHIM_STEP_ROOT, work, clinux_fsconfig_string(overlay, "workdir", work))
            try check(SHIM_STEP_ROOT, "overlay", clinux_fsconfig_string(overlay, "source", "overlay"))
            try check(SHIM_STEP_ROOT, place, clinux_fsconfig_create(overlay))
            let mount = try check(SHIM_STEP_ROOT, place, clinux_fsmount(overlay, 0))
            defer { _ = clinux_close(mount) }
            try check(SHIM_STEP_ROOT, place, clinux_move_mount(mount, CLINUX_AT_FDCWD, place))
        }
        descriptor = try check(
            SHIM_STEP_ROOT, place,
            clinux_openat2(CLINUX_AT_FDCWD, place, CLINUX_O_PATH | CLINUX_O_DIRECTORY, 0, 0))
    }

    /// Before Linux 6.5: mount(2), whose options are one page at most.
    private static func mountInOneString(
        _ record: Record, _ place: CString, _ upper: CString, _ work: CString
    ) throws(Failure) {
        var options: [CChar] = []
        append("lowerdir=", to: &options)
        var number = 3
        while let lower = record.string(number) {
            if number > 3 { append(":", to: &options) }
            append(lower, to: &options)
            number += 1
        }
        append(",upperdir=", to: &options)
        append(upper, to: &options)
        append(",workdir=", to: &options)
        append(work, to: &options)
        options.append(0)
        guard options.count <= 4096 else { throw Failure(SHIM_STEP_ROOT, Errno.nameTooLong, place) }
        try check(SHIM_STEP_ROOT, place, clinux_mount("overlay", place, "overlay", 0, options))
    }

    private static func append(_ text: CString, to options: inout [CChar]) {
        options.append(contentsOf: UnsafeBufferPointer(start: text, count: Text.length(text)))
    }

    /// Makes the overlay the root of this process and drops the host's tree.
    func pivot() throws(Failure) {
        try check(SHIM_STEP_PIVOT, nil, clinux_fchdir(descriptor))
        // The old root is stacked over the new one and taken away, so no directory is needed for it (pivot_root(2)).
        try check(SHIM_STEP_PIVOT, nil, clinux_pivot_root(".", "."))
        try check(SHIM_STEP_PIVOT, nil, clinux_umount(".", CLINUX_MNT_DETACH))
        try check(SHIM_STEP_PIVOT, nil, clinux_chdir("/"))
    }

    func makeReadOnly() throws(Failure) {
        let root = try check(
            SHIM_STEP_ROOT, "/", clinux_openat2(CLINUX_AT_FDCWD, "/", CLINUX_O_PATH | CLINUX_O_DIRECTORY, 0, 0))
        defer { _ = clinux_close(root) }
        try check(SHIM_STEP_ROOT, "/", clinux_mount_setattr(root, 0, CLINUX_MOUNT_ATTR_RDONLY, 0, 0))
    }
}
