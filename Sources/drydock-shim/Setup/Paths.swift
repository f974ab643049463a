import CLinux
import ShimProtocol

/// Reaching and making places inside a root that an image controls: no step ever follows a link out of it.
enum Paths {
    private static let insideRoot = Resolve.inRoot | Resolve.noMagicLinks

    /// Opens a place as O_PATH below the root, links resolved as the container would; `nil` where it is absent.
    static func open(_ path: CString, root: Int32, step: shim_step) throws(Failure) -> Int32? {
        let answer = clinux_openat2(root, path, Open.path, 0, insideRoot)
        if answer == -Errno.noEntry || answer == -Errno.notDirectory { return nil }
        return try check(step, path, answer)
    }

    /// Opens a place below the root, making what is absent on the way: directories with mode 0755, and the place
    /// itself as an empty file or a directory.
    static func openOrMake(_ path: CString, asFile: Bool, root: Int32, step: shim_step) throws(Failure) -> Int32 {
        if let found = try open(path, root: root, step: step) { return found }
        let length = Namespaces.length(path)
        // One walk with a growing prefix: every prefix is resolved by the kernel inside the root, never by us.
        return try withUnsafeTemporaryAllocation(of: CChar.self, capacity: length + 1) {
            prefix throws(Failure) -> Int32 in
            var index = 0
            while index < length {
                while index < length, path[index] == slash {
                    prefix[index] = path[index]
                    index += 1
                }
                let parentEnd = index
                while index < length, path[index] != slash {
                    prefix[index] = path[index]
                    index += 1
                }
                if index == parentEnd { break }
                prefix[index] = 0
                let isLast = onlySlashes(path, from: index, to: length)
                try make(
                    prefix.baseAddress, parentEnd: parentEnd, end: index, asFile: asFile && isLast, root: root,
                    step: step)
            }
            guard let made = try open(path, root: root, step: step) else { throw Failure(step, Errno.noEntry, path) }
            return made
        }
    }

    private static let slash = CChar(bitPattern: UInt8(ascii: "/"))

    private static func onlySlashes(_ path: CString, from start: Int, to end: Int) -> Bool {
        var index = start
        while index < end {
            if path[index] != slash { return false }
            index += 1
        }
        return true
    }

    /// Makes one component where it is absent: its parent is opened inside the root, then the bare name is made in it.
    private static func make(
        _ prefix: UnsafeMutablePointer<CChar>?, parentEnd: Int, end: Int, asFile: Bool, root: Int32, step: shim_step
    ) throws(Failure) {
        guard let prefix else { return }
        if let there = try open(prefix, root: root, step: step) {
            _ = clinux_close(there)
            return
        }
        let saved = parentEnd > 0 ? prefix[parentEnd - 1] : 0
        if parentEnd > 0 { prefix[parentEnd - 1] = 0 }
        let parentPath: CString = parentEnd > 1 ? CString(prefix) : rootPath
        let parent = try open(parentPath, root: root, step: step)
        if parentEnd > 0 { prefix[parentEnd - 1] = saved }
        guard let parent else { throw Failure(step, Errno.noEntry, prefix) }
        defer { _ = clinux_close(parent) }
        let name = CString(prefix + parentEnd)
        if asFile {
            let flags = Open.writeOnly | Open.create | Open.exclusive | Open.noFollow
            let file = clinux_openat2(parent, name, flags, 0o644, Resolve.beneath | Resolve.noSymlinks)
            if file == -Errno.exists { return }
            _ = clinux_close(try check(step, prefix, file))
        } else {
            let answer = clinux_mkdirat(parent, name, 0o755)
            if answer != -Errno.exists { try check(step, prefix, answer) }
        }
    }

    private static var rootPath: CString { StaticText.pointer("/") }
}

/// C strings that live as long as the program.
enum StaticText {
    static func pointer(_ text: StaticString) -> CString {
        UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
