import CLinux
import Glibc
import Synchronization

/// Makes cgroups below one parent of ours, and touches nothing outside it.
public final class CgroupDriver: Sendable {
    /// The interface that limits are set through.
    public let version: CgroupVersion
    /// What the machine can do.
    public let features: CgroupFeatures
    let places: [CgroupPlace]
    private let layout: CgroupLayout
    private let watcher: DescriptorWatcher

    /// The v2 controllers that are handed down to containers where the kernel has them.
    static let wanted = ["cpu", "cpuset", "io", "memory", "pids"]

    /// Makes the parent, in every hierarchy.
    ///
    /// - Parameter parent: as docker's `--cgroup-parent`: from the mount where it starts with `/`, else below the cgroup
    ///   this process is in.
    public init(layout: CgroupLayout, parent: String = "/drydock", watcher: DescriptorWatcher) throws(CgroupError) {
        let names = parent.split(separator: "/").map(String.init)
        guard !names.isEmpty, !names.contains("."), !names.contains("..") else {
            throw .unusable(
                "\"\(parent)\" cannot be a cgroup parent: name a path without \".\" and \"..\", as \"/drydock\"")
        }
        self.layout = layout
        self.watcher = watcher
        version = layout.version
        var places: [CgroupPlace] = []
        // Beside v1, a v2 hierarchy without controllers of ours limits nothing and counts nothing; containers are left out
        // of it, as dockerd leaves it out of what they see, since a v2 cgroup can be neither renamed nor joined for free.
        let useful = layout.hierarchies.filter { hierarchy in
            layout.version == .v2 || hierarchy.version == .v1
                || hierarchy.controllers.contains(where: Self.wanted.contains)
        }
        for hierarchy in useful {
            let own = hierarchy.ownPath.split(separator: "/").map(String.init)
            let path = parent.hasPrefix("/") ? names : own + names
            places.append(try ParentMaker(hierarchy: hierarchy).make(path))
        }
        self.places = places
        do {
            features = try CgroupFeatures(places: places)
        } catch {
            throw .system(error)
        }
    }

    /// Makes a cgroup and sets it up; when something fails nothing of it stays.
    ///
    /// One that is there already under the name is taken over as it is, since a crash may have left it.
    public func create(name: String, limits: ResourceLimits, devices: [DeviceRule]) throws(CgroupError) -> Cgroup {
        let cgroup = existing(name: name)
        do {
            try make(cgroup, in: places)
            try set(devices, of: cgroup)
            try cgroup.update(limits)
        } catch {
            discard(cgroup)
            throw error
        }
        return cgroup
    }

    /// A cgroup that was made earlier; whether it still stands shows when it is used.
    public func existing(name: String) -> Cgroup { Cgroup(name: name, places: places, watcher: watcher) }

    /// The names of all cgroups below the parent, in any hierarchy, prepared ones left out.
    public func names() throws(CgroupError) -> [String] {
        try allNames().filter { !$0.hasPrefix(Self.preparedPrefix) }.sorted()
    }

    /// The names of those that were prepared and have no name of a container's yet.
    public func preparedNames() throws(CgroupError) -> [String] {
        try allNames().filter { $0.hasPrefix(Self.preparedPrefix) }.sorted()
    }

    private static let preparedPrefix = "prepared-"

    /// Whether cgroups can be prepared: v1 lets them be renamed with processes inside, v2 does not (rename(2), EPERM).
    public var canPrepare: Bool { places.allSatisfy { $0.version == .v1 } }

    func allNames() throws(CgroupError) -> Set<String> {
        var names: Set<String> = []
        do {
            for place in places { names.formUnion(try Folder.names(place.directory, onlyFolders: true)) }
        } catch {
            throw .system(error)
        }
        return names
    }

    /// Removes the parent, in all hierarchies, with whatever is empty below it; EBUSY where something still runs there.
    public func removeParent(timeout: Duration = .seconds(10)) async throws {
        for name in try allNames() { try await existing(name: name).remove(timeout: timeout) }
        for place in places {
            let answer = clinux_unlinkat(FileFlags.currentDirectory, place.directory, 1)
            guard answer != -ENOENT else { continue }
            do {
                try SystemCall.check(answer, "remove the cgroup \(place.directory)")
            } catch {
                throw CgroupError.system(error)
            }
        }
    }

    /// The `cgroup.procs` files of the cgroups of v1 that this process is in.
    public var ownProcsFiles: [String] {
        layout.hierarchies.filter { $0.version == .v1 }.map { hierarchy in
            "\(hierarchy.mountPoint)\(hierarchy.ownPath == "/" ? "" : hierarchy.ownPath)/cgroup.procs"
        }
    }

    // MARK: Steps

    private func make(_ cgroup: Cgroup, in places: [CgroupPlace]) throws(CgroupError) {
        do {
            for place in places { try Folder.make(cgroup.directory(in: place)) }
        } catch {
            throw .system(error)
        }
    }

    private func set(_ devices: [DeviceRule], of cgroup: Cgroup) throws(CgroupError) {
        do {
            if let directory = cgroup.directory(for: "devices")?.path {
                try SmallFile.control("\(directory)/devices.deny", "a")
                for rule in devices {
                    try SmallFile.control("\(directory)/devices.\(rule.allow ? "allow" : "deny")", rule.text)
                }
            } else if let directory = cgroup.unified {
                try DeviceProgram(rules: devices).attach(to: directory)
            }
        } catch {
            throw .system(error)
        }
    }

    /// Makes a cgroup before its name is known, with the device rules that most containers have. Processes may be put in.
    public func prepare() throws(CgroupError) -> Cgroup {
        let cgroup = existing(name: Self.preparedPrefix + String(UInt64.random(in: 0...UInt64.max), radix: 16))
        do {
            try make(cgroup, in: places)
            if cgroup.directory(for: "devices") != nil { try set(.containerDefault, of: cgroup) }
        } catch {
            discard(cgroup)
            throw error
        }
        return cgroup
    }

    /// Gives a prepared cgroup its name, and what it could not have before. What a failure leaves has either name: both are
    /// to be removed once its processes have ended.
    public func finish(_ prepared: Cgroup, name: String, limits: ResourceLimits, devices: [DeviceRule])
        throws(CgroupError) -> Cgroup
    {
        let cgroup = existing(name: name)
        for place in places { try rename(prepared.directory(in: place), to: cgroup.directory(in: place)) }
        if devices != .containerDefault || cgroup.directory(for: "devices") == nil { try set(devices, of: cgroup) }
        try cgroup.update(limits)
        return cgroup
    }

    private func rename(_ from: String, to: String) throws(CgroupError) {
        do {
            let here = FileFlags.currentDirectory
            try SystemCall.check(clinux_renameat(here, from, here, to), "rename the cgroup \(from) to \(to)")
        } catch {
            throw .system(error)
        }
    }

    /// Takes back what a failure left half done; nothing has run in it.
    private func discard(_ cgroup: Cgroup) {
        for directory in cgroup.directories { clinux_unlinkat(FileFlags.currentDirectory, directory, 1) }
    }
}
