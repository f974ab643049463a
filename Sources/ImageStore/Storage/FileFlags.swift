import Glibc

/// Numbers of Linux that Swift does not see, from its uapi headers.
enum FileFlags {
    static let currentDirectory: Int32 = AT_FDCWD
    static let closeOnExec = O_CLOEXEC
    static let directory = O_DIRECTORY
    /// `O_PATH`: a place to stand on, not to read.
    static let path: Int32 = 0o10000000
    static let createNew = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC

    /// `RESOLVE_NO_MAGICLINKS | RESOLVE_IN_ROOT`: links are followed as if the folder were `/`, and never leave it.
    static let resolveInRoot: UInt64 = 0x02 | 0x10

    static let regular: UInt32 = 0o100000
    static let fifo: UInt32 = 0o010000
    static let characterDevice: UInt32 = 0o020000
    static let blockDevice: UInt32 = 0o060000
    static let directoryType: UInt32 = 0o040000
    static let symbolicLink: UInt32 = 0o120000
    static let typeMask: UInt32 = 0o170000
}
