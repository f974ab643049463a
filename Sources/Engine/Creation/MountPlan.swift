import CLinux
import Glibc
import LinuxKernel

/// Which mounts a container gets, from all the ways to ask for them; later ways win over earlier ones only where docker
/// lets them (moby daemon/volumes.go, `registerMountPoints`).
struct MountPlan {
    /// A volume that is to take the image's content at a path, if it is empty.
    struct CopyUp: Sendable {
        let volume: Volume
        /// The host's folder of the volume's content.
        let content: String
        /// In the container.
        let path: String
    }

    private let volumes: VolumeStore
    private(set) var mounts: [String: StoredMount] = [:]
    /// Volumes that did not exist before.
    private(set) var newVolumes: [Volume] = []
    private(set) var copyUps: [CopyUp] = []
    /// Destinations that binds and long forms have asked for, for the check on doubles.
    private var asked: Set<String> = []

    init(volumes: VolumeStore) { self.volumes = volumes }

    /// The mounts, by destination.
    var sorted: [StoredMount] { mounts.values.sorted { $0.point.destination < $1.point.destination } }

    /// Takes another container's mounts: `name[:mode]`.
    mutating func addVolumes(from text: String, find: (String) throws(EngineError) -> Container) throws(EngineError) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard let name = parts.first else {
            throw EngineError(.invalidArgument, "malformed volumes-from specification: \(text)")
        }
        let mode = parts.count > 1 ? parts[1] : ""
        guard ["", "ro", "rw", "z", "Z", "ro,z", "ro,Z", "rw,z", "rw,Z"].contains(mode) else {
            throw EngineError(.invalidArgument, "invalid mode for volumes-from: \(mode)")
        }
        for mount in try find(name).definition.mountPoints {
            var mount = mount
            mount.isAnonymous = false
            if mode.hasPrefix("ro") { mount.point.isWritable = false }
            if !mode.isEmpty { mount.point.mode = mode }
            mounts[mount.point.destination] = mount
        }
    }

    /// Takes `source:destination[:options]`, or a destination alone.
    mutating func addBind(_ text: String) throws(EngineError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(parts.count), !parts.contains("") else {
            throw EngineError(.invalidArgument, "invalid volume specification: '\(text)'")
        }
        let destination = Paths.clean(parts.count == 1 ? parts[0] : parts[1])
        try check(parts.count == 1 ? parts[0] : parts[1], specification: text)
        let mode = parts.count == 3 ? parts[2] : ""
        let parsed: BindMode
        do { parsed = try BindMode(mode) } catch { throw EngineError(.invalidArgument, "\(error)") }
        if parts.count == 1 {
            try add(volume: VolumeCreation(), at: destination, mode: "", isWritable: true, copies: true)
        } else if parts[0].hasPrefix("/") {
            let source = Paths.clean(parts[0])
            try makeSource(source)
            var point = MountPoint(type: "bind", destination: destination)
            point.source = source
            point.mode = mode
            point.isWritable = !parsed.isReadOnly
            point.propagation = parsed.propagation?.rawValue ?? "rprivate"
            var mount = StoredMount(point: point, path: source)
            mount.isReadOnlyDeep = parsed.isReadOnly
            try insert(mount)
        } else {
            var request = VolumeCreation()
            request.name = parts[0]
            try add(
                volume: request, at: destination, mode: mode.isEmpty ? "z" : mode, isWritable: !parsed.isReadOnly,
                copies: !parsed.noCopy)
        }
    }

    /// Takes a mount in the long form; `tmpfs` is left to `Tmpfs`.
    mutating func add(_ request: MountRequest) throws(EngineError) {
        let prefix = "invalid mount config for type \"\(request.type)\": "
        guard ["bind", "volume", "tmpfs"].contains(request.type) else {
            let reason = request.type == "image" ? "image mounts are not served" : "mount type unknown"
            throw EngineError(.invalidArgument, prefix + reason)
        }
        guard !request.target.isEmpty else {
            throw EngineError(.invalidArgument, prefix + "field Target must not be empty")
        }
        guard request.target.hasPrefix("/") else {
            throw EngineError(
                .invalidArgument, prefix + "invalid mount path: '\(request.target)' mount path must be absolute")
        }
        let destination = Paths.clean(request.target)
        guard destination != "/" else {
            throw EngineError(.invalidArgument, prefix + "invalid specification: destination can't be '/'")
        }
        switch request.type {
        case "bind": try addBind(request, at: destination, prefix)
        case "volume":
            var creation = VolumeCreation()
            creation.name = request.source
            creation.driver = request.volumeOptions?.driver ?? ""
            creation.options = request.volumeOptions?.driverOptions
            creation.labels = request.volumeOptions?.labels
            try add(
                volume: creation, at: destination, mode: "z", isWritable: !request.readOnly,
                copies: !(request.volumeOptions?.noCopy ?? false), subpath: request.volumeOptions?.subpath ?? "")
        default:
            guard request.source.isEmpty else {
                throw EngineError(.invalidArgument, prefix + "field Source must not be specified")
            }
            var point = MountPoint(type: "tmpfs", destination: destination)
            point.isWritable = !request.readOnly
            var mount = StoredMount(point: point)
            mount.isLongForm = true
            mount.tmpfsOptions = TmpfsText.options(request)
            try insert(mount)
        }
    }

    private mutating func addBind(
        _ request: MountRequest, at destination: String, _ prefix: String
    ) throws(EngineError) {
        guard !request.source.isEmpty else {
            throw EngineError(.invalidArgument, prefix + "field Source must not be empty")
        }
        guard request.source.hasPrefix("/") else {
            throw EngineError(
                .invalidArgument, prefix + "invalid mount path: '\(request.source)' mount path must be absolute")
        }
        let options = request.bindOptions ?? .init()
        let source = Paths.clean(request.source)
        if !Self.exists(source) {
            guard options.createMountpoint else {
                throw EngineError(.invalidArgument, prefix + "bind source path does not exist: \(source)")
            }
            try makeSource(source)
        }
        var point = MountPoint(type: "bind", destination: destination)
        point.source = source
        point.isWritable = !request.readOnly
        point.propagation = options.propagation.isEmpty ? "rprivate" : options.propagation
        guard Propagation(rawValue: point.propagation) != nil else {
            throw EngineError(.invalidArgument, prefix + "invalid propagation mode: \(point.propagation)")
        }
        var mount = StoredMount(point: point, path: source)
        mount.isLongForm = true
        mount.isNonRecursive = options.nonRecursive
        mount.isReadOnlyDeep = request.readOnly && !options.readOnlyNonRecursive
        try insert(mount)
    }

    /// Gives every directory that asks for a volume one of its own, unless something is mounted there.
    mutating func addAnonymous(_ paths: Set<String>) throws(EngineError) {
        for path in paths.sorted() {
            let destination = Paths.clean(path)
            guard mounts[destination] == nil, !asked.contains(destination) else { continue }
            try add(volume: VolumeCreation(), at: destination, mode: "", isWritable: true, copies: true)
        }
    }

    /// Notes a tmpfs, over which no volume is made.
    mutating func addTmpfs(_ path: String) throws(EngineError) {
        guard asked.insert(Paths.clean(path)).inserted else { throw Self.double(Paths.clean(path)) }
    }

    private mutating func add(
        volume request: VolumeCreation, at destination: String, mode: String, isWritable: Bool, copies: Bool,
        subpath: String = ""
    ) throws(EngineError) {
        let (volume, isNew) = try volumes.create(request)
        if isNew { newVolumes.append(volume) }
        var point = MountPoint(type: "volume", destination: destination)
        point.name = volume.name
        point.source = volume.mountpoint
        point.driver = "local"
        point.mode = mode
        point.isWritable = isWritable
        var path = try VolumeOptions(volume.options ?? [:], name: volume.name).device ?? volume.mountpoint
        if !subpath.isEmpty { path += Paths.clean(subpath) }
        var mount = StoredMount(point: point, path: path)
        mount.isAnonymous = request.name.isEmpty
        try insert(mount)
        if copies, subpath.isEmpty { copyUps.append(CopyUp(volume: volume, content: path, path: destination)) }
    }

    private mutating func insert(_ mount: StoredMount) throws(EngineError) {
        guard asked.insert(mount.point.destination).inserted else { throw Self.double(mount.point.destination) }
        mounts[mount.point.destination] = mount
    }

    private func check(_ destination: String, specification: String) throws(EngineError) {
        guard destination.hasPrefix("/") else {
            throw EngineError(
                .invalidArgument,
                "invalid volume specification: '\(specification)': invalid mount config for type \"volume\": invalid "
                    + "mount path: '\(destination)' mount path must be absolute")
        }
        guard Paths.clean(destination) != "/" else {
            throw EngineError(
                .invalidArgument,
                "invalid volume specification: '\(specification)': invalid mount config for type \"bind\": invalid "
                    + "specification: destination can't be '/'")
        }
    }

    private static func double(_ destination: String) -> EngineError {
        EngineError(.invalidArgument, "Duplicate mount point: \(destination)")
    }

    private static func exists(_ path: String) -> Bool {
        var status = clinux_stat()
        return clinux_fstatat(AT_FDCWD, path, 1, &status) == 0
    }

    /// A bind's source that is not there becomes a folder, as docker does it for the short form.
    private func makeSource(_ path: String) throws(EngineError) {
        guard !Self.exists(path) else { return }
        var made = ""
        for part in path.split(separator: "/") {
            made += "/\(part)"
            do { try Folder.make(made, mode: 0o755) } catch {
                throw EngineError(.system, "error while creating mount source path '\(path)': \(error)")
            }
        }
    }
}

/// A long-form tmpfs as the options of `--tmpfs`.
enum TmpfsText {
    static func options(_ request: MountRequest) -> String {
        let options = request.tmpfsOptions ?? .init()
        var words: [String] = request.readOnly ? ["ro"] : []
        if options.sizeBytes > 0 { words.append("size=\(options.sizeBytes)") }
        if options.mode > 0 { words.append("mode=\(String(options.mode, radix: 8))") }
        words += (options.options ?? []).map { $0.joined(separator: "=") }
        return words.joined(separator: ",")
    }
}
