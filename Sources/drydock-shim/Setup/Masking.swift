import CLinux
import ShimProtocol

/// Masked and read-only paths, and sysctls: what a container must not read or write of the kernel.
enum Masking {
    private static let readOnly: UInt64 = 1
    private static let characterDevice: UInt32 = 0o020_000
    private static let directory: UInt32 = 0o040_000
    private static let typeMask: UInt32 = 0o170_000

    static func apply(_ spec: Spec, proc: Int32) throws(Failure) {
        try sysctls(spec, proc: proc)
        try spec.each(SHIM_READ_ONLY) { record throws(Failure) in
            try makeReadOnly(record.string)
        }
        try mask(spec)
    }

    private static func makeReadOnly(_ path: CString) throws(Failure) {
        let tree = clinux_open_tree(AT.current, path, 1, 1)
        if tree == -Errno.noEntry { return }
        try check(SHIM_STEP_MASK, path, tree)
        defer { _ = clinux_close(tree) }
        try check(SHIM_STEP_MASK, path, clinux_mount_setattr(tree, 1, readOnly, 0, 0))
        try check(SHIM_STEP_MASK, path, clinux_move_mount(tree, AT.current, path))
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
            let place = clinux_openat2(AT.current, path, Open.path, 0, Resolve.noMagicLinks)
            if place == -Errno.noEntry || place == -Errno.notDirectory { return }
            try check(SHIM_STEP_MASK, path, place)
            defer { _ = clinux_close(place) }
            var status = clinux_stat()
            try check(SHIM_STEP_MASK, path, clinux_fstatat(place, "", 0, &status))
            let isDirectory = status.mode & typeMask == directory
            if isDirectory, empty < 0 { empty = try emptyDirectory() }
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
        return try check(SHIM_STEP_MASK, nil, clinux_fsmount(fs, UInt32(readOnly)))
    }

    /// /dev/null by descriptor, and only if it is the null device: an image may have put a link there (CVE-2025-31133).
    private static func nullDevice() throws(Failure) -> Int32 {
        let path = StaticText.pointer("/dev/null")
        let file = try check(
            SHIM_STEP_MASK, path, clinux_openat2(AT.current, path, Open.path | Open.noFollow, 0, Resolve.noSymlinks))
        var status = clinux_stat()
        try check(SHIM_STEP_MASK, path, clinux_fstatat(file, "", 0, &status))
        guard status.mode & typeMask == characterDevice, status.device_major == 1, status.device_minor == 3 else {
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

/// Resource limits and the OOM score.
enum Limits {
    static func apply(_ spec: Spec, proc: Int32) throws(Failure) {
        if let record = spec.last(SHIM_OOM_SCORE) {
            let score = try record.fixed(Int32.self, SHIM_STEP_OOM_SCORE)
            try withDecimal(score) { text throws(Failure) in
                try write(text, to: StaticText.pointer("self/oom_score_adj"), proc: proc, step: SHIM_STEP_OOM_SCORE)
            }
        }
        try spec.each(SHIM_RLIMIT) { record throws(Failure) in
            let limit = try record.fixed(shim_rlimit.self, SHIM_STEP_RLIMIT)
            try check(SHIM_STEP_RLIMIT, nil, clinux_setrlimit(limit.resource, limit.soft, limit.hard))
        }
    }

    static func write(_ value: CString, to name: CString, proc: Int32, step: shim_step) throws(Failure) {
        guard proc >= 0 else { throw Failure(step, Errno.noDevice, name) }
        // "self" is a link of proc itself, so links are followed but never out of this mount.
        let file = try check(
            step, name, clinux_openat2(proc, name, Open.writeOnly, 0, Resolve.beneath | Resolve.noCrossing))
        defer { _ = clinux_close(file) }
        try check(step, name, clinux_write(file, value, Namespaces.length(value)))
    }

    private static func withDecimal(_ number: Int32, _ body: (CString) throws(Failure) -> Void) throws(Failure) {
        try withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16) { room throws(Failure) in
            var index = 15
            room[index] = 0
            var rest = number.magnitude
            repeat {
                index -= 1
                room[index] = CChar(bitPattern: UInt8(ascii: "0") + UInt8(rest % 10))
                rest /= 10
            } while rest > 0
            if number < 0 {
                index -= 1
                room[index] = CChar(bitPattern: UInt8(ascii: "-"))
            }
            try body(CString(room.baseAddress! + index))
        }
    }
}
