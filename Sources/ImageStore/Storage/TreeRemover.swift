import CLinux
import Glibc
import OCI

/// Removes folders with all in them, however deep and wide, without following links.
public enum TreeRemover {
    /// How many folders are open at once; deeper ones are first moved up.
    private static let maximumDepth = 64

    /// Removes what stands under `name`; nothing there is fine.
    static func remove(_ name: [UInt8], in folder: FileDescriptor) throws(OCIError) {
        if try unlink(name, in: folder) { return }
        var lifted: [[UInt8]] = []
        try removeFolder(name, in: folder, depth: 0, top: folder, lifted: &lifted)
        // Folders that were too deep have been moved beside the top one.
        while let next = lifted.popLast() {
            try removeFolder(next, in: folder, depth: 0, top: folder, lifted: &lifted)
        }
    }

    /// Removes a path that is the store's own.
    public static func remove(path: String) throws(OCIError) {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let parent: FileDescriptor
        do { parent = try FileDescriptor.directory(String(path[..<slash])) } catch {
            guard error.errno == ENOENT else { throw error }
            return
        }
        try remove(Array(path[path.index(after: slash)...].utf8), in: parent)
    }

    /// The names in a folder.
    static func names(in folder: FileDescriptor) throws(OCIError) -> [[UInt8]] {
        let copy = try SystemCall.check(
            clinux_openat2(folder.number, ".", CLINUX_O_DIRECTORY, 0, 0), "list a folder")
        guard let stream = fdopendir(copy) else {
            let number = errno
            clinux_close(copy)
            throw SystemCall.error(number, "list a folder")
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
        }
        return names
    }

    /// Unlinks; false where it is a folder.
    private static func unlink(_ name: [UInt8], in folder: FileDescriptor) throws(OCIError) -> Bool {
        let answer = name.withTerminator { clinux_unlinkat(folder.number, $0, 0) }
        switch answer {
        case 0, -ENOENT: return true
        case -EISDIR, -EPERM: return false
        default:
            try SystemCall.check(answer, "remove \"\(String(decoding: name, as: UTF8.self))\"")
            return true
        }
    }

    private static func removeFolder(
        _ name: [UInt8], in parent: FileDescriptor, depth: Int, top: FileDescriptor, lifted: inout [[UInt8]]
    ) throws(OCIError) {
        let shown = String(decoding: name, as: UTF8.self)
        let flags = CLINUX_O_DIRECTORY | CLINUX_O_NOFOLLOW
        let opened = name.withTerminator { clinux_openat2(parent.number, $0, flags, 0, 0) }
        if opened == -ENOENT { return }
        let folder = FileDescriptor(try SystemCall.check(opened, "open \"\(shown)\" to remove it"))
        for child in try names(in: folder) where try !unlink(child, in: folder) {
            if depth < maximumDepth {
                try removeFolder(child, in: folder, depth: depth + 1, top: top, lifted: &lifted)
            } else {
                let place = Array(".removed-\(UInt64.random(in: 0...UInt64.max))".utf8)
                let moved = child.withTerminator { child in
                    place.withTerminator { clinux_renameat(folder.number, child, top.number, $0) }
                }
                try SystemCall.check(moved, "remove \"\(shown)\"")
                lifted.append(place)
            }
        }
        try SystemCall.check(
            name.withTerminator { clinux_unlinkat(parent.number, $0, 1) }, "remove \"\(shown)\"")
    }
}
