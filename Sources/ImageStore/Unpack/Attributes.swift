import CLinux
import Glibc
import OCI

/// Owner, mode, extended attributes and times of what an entry made; on the name itself, never through a link.
enum Attributes {
    /// Sets all of them, in the order in which the kernel does not undo one by another.
    static func apply(_ entry: TarEntry, _ parent: FileDescriptor, _ name: [UInt8]) throws(OCIError) {
        var isLink = false
        var isOwned = false
        if case .symbolicLink = entry.kind { isLink = true }
        if entry.kind.isHardLink {
            let status = try FileStatus(name, in: parent)
            // A symbolic link has what its own entry said.
            if status.isSymbolicLink { return }
            isOwned = status.uid == entry.uid && status.gid == entry.gid
        }
        // Changing the owner drops capabilities even where nothing changes, and a second name must not cost them.
        if !isOwned {
            try check(name.withTerminator { clinux_fchownat(parent.number, $0, entry.uid, entry.gid) }, "own", entry)
        }
        for (attribute, value) in entry.extendedAttributes where isAllowed(attribute) {
            let answer = name.withTerminator { pointer in
                value.withUnsafeBytes {
                    clinux_lsetxattrat(parent.number, pointer, attribute, $0.baseAddress, $0.count)
                }
            }
            // A file system without extended attributes, and links, which have no user attributes, are passed over as
            // docker passes over them.
            if answer == -ENOTSUP || (isLink && answer == -EPERM) { continue }
            try check(answer, "set attribute \(attribute) of", entry)
        }
        if !isLink {
            try check(
                name.withTerminator { clinux_fchmodat(parent.number, $0, entry.mode & 0o7777) }, "set the mode of",
                entry)
        }
        try setTimes(entry, parent, name)
    }

    /// Sets all of them on a file that is open for writing, which needs no path to be looked up.
    static func apply(_ entry: TarEntry, _ file: FileDescriptor) throws(OCIError) {
        try check(clinux_fchown(file.number, entry.uid, entry.gid), "own", entry)
        for (attribute, value) in entry.extendedAttributes where isAllowed(attribute) {
            let answer = value.withUnsafeBytes {
                clinux_fsetxattr(file.number, attribute, $0.baseAddress, $0.count)
            }
            if answer == -ENOTSUP { continue }
            try check(answer, "set attribute \(attribute) of", entry)
        }
        try check(clinux_fchmod(file.number, entry.mode & 0o7777), "set the mode of", entry)
        let (seconds, nanoseconds) = time(of: entry)
        try check(
            clinux_futimens(file.number, seconds, nanoseconds, seconds, nanoseconds), "set the times of", entry)
    }

    /// Sets access and modification time.
    static func setTimes(_ entry: TarEntry, _ parent: FileDescriptor, _ name: [UInt8]) throws(OCIError) {
        let (seconds, nanoseconds) = time(of: entry)
        try check(
            name.withTerminator {
                clinux_utimensat(parent.number, $0, seconds, nanoseconds, seconds, nanoseconds)
            }, "set the times of", entry)
    }

    /// Docker puts times before 1970 to its start.
    private static func time(of entry: TarEntry) -> (seconds: Int64, nanoseconds: UInt32) {
        entry.modificationTime < 0 ? (0, 0) : (entry.modificationTime, entry.modificationNanoseconds)
    }

    /// Attributes that an image may bring: capabilities of files and the user's own. Others belong to the host's
    /// security modules or steer overlay itself (`trusted.overlay.redirect` would lead out of the layer).
    static func isAllowed(_ attribute: String) -> Bool {
        attribute == "security.capability"
            || (attribute.hasPrefix("user.") && !attribute.hasPrefix("user.overlay."))
    }

    private static func check(_ answer: Int32, _ what: String, _ entry: TarEntry) throws(OCIError) {
        try SystemCall.check(answer, "\(what) \"\(entry.path)\"")
    }
}
