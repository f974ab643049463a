import CLinux
import Glibc
import LinuxKernel
import RawJSON

/// What must be the same after a restart, in `network.json` of the state directory.
struct NetworkState: Sendable, Hashable {
    /// A network's identifier and age.
    struct Identity: Sendable, Hashable {
        var id: String
        var createdNanoseconds: Int64
    }

    static let fileName = "network.json"
    private static let mostBytes = 1 << 20

    /// The range in use.
    var subnet: IPv4Network?
    /// The IPv6 range, drawn once.
    var ipv6: IPv6Network?
    /// By network name: `bridge`, `host`, `none`.
    var identities: [String: Identity] = [:]
    /// The interfaces that were there when forwarding was turned on, by `Ruleset.Family.suffix`; absent where it was on.
    var unforwarded: [String: [String]] = [:]

    /// Reads the file; the state of a new network where there is none.
    static func load(from directory: String) throws(NetworkError) -> NetworkState {
        let path = "\(directory)/\(fileName)"
        let number = clinux_openat2(AT_FDCWD, path, UInt64(O_RDONLY | O_CLOEXEC), 0, 0)
        if number == -ENOENT { return NetworkState() }
        let bytes = try NetworkError.system { () throws(SystemError) in
            let file = FileDescriptor(try SystemCall.check(number, "open \(path)"))
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 16_384)
            while bytes.count < mostBytes {
                let count = chunk.withUnsafeMutableBytes { clinux_read(file.number, $0.baseAddress, $0.count) }
                guard try SystemCall.check(count, "read \(path)") > 0 else { break }
                bytes += chunk.prefix(Int(count))
            }
            return bytes
        }
        do {
            return NetworkState(decoding: try JSONValue.parse(bytes))
        } catch {
            throw NetworkError(.system, "\(path) is no JSON document (\(error)): remove it to start anew")
        }
    }

    /// Writes the file in one step.
    func save(to directory: String) throws(NetworkError) {
        let path = "\(directory)/\(Self.fileName)"
        let bytes = encoded().bytes(.pretty)
        try NetworkError.system { () throws(SystemError) in
            try Self.makeDirectory(directory)
            let flags = UInt64(O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC)
            let file = FileDescriptor(
                try SystemCall.check(clinux_openat2(AT_FDCWD, path + ".new", flags, 0o600, 0), "open \(path).new"))
            let count = bytes.withUnsafeBytes { clinux_write(file.number, $0.baseAddress, $0.count) }
            guard try SystemCall.check(count, "write \(path).new") == bytes.count else {
                throw SystemError(action: "write \(path).new", errno: ENOSPC)
            }
            try SystemCall.check(clinux_fdatasync(file.number), "write out \(path).new")
            try SystemCall.check(
                clinux_renameat(AT_FDCWD, path + ".new", AT_FDCWD, path), "rename \(path).new to \(path)")
        }
    }

    /// Removes the file.
    static func remove(from directory: String) throws(NetworkError) {
        try NetworkError.system { () throws(SystemError) in
            let answer = clinux_unlinkat(AT_FDCWD, "\(directory)/\(fileName)", 0)
            if answer != -ENOENT { try SystemCall.check(answer, "remove \(directory)/\(fileName)") }
        }
    }

    private static func makeDirectory(_ path: String) throws(SystemError) {
        var made = ""
        for part in path.split(separator: "/") {
            made += (made.isEmpty && !path.hasPrefix("/") ? "" : "/") + part
            let answer = clinux_mkdirat(AT_FDCWD, made, 0o700)
            if answer != -EEXIST { try SystemCall.check(answer, "make the directory \(made)") }
        }
    }

    private func encoded() -> JSONValue {
        var object = JSONObject()
        if let subnet { object["subnet"] = .string(subnet.description) }
        if let ipv6 { object["ipv6Subnet"] = .string(IPAddress(bytes: ipv6.base).description) }
        object["networks"] = .object(
            JSONObject(
                members: identities.sorted { $0.key < $1.key }.map { name, identity in
                    .init(
                        name: name,
                        value: [
                            "id": .string(identity.id),
                            "createdNanoseconds": .number(JSONNumber(identity.createdNanoseconds)),
                        ])
                }))
        object["unforwarded"] = .object(
            JSONObject(
                members: unforwarded.sorted { $0.key < $1.key }.map { family, names in
                    .init(name: family, value: .array(names.map { .string($0) }))
                }))
        return .object(object)
    }

    init() {}

    private init(decoding value: JSONValue) {
        subnet = value["subnet"]?.string.flatMap(IPv4Network.init)
        ipv6 = value["ipv6Subnet"]?.string.flatMap(IPv6Network.init)
        for member in value["networks"]?.object?.members ?? [] {
            guard let id = member.value["id"]?.string, let created = member.value["createdNanoseconds"]?.int64 else {
                continue
            }
            identities[member.name] = Identity(id: id, createdNanoseconds: created)
        }
        for member in value["unforwarded"]?.object?.members ?? [] {
            unforwarded[member.name] = member.value.array?.compactMap(\.string)
        }
    }
}
