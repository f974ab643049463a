import CLinux
import ShimProtocol

/// Reaching and making places inside a root that an image controls: no step ever follows a link out of it.
enum Paths {
    /// Opens a place as O_PATH below the root, links resolved as the container would; `nil` where it is absent.
    ///
    /// - Throws: ELOOP where a link is in the way and links are not followed.
    static func open(
        _ path: CString, root: Int32, followsLinks: Bool = true, step: shim_step
    ) throws(Failure) -> Int32? {
        let resolve =
            CLINUX_RESOLVE_IN_ROOT | (followsLinks ? CLINUX_RESOLVE_NO_MAGICLINKS : CLINUX_RESOLVE_NO_SYMLINKS)
        let answer = clinux_openat2(root, path, CLINUX_O_PATH, 0, resolve)
        if answer == -Errno.noEntry || answer == -Errno.notDirectory { return nil }
        return try check(step, path, answer)
    }

    /// Opens a place below the root, making what is absent on the way: directories with mode 0755, and the place
    /// itself as an empty file or a directory.
    static func openOrMake(
        _ path: CString, asFile: Bool, root: Int32, followsLinks: Bool = true, step: shim_step
    ) throws(Failure) -> Int32 {
        if let found = try open(path, root: root, followsLinks: followsLinks, step: step) { return found }
        let length = Text.length(path)
        if try makeLast(path, length, asFile: asFile, root: root, step: step),
            let made = try open(path, root: root, followsLinks: followsLinks, step: step)
        {
            return made
        }
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
            guard let made = try open(path, root: root, followsLinks: followsLinks, step: step) else {
                throw Failure(step, Errno.noEntry, path)
            }
            return made
        }
    }

    /// Makes the last component where its parent is there, as it mostly is; `false` where it is not.
    private static func makeLast(
        _ path: CString, _ length: Int, asFile: Bool, root: Int32, step: shim_step
    ) throws(Failure) -> Bool {
        var start = length
        while start > 0, path[start - 1] != slash { start -= 1 }
        // Without a parent, or with a slash behind the name, the walk knows better.
        guard start > 1, start < length else { return false }
        let parent = try withUnsafeTemporaryAllocation(of: CChar.self, capacity: start) {
            room throws(Failure) -> Int32? in
            for index in 0..<start - 1 { room[index] = path[index] }
            room[start - 1] = 0
            guard let base = room.baseAddress else { return nil }
            return try open(CString(base), root: root, step: step)
        }
        guard let parent else { return false }
        defer { _ = clinux_close(parent) }
        try make(CString(path + start), in: parent, asFile: asFile, path, step: step)
        return true
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
        try make(CString(prefix + parentEnd), in: parent, asFile: asFile, CString(prefix), step: step)
    }

    private static func make(
        _ name: CString, in parent: Int32, asFile: Bool, _ path: CString, step: shim_step
    ) throws(Failure) {
        if asFile {
            let flags = CLINUX_O_WRONLY | CLINUX_O_CREAT | CLINUX_O_EXCL | CLINUX_O_NOFOLLOW
            let file = clinux_openat2(parent, name, flags, 0o644, CLINUX_RESOLVE_BENEATH | CLINUX_RESOLVE_NO_SYMLINKS)
            if file == -Errno.exists { return }
            _ = clinux_close(try check(step, path, file))
        } else {
            let answer = clinux_mkdirat(parent, name, 0o755)
            if answer != -Errno.exists { try check(step, path, answer) }
        }
    }

    private static var rootPath: CString { StaticText.pointer("/") }
}
