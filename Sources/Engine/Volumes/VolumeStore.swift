import ImageStore
import LinuxKernel
import Logging
import OCI
import RawJSON
import Synchronization

/// The volumes of the driver `local`: one folder each, its content in `_data`.
final class VolumeStore: Sendable {
    private let root: String
    private let volumes = Mutex<[String: Volume]>([:])
    /// Who uses the volumes that are mounted for as long as somebody does, by name.
    private let users = Mutex<[String: Set<String>]>([:])

    /// Reads what volumes there are; a folder without its record is what a killed creation left, and goes.
    init(root: String, logger: Logger) throws(EngineError) {
        self.root = root
        do {
            try Folder.make(root, mode: 0o711)
            var found: [String: Volume] = [:]
            for name in try Folder.names(root) {
                do {
                    let json = try JSONValue.parse(try SmallFile.read("\(root)/\(name)/volume.json"))
                    found[name] = try StoredVolume(json: json).volume(at: "\(root)/\(name)/_data")
                } catch {
                    logger.warning("removing the unfinished volume \(name): \(error)")
                    try TreeRemover.remove(path: "\(root)/\(name)")
                }
            }
            volumes.withLock { $0 = found }
        } catch {
            throw EngineError(.system, "\(error)")
        }
    }

    /// All, by name.
    var all: [Volume] { volumes.withLock { $0.values.sorted { $0.name < $1.name } } }

    /// One volume.
    ///
    /// - Throws: `notFound` (`get NAME: no such volume`).
    func volume(_ name: String) throws(EngineError) -> Volume {
        guard let volume = volumes.withLock({ $0[name] }) else {
            throw EngineError(.notFound, "get \(name): no such volume")
        }
        return volume
    }

    /// Makes a volume, or gives back the one of that name.
    ///
    /// - Returns: the volume, and whether it is new.
    func create(_ request: VolumeCreation) throws(EngineError) -> (volume: Volume, isNew: Bool) {
        guard request.driver.isEmpty || request.driver == "local" else {
            throw EngineError(
                .notFound,
                "error looking up volume plugin \(request.driver): plugin \"\(request.driver)\" not found")
        }
        let name = request.name.isEmpty ? Identifiers.make() : request.name
        if let known = volumes.withLock({ $0[name] }) { return (known, false) }
        try Self.check(name)
        _ = try VolumeOptions(request.options ?? [:], name: name)
        let folder = "\(root)/\(name)"
        var stored = StoredVolume()
        stored.created = .now
        stored.labels = request.labels
        stored.options = request.options
        stored.isAnonymous = request.name.isEmpty
        do {
            try Folder.make(folder, mode: 0o701)
            try Folder.make("\(folder)/_data", mode: 0o755)
            try SmallFile.replace("\(folder)/volume.json", with: (stored.json ?? .null).bytes())
        } catch {
            throw EngineError(.system, "\(error)")
        }
        let volume = stored.volume(at: "\(folder)/_data")
        return volumes.withLock { volumes in
            if let known = volumes[name] { return (known, false) }
            volumes[name] = volume
            return (volume, true)
        }
    }

    /// Removes a volume with its content.
    func remove(_ volume: Volume) throws(EngineError) {
        guard volumes.withLock({ $0.removeValue(forKey: volume.name) }) != nil else { return }
        do {
            try HostMount.unmount(volume.mountpoint)
            try TreeRemover.remove(path: "\(root)/\(volume.name)")
        } catch {
            throw EngineError(.system, "unable to remove volume \(volume.name): \(error)")
        }
    }

    /// Mounts what the volume's options name, unless another user has done so; other volumes need nothing.
    ///
    /// - Parameter user: who holds it until `unmount`: a container's ID.
    func mount(_ volume: Volume, for user: String) throws(EngineError) {
        guard let device = try VolumeOptions(volume.options ?? [:], name: volume.name).mount else { return }
        let failure: SystemError? = users.withLock { users -> SystemError? in
            if users[volume.name]?.isEmpty ?? true {
                do throws(SystemError) {
                    try HostMount.mount(
                        device.source, at: volume.mountpoint, type: device.type, options: device.options)
                } catch {
                    return error
                }
            }
            users[volume.name, default: []].insert(user)
            return nil
        }
        if let failure {
            throw EngineError(
                .system,
                "error while mounting volume '\(volume.mountpoint)': failed to mount local volume: \(failure)")
        }
    }

    /// Ends a use; after the last one what was mounted is unmounted. Who does not use it is passed over.
    func unmount(_ volume: Volume, for user: String) throws(EngineError) {
        let failure: SystemError? = users.withLock { users -> SystemError? in
            guard users[volume.name]?.remove(user) != nil, users[volume.name]?.isEmpty ?? true else { return nil }
            users[volume.name] = nil
            do throws(SystemError) { try HostMount.unmount(volume.mountpoint) } catch { return error }
            return nil
        }
        if let failure { throw EngineError(.system, "error while unmounting volume \(volume.name): \(failure)") }
    }

    /// Takes over what an earlier engine left mounted: it stays for its users, all else is unmounted.
    func recover(users found: [String: Set<String>]) throws(EngineError) {
        for volume in all {
            guard try VolumeOptions(volume.options ?? [:], name: volume.name).mount != nil else { continue }
            if let users = found[volume.name] {
                self.users.withLock { $0[volume.name] = users }
            } else {
                do { try HostMount.unmount(volume.mountpoint) } catch { throw EngineError(system: error) }
            }
        }
    }

    private static func check(_ name: String) throws(EngineError) {
        let characters = Array(name.utf8)
        guard characters.count > 1 else {
            throw EngineError(
                .invalidArgument,
                "volume name is too short, names should be at least two alphanumeric characters")
        }
        guard NameRules.isValid(name) else {
            throw EngineError(
                .invalidArgument,
                "create \(name): \"\(name)\" includes invalid characters for a local volume name, only "
                    + "\"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute "
                    + "path")
        }
    }
}

/// Options of the driver `local`, as mount(8) has them.
struct VolumeOptions: Sendable, Hashable {
    /// A file system to mount while a container uses the volume.
    struct Device: Sendable, Hashable {
        var source: String
        var type: String
        var options: String
    }

    /// The folder of the host that is the volume's content; nil for a folder of its own.
    var device: String?
    /// What is mounted over the volume's own folder; nil for nothing.
    var mount: Device?

    init(_ options: [String: String], name: String) throws(EngineError) {
        for key in options.keys.sorted() where !["type", "device", "o", "size"].contains(key) {
            throw EngineError(.invalidArgument, "create \(name): invalid option: \"\(key)\"")
        }
        guard options["size"] == nil else {
            throw EngineError(
                .invalidArgument,
                "create \(name): quota size requested but no quota support: use o=size=… with type=tmpfs")
        }
        let given = options.filter { !$0.value.isEmpty }
        guard !given.isEmpty else { return }
        for key in ["device", "type"] where given[key] == nil {
            throw EngineError(.invalidArgument, "create \(name): missing required option: \"\(key)\"")
        }
        let device = given["device"] ?? ""
        let words = (given["o"] ?? "").split(separator: ",")
        if words.contains("bind") || words.contains("rbind") {
            guard device.hasPrefix("/") else {
                throw EngineError(.invalidArgument, "create \(name): the device of a bind must be an absolute path")
            }
            self.device = device
        } else {
            mount = Device(source: device, type: given["type"] ?? "", options: given["o"] ?? "")
        }
    }
}

/// A volume's record; `volume.json` in its folder.
struct StoredVolume {
    var created = Timestamp(nanosecondsSince1970: 0)
    var labels: [String: String]?
    var options: [String: String]?
    var isAnonymous = false

    func volume(at path: String) -> Volume {
        let name = path.split(separator: "/").dropLast().last.map(String.init) ?? ""
        return Volume(
            name: name, mountpoint: path, created: created, labels: labels, options: options, isAnonymous: isAnonymous)
    }
}

extension StoredVolume: JSONRecord {
    static let fields: [JSONField<StoredVolume>] = [
        JSONField("Created", \.created),
        JSONField("Labels", \.labels),
        JSONField("Options", \.options),
        JSONField("Anonymous", \.isAnonymous),
    ]
}
