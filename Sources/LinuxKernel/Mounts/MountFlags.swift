/// MOUNT_ATTR_ bits (mount_setattr(2)), which `SHIM_MOUNT` records carry.
public enum MountAttribute {
    /// Nothing can be written.
    public static let readOnly: UInt64 = 0x1
    /// Set-user-ID and file capabilities have no effect.
    public static let noSetUserID: UInt64 = 0x2
    /// Device nodes cannot be opened.
    public static let noDevices: UInt64 = 0x4
    /// Nothing can be executed.
    public static let noExecute: UInt64 = 0x8
    /// Access times are never written.
    public static let noAccessTime: UInt64 = 0x10
    /// Access times are always written.
    public static let strictAccessTime: UInt64 = 0x20
    /// Access times of folders are never written.
    public static let noDirectoryAccessTime: UInt64 = 0x80
    /// Symbolic links are not followed.
    public static let noSymbolicLinks: UInt64 = 0x200000
    /// The bits that choose how access times are written: at most one of them, none for `relatime`.
    public static let accessTimeMask: UInt64 = 0x70
}

/// How mounts made later travel between a mount and its copies (mount_namespaces(7)).
public enum Propagation: String, Sendable, Hashable, CaseIterable {
    case `private`, rprivate, shared, rshared, slave, rslave

    /// Whether it goes for the mounts below, too.
    public var isRecursive: Bool { rawValue.hasPrefix("r") }

    /// MS_PRIVATE, MS_SHARED or MS_SLAVE, with MS_REC where it is recursive.
    public var flags: UInt64 {
        let base: UInt64 =
            switch self {
            case .private, .rprivate: 1 << 18
            case .slave, .rslave: 1 << 19
            case .shared, .rshared: 1 << 20
            }
        return base | (isRecursive ? 1 << 14 : 0)
    }
}

/// A mount option that docker refuses, in its words.
public struct MountOptionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// `invalid mode: foo`.
    public let message: String
    /// The message.
    public var description: String { message }

    init(_ message: String) { self.message = message }
}
