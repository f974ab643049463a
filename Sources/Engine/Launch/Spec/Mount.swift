import CLinux
import ShimProtocol

/// Something mounted in a container.
public struct Mount: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case filesystem(type: String, data: String, isOptional: Bool, copiesUp: Bool)
        case bind(isRecursive: Bool, readOnlyDeep: Bool, propagation: Propagation, asFile: Bool)
    }

    /// The host's path of a bind; what mountinfo names as source otherwise.
    public let source: String
    /// Where in the container; made where it is absent.
    public let target: String
    /// Its restrictions.
    public let attributes: MountAttributes
    let kind: Kind

    /// A new file system; a read-only tmpfs becomes so when all mounts and devices are made.
    ///
    /// - Parameters:
    ///   - data: options of the file system, `key=value,flag`.
    ///   - isOptional: whether a type that the kernel does not know is passed over.
    ///   - copiesUp: whether it starts with what the image has at that place.
    public static func filesystem(
        _ type: String, at target: String, source: String? = nil, attributes: MountAttributes = [], data: String = "",
        isOptional: Bool = false, copiesUp: Bool = false
    ) -> Mount {
        Mount(
            source: source ?? type, target: target, attributes: attributes,
            kind: .filesystem(type: type, data: data, isOptional: isOptional, copiesUp: copiesUp))
    }

    /// A file or directory of the host.
    ///
    /// - Parameters:
    ///   - isRecursive: whether what is mounted below the source comes along.
    ///   - readOnlyDeep: whether the attributes hold for that, too.
    ///   - asFile: whether an absent target is made as a file.
    public static func bind(
        _ source: String, at target: String, attributes: MountAttributes = [], isRecursive: Bool = true,
        readOnlyDeep: Bool = false, propagation: Propagation = .rprivate, asFile: Bool = false
    ) -> Mount {
        Mount(
            source: source, target: target, attributes: attributes,
            kind: .bind(
                isRecursive: isRecursive, readOnlyDeep: readOnlyDeep, propagation: propagation, asFile: asFile))
    }

    var record: shim_mount {
        switch kind {
        case .filesystem(_, _, let isOptional, let copiesUp):
            let options =
                (isOptional ? SHIM_MOUNT_OPTIONAL.rawValue : 0) | (copiesUp ? SHIM_MOUNT_COPY_UP.rawValue : 0)
            return shim_mount(
                kind: SHIM_MOUNT_FILESYSTEM.rawValue, options: options, attributes: attributes.rawValue, propagation: 0)
        case .bind(let isRecursive, let readOnlyDeep, let propagation, let asFile):
            let options =
                (isRecursive ? SHIM_MOUNT_RECURSIVE.rawValue : 0)
                | (readOnlyDeep ? SHIM_MOUNT_READ_ONLY_DEEP.rawValue : 0)
                | (asFile ? SHIM_MOUNT_CREATE_FILE.rawValue : 0)
            return shim_mount(
                kind: SHIM_MOUNT_BIND.rawValue, options: options, attributes: attributes.rawValue,
                propagation: propagation.flags)
        }
    }

    var typeAndData: (type: String, data: String) {
        if case .filesystem(let type, let data, _, _) = kind { return (type, data) }
        return ("", "")
    }
}

/// Restrictions of a mount (mount_setattr(2)); relatime where nothing is said of the access time.
public struct MountAttributes: OptionSet, Sendable, Hashable {
    /// MOUNT_ATTR_… bits.
    public let rawValue: UInt64

    /// A set of MOUNT_ATTR_… bits.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Nothing can be written.
    public static let readOnly = MountAttributes(rawValue: CLINUX_MOUNT_ATTR_RDONLY)
    /// set-user-ID bits and file capabilities do not count.
    public static let noSUID = MountAttributes(rawValue: CLINUX_MOUNT_ATTR_NOSUID)
    /// Device nodes do not work.
    public static let noDev = MountAttributes(rawValue: CLINUX_MOUNT_ATTR_NODEV)
    /// Nothing can be executed.
    public static let noExec = MountAttributes(rawValue: CLINUX_MOUNT_ATTR_NOEXEC)
    /// The access time is never written.
    public static let noAccessTime = MountAttributes(rawValue: CLINUX_MOUNT_ATTR_NOATIME)
    /// The access time is always written.
    public static let strictAccessTime = MountAttributes(rawValue: CLINUX_MOUNT_ATTR_STRICTATIME)
    /// Symbolic links are not followed.
    public static let noSymbolicFollow = MountAttributes(rawValue: CLINUX_MOUNT_ATTR_NOSYMFOLLOW)
}

/// Whether mounts made on one side of a bind appear on the other (mount_namespaces(7)); `r…`: below it, too.
public enum Propagation: String, Sendable, Hashable, CaseIterable {
    case `private`, rprivate, slave, rslave, shared, rshared

    var flags: UInt64 {
        switch self {
        case .private: CLINUX_MS_PRIVATE
        case .rprivate: CLINUX_MS_PRIVATE | CLINUX_MS_REC
        case .slave: CLINUX_MS_SLAVE
        case .rslave: CLINUX_MS_SLAVE | CLINUX_MS_REC
        case .shared: CLINUX_MS_SHARED
        case .rshared: CLINUX_MS_SHARED | CLINUX_MS_REC
        }
    }
}
