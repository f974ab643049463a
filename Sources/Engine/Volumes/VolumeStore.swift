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
        let options = try VolumeOptions(request.options ?? [:], name: name)
        let folder = "\(root)/\(name)"
        var stored = StoredVolume()
        stored.created = .now
        stored.labels = request.labels
        stored.options = request.options
        stored.isAnonymous = request.name.isEmpty
        do {
            try Folder.make(folder, mode: 0o701)
            try Folder.make("\(folder)/_data", mode: 0o755)
            try SmallFile.replace("\(folder)/volume.json", with: Array((stored.json ?? .null).text().utf8))
        } catch {
            throw EngineError(.system, "\(error)")
        }
        _ = options
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
            try TreeRemover.remove(path: "\(root)/\(volume.name)")
        } catch {
            throw EngineError(.system, "unable to remove volume \(volume.name): \(error)")
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
    /// The folder of the host that is the volume's content; nil for a folder of its own.
    var device: String?

    init(_ options: [String: String], name: String) throws(EngineError) {
        for key in options.keys.sorted() where !["type", "device", "o", "size"].contains(key) {
            throw EngineError(.invalidArgument, "create \(name): invalid option: \"\(key)\"")
        }
        let type = options["type"] ?? ""
        let flags = (options["o"] ?? "").split(separator: ",")
        guard !type.isEmpty || options["device"] != nil || !flags.isEmpty else { return }
        guard flags.contains("bind") || flags.contains("rbind"), ["", "none", "bind"].contains(type),
            let device = options["device"], device.hasPrefix("/")
        else {
            throw EngineError(
                .notImplemented,
                "create \(name): of the options of local volumes only o=bind with device=/PATH is served; use --tmpfs or "
                    + "--mount type=tmpfs for memory")
        }
        self.device = device
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
