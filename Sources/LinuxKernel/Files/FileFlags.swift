import Glibc

/// Numbers of Linux that Swift does not see, from its uapi headers.
enum FileFlags {
    static let currentDirectory: Int32 = AT_FDCWD
    /// `O_PATH`: a place to stand on, not to read.
    static let path: Int32 = 0o10000000

    static let read = O_RDONLY | O_CLOEXEC
    static let directory = O_RDONLY | O_DIRECTORY | O_CLOEXEC
    /// The kernel's own control files ignore the truncation; a file that stands for one in a test needs it.
    static let control = O_WRONLY | O_TRUNC | O_CLOEXEC
    static let createNew = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    static let writeCreate = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC
    static let readWriteCreate = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC

    static let typeMask: UInt32 = 0o170000
    static let directoryType: UInt32 = 0o040000
}
