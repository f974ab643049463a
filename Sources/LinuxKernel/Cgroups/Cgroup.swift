import Glibc

/// Where our parent is in one hierarchy.
struct CgroupPlace: Sendable, Hashable {
    let controllers: [String]
    let version: CgroupVersion
    /// The parent's directory.
    let directory: String
}

/// What a process writes itself into, or is born into, to belong to a cgroup.
public struct CgroupAttachment: Sendable, Hashable {
    /// The `cgroup.procs` file of each v1 hierarchy.
    public let procsFiles: [String]
    /// The v2 directory, for clone3(2) CLONE_INTO_CGROUP; on a hybrid machine beside the v1 files.
    public let directory: String?
}

/// One cgroup of ours: the directories of one name in all hierarchies. Making a value makes nothing on the machine.
public struct Cgroup: Sendable {
    /// Its name below the parent.
    public let name: String
    let places: [CgroupPlace]
    let watcher: DescriptorWatcher

    /// How a process gets in.
    public var attachment: CgroupAttachment {
        CgroupAttachment(
            procsFiles: places.filter { $0.version == .v1 }.map { "\(directory(in: $0))/cgroup.procs" },
            directory: places.first { $0.version == .v2 }.map { directory(in: $0) })
    }

    func directory(in place: CgroupPlace) -> String { "\(place.directory)/\(name)" }

    var directories: [String] { places.map { directory(in: $0) } }

    /// The directory with a controller's files, v1 before v2.
    func directory(for controller: String) -> (path: String, version: CgroupVersion)? {
        places.first { $0.controllers.contains(controller) }.map { (directory(in: $0), $0.version) }
    }

    /// The v2 directory, with or without controllers.
    var unified: String? { places.first { $0.version == .v2 }.map { directory(in: $0) } }

    /// The directory that says which processes are inside.
    var principal: String {
        let place = places.first { $0.controllers.contains("freezer") } ?? places.first { $0.version == .v2 }
        return (place ?? places.first).map { directory(in: $0) } ?? name
    }

    /// Changes limits while it runs; what is `nil` stays.
    public func update(_ limits: ResourceLimits) throws(CgroupError) {
        try LimitWriter(cgroup: self).apply(limits)
    }

    /// The processes in it and in cgroups they made below it, in ascending order; none where it is gone.
    ///
    /// A process of another PID namespace, which has no number here, is left out.
    public func processes() throws(CgroupError) -> [Int32] {
        do {
            return try Self.members(of: principal).sorted()
        } catch {
            throw .system(error)
        }
    }

    static func members(of directory: String) throws(SystemError) -> [Int32] {
        var members: [Int32] = []
        do {
            let text = try SmallFile.text("\(directory)/cgroup.procs", limit: 64 << 20)
            members = text.split(separator: "\n").compactMap { Int32($0) }.filter { $0 > 0 }
            for child in try Folder.names(directory, onlyFolders: true) {
                members += try Self.members(of: "\(directory)/\(child)")
            }
        } catch {
            // ENODEV is the kernel's word for a control file whose cgroup has gone meanwhile.
            guard error.errno == ENOENT || error.errno == ENODEV else { throw error }
        }
        return members
    }
}
