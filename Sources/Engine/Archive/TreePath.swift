import CLinux
import Glibc
import LinuxKernel

/// A path within a container, as `GET /containers/{id}/archive` takes it: from the root on, with or without a slash.
struct TreePath: Hashable {
    /// The path with `.`, `..` and doubled slashes resolved by text; starts with `/`, ends in none but the root's own.
    let clean: String
    /// Whether it ended in `/` or `/.`, and so means the folder behind a link.
    let meansFolder: Bool
    /// Whether its last component is a dot, slashes behind it or not.
    let endsInDot: Bool
    /// The last component as docker shows it: `.` where the path ended in one, `/` for the root.
    let name: String

    init(_ path: String) {
        var components: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = components.popLast() } else { components.append(part) }
        }
        clean = "/" + components.joined(separator: "/")
        endsInDot = path.split(separator: "/").last == "."
        meansFolder = endsInDot || path.hasSuffix("/") || components.isEmpty
        name = endsInDot && !components.isEmpty ? "." : components.last.map(String.init) ?? "/"
    }

    /// The folder that the last component stands in.
    var parent: String { String(clean[..<(clean.lastIndex(of: "/") ?? clean.startIndex)]) }
    /// The last component; empty for the root.
    var last: String { String(clean[clean.index(after: clean.lastIndex(of: "/") ?? clean.startIndex)...]) }
}

/// A container's tree of files, beneath which everything is looked up: no path and no link leads out of it.
struct TreeRoot: Sendable {
    /// The root folder, opened with O_PATH.
    let descriptor: FileDescriptor

    /// RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS (openat2(2)): a link in /proc could lead into another tree.
    private static let resolve: UInt64 = 0x10 | 0x02
    /// O_PATH, which Glibc's module does not have.
    static let pathOnly: Int32 = 0o10000000

    /// Opens a file or folder, following links within the tree.
    func open(_ path: String, flags: Int32) throws(SystemError) -> FileDescriptor {
        let relative = path.drop { $0 == "/" }
        let number = clinux_openat2(
            descriptor.number, relative.isEmpty ? "." : String(relative), UInt64(flags | O_CLOEXEC), 0, Self.resolve)
        return FileDescriptor(try SystemCall.check(number, "open \(path)"))
    }

    /// A place to look at, not to read; a link itself where it stands at the end and is not to be followed.
    func place(_ path: TreePath) throws(SystemError) -> FileDescriptor {
        let flags = UInt64(Self.pathOnly | O_CLOEXEC)
        let relative = path.clean.dropFirst()
        let last = path.meansFolder ? UInt64(O_DIRECTORY) : UInt64(O_NOFOLLOW)
        let number = clinux_openat2(
            descriptor.number, relative.isEmpty ? "." : String(relative), flags | last, 0, Self.resolve)
        return FileDescriptor(try SystemCall.check(number, "open \(path.clean)"))
    }

    /// Where a path ends once every link is followed, by text; what is missing on the way is taken as it is written.
    ///
    /// - Throws: ELOOP after 255 links.
    func destination(of path: String) throws(SystemError) -> String {
        var pending = path.split(separator: "/").map(String.init)
        var resolved: [String] = []
        var links = 0
        pending.reverse()
        while let part = pending.popLast() {
            if part == "." { continue }
            if part == ".." {
                _ = resolved.popLast()
                continue
            }
            resolved.append(part)
            guard let target = try link("/" + resolved.joined(separator: "/")) else { continue }
            links += 1
            guard links < 256 else { throw SystemError(action: "resolve \(path)", errno: ELOOP) }
            if target.hasPrefix("/") { resolved = [] } else { resolved.removeLast() }
            pending += target.split(separator: "/").reversed().map(String.init)
        }
        return "/" + resolved.joined(separator: "/")
    }

    private func link(_ path: String) throws(SystemError) -> String? {
        let place: FileDescriptor
        do { place = try self.place(TreePath(path)) } catch {
            guard error.errno == ENOENT || error.errno == ENOTDIR else { throw error }
            return nil
        }
        return try Links.target(of: place, shown: path)
    }
}

/// Reads symbolic links that are open as places.
enum Links {
    /// The target; nil where it is no link.
    static func target(of place: FileDescriptor, shown: String) throws(SystemError) -> String? {
        try bytes(of: place, name: .itself, shown: shown).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The target of a name in a folder, as it is stored; nil where it is no link.
    static func bytes(of folder: FileDescriptor, name: FileName, shown: String) throws(SystemError) -> [UInt8]? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlinkat(folder.number, name.terminated, &buffer, buffer.count)
        guard count >= 0 else {
            // Without a name, ENOENT is what readlinkat(2) says of an open file that is no link.
            if errno == EINVAL || (errno == ENOENT && name.isEmpty) { return nil }
            throw SystemError(action: "read the link \(shown)", errno: errno)
        }
        return buffer[..<count].map { UInt8(bitPattern: $0) }
    }
}
