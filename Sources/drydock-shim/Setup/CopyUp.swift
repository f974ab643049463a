import CLinux
import ShimProtocol

/// Fills a new tmpfs with what the image has at its place: directories, files, links and nodes with owners and modes.
enum CopyUp {
    private static let deepest = 64
    private static let entryRoom = 8 << 10
    private static let copyRoom = 32 << 10
    private static let inside = CLINUX_RESOLVE_BENEATH | CLINUX_RESOLVE_NO_SYMLINKS | CLINUX_RESOLVE_NO_XDEV

    static func copy(from place: Int32, to tree: Int32, _ target: CString) throws(Failure) {
        let source = try check(
            SHIM_STEP_MOUNT, target, clinux_openat2(place, ".", CLINUX_O_DIRECTORY, 0, CLINUX_RESOLVE_BENEATH))
        defer { _ = clinux_close(source) }
        let goal = try check(
            SHIM_STEP_MOUNT, target, clinux_openat2(tree, ".", CLINUX_O_DIRECTORY, 0, CLINUX_RESOLVE_BENEATH))
        defer { _ = clinux_close(goal) }
        try contents(of: source, to: goal, target, depth: 0)
    }

    private static func contents(of source: Int32, to goal: Int32, _ target: CString, depth: Int) throws(Failure) {
        guard depth < deepest else { throw Failure(SHIM_STEP_MOUNT, Errno.nameTooLong, target) }
        try withUnsafeTemporaryAllocation(byteCount: entryRoom, alignment: 8) { room throws(Failure) in
            guard let base = room.baseAddress else { return }
            while true {
                let count = try check(SHIM_STEP_MOUNT, target, clinux_directory_entries(source, base, room.count))
                if count == 0 { return }
                var offset = 0
                while offset < Int(count) {
                    // struct linux_dirent64: inode and offset of 8 bytes each, record length, type, name.
                    let name = (base + offset + 19).assumingMemoryBound(to: CChar.self)
                    offset += Int((base + offset + 16).loadUnaligned(as: UInt16.self))
                    if Text.equal(name, ".") || Text.equal(name, "..") { continue }
                    try entry(name, from: source, to: goal, target, depth: depth)
                }
            }
        }
    }

    private static func entry(
        _ name: CString, from source: Int32, to goal: Int32, _ target: CString, depth: Int
    ) throws(Failure) {
        var status = clinux_stat()
        try check(SHIM_STEP_MOUNT, target, clinux_fstatat(source, name, 0, &status))
        let permissions = status.mode & 0o7777
        switch status.mode & CLINUX_S_IFMT {
        case CLINUX_S_IFDIR:
            try check(SHIM_STEP_MOUNT, target, clinux_mkdirat(goal, name, 0o700))
            let from = try check(SHIM_STEP_MOUNT, target, clinux_openat2(source, name, CLINUX_O_DIRECTORY, 0, inside))
            defer { _ = clinux_close(from) }
            let to = try check(SHIM_STEP_MOUNT, target, clinux_openat2(goal, name, CLINUX_O_DIRECTORY, 0, inside))
            defer { _ = clinux_close(to) }
            try contents(of: from, to: to, target, depth: depth + 1)
        case CLINUX_S_IFREG: try file(name, from: source, to: goal, target)
        case CLINUX_S_IFLNK:
            try link(name, from: source, to: goal, target)
            try check(SHIM_STEP_MOUNT, target, clinux_fchownat(goal, name, status.uid, status.gid))
            return
        default:
            try check(
                SHIM_STEP_MOUNT, target,
                clinux_mknodat(goal, name, status.mode, status.device_major, status.device_minor))
        }
        try check(SHIM_STEP_MOUNT, target, clinux_fchownat(goal, name, status.uid, status.gid))
        // After the owner: a change of owner takes setuid away.
        try check(SHIM_STEP_MOUNT, target, clinux_fchmodat(goal, name, permissions))
        try check(
            SHIM_STEP_MOUNT, target,
            clinux_utimensat(
                goal, name, status.modified_seconds, status.modified_nanoseconds, status.modified_seconds,
                status.modified_nanoseconds))
    }

    private static func file(_ name: CString, from source: Int32, to goal: Int32, _ target: CString) throws(Failure) {
        let from = try check(SHIM_STEP_MOUNT, target, clinux_openat2(source, name, CLINUX_O_RDONLY, 0, inside))
        defer { _ = clinux_close(from) }
        let flags = CLINUX_O_WRONLY | CLINUX_O_CREAT | CLINUX_O_EXCL
        let to = try check(SHIM_STEP_MOUNT, target, clinux_openat2(goal, name, flags, 0o600, inside))
        defer { _ = clinux_close(to) }
        try withUnsafeTemporaryAllocation(byteCount: copyRoom, alignment: 8) { room throws(Failure) in
            while true {
                let count = try check(SHIM_STEP_MOUNT, target, clinux_read(from, room.baseAddress, room.count))
                if count == 0 { return }
                var done = 0
                while done < Int(count) {
                    let written = clinux_write(to, room.baseAddress.map { $0 + done }, Int(count) - done)
                    done += Int(try check(SHIM_STEP_MOUNT, target, written))
                }
            }
        }
    }

    private static func link(_ name: CString, from source: Int32, to goal: Int32, _ target: CString) throws(Failure) {
        try withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4097) { room throws(Failure) in
            guard let base = room.baseAddress else { return }
            let length = try check(SHIM_STEP_MOUNT, target, clinux_readlinkat(source, name, base, 4096))
            room[Int(length)] = 0
            try check(SHIM_STEP_MOUNT, target, clinux_symlinkat(base, goal, name))
        }
    }
}
