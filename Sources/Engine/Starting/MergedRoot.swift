import CLinux
import Glibc
import LinuxKernel

/// A look at a container's file system from outside: a detached overlay mount that nobody else sees, beneath which every
/// path is resolved (`RESOLVE_IN_ROOT`), so that links of the image lead nowhere else.
struct MergedRoot: Sendable {
    private static let inRoot: UInt64 = 0x10
    private static let noMagicLinks: UInt64 = 0x02

    let folder: FileDescriptor

    /// The layers as one tree, read-only.
    ///
    /// - Parameter layers: uppermost first.
    init(layers: [String]) throws(SystemError) {
        guard layers.count > 1 else {
            folder = try FileDescriptor.directory(layers.first ?? "/proc/self/fdinfo")
            return
        }
        let context = FileDescriptor(try SystemCall.check(clinux_fsopen("overlay"), "open overlay"))
        for layer in layers {
            try SystemCall.check(clinux_fsconfig_string(context.number, "lowerdir+", layer), "add the layer \(layer)")
        }
        try SystemCall.check(clinux_fsconfig_create(context.number), "make an overlay of \(layers.count) layers")
        folder = FileDescriptor(
            try SystemCall.check(clinux_fsmount(context.number, UInt32(MountAttribute.readOnly)), "mount an overlay"))
    }

    /// The tree that a running process sees.
    init(process: Int32) throws(SystemError) {
        folder = try FileDescriptor.directory("/proc/\(process)/root")
    }

    /// A folder of the tree; nil where there is none.
    func folder(_ path: String) throws(SystemError) -> FileDescriptor? {
        try open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }

    /// A small file of the tree; nil where there is none.
    ///
    /// - Parameter version: what it was when it was opened.
    func contents(_ path: String, limit: Int, version: inout FileVersion?) throws(SystemError) -> [UInt8]? {
        guard let file = try open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) else { return nil }
        version = FileVersion(of: file)
        do { return try SmallFile.read(file, "\(path) of the container", limit: limit) } catch {
            // A folder in the place of the file is as good as no file.
            guard error.errno == EISDIR else { throw error }
            return nil
        }
    }

    private func open(_ path: String, _ flags: Int32) throws(SystemError) -> FileDescriptor? {
        let answer = clinux_openat2(
            folder.number, path, UInt64(flags), 0, Self.inRoot | Self.noMagicLinks)
        if [-ENOENT, -ENOTDIR, -ELOOP, -ENXIO].contains(answer) { return nil }
        return FileDescriptor(try SystemCall.check(answer, "open \(path) of the container"))
    }
}
