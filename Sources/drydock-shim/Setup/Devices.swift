import CLinux
import ShimProtocol

/// Device nodes and links below /dev, made in the container's own tmpfs.
enum Devices {
    static func make(_ spec: Spec, root: Int32) throws(Failure) {
        // The modes of nodes are exact, whatever the daemon's umask is.
        let umask = clinux_umask(0)
        defer { _ = clinux_umask(UInt32(bitPattern: umask)) }
        try spec.each(SHIM_DEVICE) { record throws(Failure) in
            let device = try record.fixed(shim_device.self, SHIM_STEP_DEVICE)
            guard let path = record.string(0, after: MemoryLayout<shim_device>.size) else {
                throw Failure(SHIM_STEP_SPEC, Errno.protocolError)
            }
            try inParent(path, root: root) { parent, name throws(Failure) in
                let answer = clinux_mknodat(parent, name, device.mode, device.major, device.minor)
                if answer != -Errno.exists { try check(SHIM_STEP_DEVICE, path, answer) }
                guard device.uid != 0 || device.gid != 0 else { return }
                try check(SHIM_STEP_DEVICE, path, clinux_fchownat(parent, name, device.uid, device.gid))
            }
        }
        try spec.each(SHIM_LINK) { record throws(Failure) in
            guard let target = record.string(0), let path = record.string(1) else {
                throw Failure(SHIM_STEP_SPEC, Errno.protocolError)
            }
            try inParent(path, root: root) { parent, name throws(Failure) in
                let answer = clinux_symlinkat(target, parent, name)
                if answer != -Errno.exists { try check(SHIM_STEP_DEVICE, path, answer) }
            }
        }
    }

    /// Opens the directory a path stands in, inside the root, making it where it is absent.
    private static func inParent(
        _ path: CString, root: Int32, _ body: (Int32, CString) throws(Failure) -> Void
    ) throws(Failure) {
        let length = Text.length(path)
        var cut = length
        while cut > 0, path[cut - 1] != CChar(bitPattern: UInt8(ascii: "/")) { cut -= 1 }
        try withUnsafeTemporaryAllocation(of: CChar.self, capacity: cut + 2) { room throws(Failure) in
            for index in 0..<cut { room[index] = path[index] }
            if cut == 0 { room[0] = CChar(bitPattern: UInt8(ascii: "/")) }
            room[max(cut, 1)] = 0
            let parentPath = CString(room.baseAddress!)
            let parent = try Paths.openOrMake(parentPath, asFile: false, root: root, step: SHIM_STEP_DEVICE)
            defer { _ = clinux_close(parent) }
            try body(parent, path + cut)
        }
    }
}

/// The container's pseudo-terminal, from its own devpts.
struct Terminal {
    let main: Int32
    let secondary: Int32

    /// Opens a terminal where the spec asks for one, and puts it at /dev/console, too.
    static func open(_ spec: Spec, devpts: Int32, root: Int32) throws(Failure) -> Terminal? {
        guard spec.has(SHIM_TERMINAL) else { return nil }
        guard devpts >= 0 else { throw Failure(SHIM_STEP_TERMINAL, Errno.noDevice) }
        let ptmx = StaticText.pointer("ptmx")
        let flags = CLINUX_O_RDWR | CLINUX_O_NOFOLLOW
        let main = try check(SHIM_STEP_TERMINAL, ptmx, clinux_openat2(devpts, ptmx, flags, 0, CLINUX_RESOLVE_BENEATH))
        var secondary: Int32 = -1
        try check(SHIM_STEP_TERMINAL, ptmx, clinux_open_terminal(main, &secondary))
        if let record = spec.last(SHIM_WINDOW) {
            let size = try record.fixed(shim_resize.self, SHIM_STEP_TERMINAL)
            try check(SHIM_STEP_TERMINAL, nil, clinux_terminal_resize(main, size.rows, size.columns))
        }
        if !spec.has(SHIM_EXEC) { try mountConsole(secondary, root: root) }
        return Terminal(main: main, secondary: secondary)
    }

    /// Binds the terminal itself over /dev/console; the target is a fresh file, never a link (CVE-2025-52565).
    private static func mountConsole(_ secondary: Int32, root: Int32) throws(Failure) {
        let console = StaticText.pointer("/dev/console")
        let place = try Paths.openOrMake(
            console, asFile: true, root: root, followsLinks: false, step: SHIM_STEP_TERMINAL)
        defer { _ = clinux_close(place) }
        let tree = try check(SHIM_STEP_TERMINAL, console, clinux_open_tree(secondary, "", 1, 0))
        defer { _ = clinux_close(tree) }
        try check(SHIM_STEP_TERMINAL, console, clinux_move_mount(tree, place, ""))
    }
}

/// The working directory: made before pivot_root where the image lacks it, entered after.
enum WorkingDirectory {
    static func prepare(_ spec: Spec, root: Int32) throws(Failure) {
        guard let path = spec.last(SHIM_WORKING_DIRECTORY)?.string else { return }
        let step = SHIM_STEP_WORKING_DIRECTORY
        _ = clinux_close(try Paths.openOrMake(path, asFile: false, root: root, step: step))
    }

    /// Enters it and makes sure that it lies inside the root (CVE-2024-21626).
    static func enter(_ spec: Spec) throws(Failure) {
        let path = spec.last(SHIM_WORKING_DIRECTORY)?.string ?? StaticText.pointer("/")
        try check(SHIM_STEP_WORKING_DIRECTORY, path, clinux_chdir(path))
        let inside = try withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { room throws(Failure) -> Bool in
            let length = try check(SHIM_STEP_WORKING_DIRECTORY, path, clinux_getcwd(room.baseAddress, room.count))
            return length > 0 && room[0] == CChar(bitPattern: UInt8(ascii: "/"))
        }
        if !inside { throw Failure(SHIM_STEP_WORKING_DIRECTORY, Errno.noEntry, path) }
    }
}
