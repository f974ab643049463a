import Glibc

/// A Unix socket to listen on, in the file system with its mode and group.
enum UnixSocket {
    /// Groups that docker's users are in, the first that exists is taken.
    private static let usualGroups = ["docker", "drydock"]

    /// Binds a path; a socket that nobody answers on any more is replaced.
    ///
    /// - Returns: the descriptor, not yet listening.
    /// - Throws: `ListenFault` where a daemon answers there, the path is no socket, or the group does not exist.
    static func bind(_ path: String, group: String?) throws(ListenFault) -> CInt {
        let owner = try groupID(group)
        try removeStale(path)
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw fault("cannot make a socket", path) }
        // The mode of the descriptor is that of the file, so that nobody gets in before the group is set.
        guard fchmod(descriptor, 0o600) == 0, bind(descriptor, path) == 0 else {
            let fault = fault("cannot listen on", path)
            close(descriptor)
            throw fault
        }
        if let owner, chown(path, uid_t.max, owner) != 0 {
            let fault = fault("cannot give the group the socket", path)
            close(descriptor)
            unlink(path)
            throw fault
        }
        guard chmod(path, 0o660) == 0 else {
            let fault = fault("cannot set the mode of", path)
            close(descriptor)
            unlink(path)
            throw fault
        }
        return descriptor
    }

    /// Whether somebody answers at a path.
    static func isAnswered(_ path: String) -> Bool {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return withAddress(path) { Glibc.connect(descriptor, $0, $1) } == 0
    }

    /// Takes the socket out of the file system; that it is already gone is no fault.
    static func remove(_ path: String) { unlink(path) }

    /// Whether nothing that is in use stands at a path.
    ///
    /// - Returns: whether an old socket does.
    @discardableResult
    static func check(_ path: String) throws(ListenFault) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else { return false }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw ListenFault("\(path) exists and is no socket: remove it, or listen elsewhere with --host")
        }
        guard !isAnswered(path) else {
            throw ListenFault(
                "a daemon already answers at \(path): stop it (`drydock daemon --stop`), or listen elsewhere with --host"
            )
        }
        return true
    }

    private static func removeStale(_ path: String) throws(ListenFault) {
        guard try check(path) else { return }
        guard unlink(path) == 0 else { throw fault("cannot remove the old socket", path) }
    }

    private static func groupID(_ name: String?) throws(ListenFault) -> gid_t? {
        if let name {
            if let number = gid_t(name) { return number }
            guard let id = lookUp(name) else {
                throw ListenFault("there is no group \(name) for the socket: make it, or name another with --group")
            }
            return id
        }
        return usualGroups.lazy.compactMap(lookUp).first
    }

    private static func lookUp(_ name: String) -> gid_t? {
        var entry = group()
        var found: UnsafeMutablePointer<group>?
        var buffer = [CChar](repeating: 0, count: 64 * 1024)
        guard getgrnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
        return entry.gr_gid
    }

    private static func bind(_ descriptor: CInt, _ path: String) -> CInt {
        withAddress(path) { Glibc.bind(descriptor, $0, $1) }
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { room in
            guard path.utf8.count < room.count else { return false }
            room.copyBytes(from: path.utf8)
            return true
        }
        guard fits else {
            errno = ENAMETOOLONG
            return -1
        }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func fault(_ what: String, _ path: String) -> ListenFault {
        ListenFault("\(what) \(path): \(String(cString: strerror(errno)))")
    }
}

/// Whether a daemon answers on a socket.
public enum SocketProbe {
    /// Whether somebody accepts connections there.
    public static func isAnswered(_ path: String) -> Bool { UnixSocket.isAnswered(path) }
}
