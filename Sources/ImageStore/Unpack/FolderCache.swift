import CLinux
import Glibc
import OCI

/// The folders that an archive's entries stand in, kept open: archives name the files of a folder one after the other.
struct FolderCache {
    private let root: FileDescriptor
    private var open: [[UInt8]: FileDescriptor] = [:]
    private static let room = 32

    init(root: FileDescriptor) { self.root = root }

    /// The folder a path stands in; missing ones are made with mode 0755 for root, as docker makes them.
    mutating func open(_ path: EntryPath, shown: String) throws(OCIError) -> FileDescriptor {
        if let folder = try existing(path) { return folder }
        var folder = root
        var prefix: [UInt8] = []
        for component in path.components.dropLast() {
            if !prefix.isEmpty { prefix.append(UInt8(ascii: "/")) }
            prefix += component
            if let next = try resolve(prefix, shown: shown) {
                folder = next
                continue
            }
            let name = Array(component)
            let answer = name.withTerminator { clinux_mkdirat(folder.number, $0, 0o755) }
            // A dangling link stands there: docker fails here too, for it cannot make the folder.
            try SystemCall.check(answer, "make the folders of \"\(shown)\"")
            try SystemCall.check(
                name.withTerminator { clinux_fchmodat(folder.number, $0, 0o755) }, "make the folders of \"\(shown)\"")
            guard let next = try resolve(prefix, shown: shown) else {
                throw SystemCall.error(ENOENT, "open the folders of \"\(shown)\"")
            }
            folder = next
        }
        keep(folder, as: path.parent)
        return folder
    }

    /// The folder a path stands in, or nil where there is none.
    mutating func existing(_ path: EntryPath) throws(OCIError) -> FileDescriptor? {
        let key = path.parent
        guard !key.isEmpty else { return root }
        if let folder = open[key] { return folder }
        guard let folder = try resolve(key, shown: String(decoding: path.joined, as: UTF8.self)) else { return nil }
        keep(folder, as: key)
        return folder
    }

    /// Forgets all folders, since one has been removed or replaced.
    mutating func forget() { open.removeAll(keepingCapacity: true) }

    private mutating func keep(_ folder: FileDescriptor, as key: [UInt8]) {
        if open.count >= Self.room { forget() }
        open[key] = folder
    }

    private func resolve(_ path: [UInt8], shown: String) throws(OCIError) -> FileDescriptor? {
        let flags = CLINUX_O_PATH | CLINUX_O_DIRECTORY
        let answer = path.withTerminator {
            clinux_openat2(root.number, $0, flags, 0, FileDescriptor.resolveInRoot)
        }
        if answer == -ENOENT { return nil }
        return FileDescriptor(try SystemCall.check(answer, "open the folder of \"\(shown)\""))
    }
}
