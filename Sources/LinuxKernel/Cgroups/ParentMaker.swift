import Glibc

/// Makes our parent in one hierarchy, ready to have children.
struct ParentMaker {
    let hierarchy: CgroupHierarchy

    /// - Parameter names: the path from the mount point.
    func make(_ names: [String]) throws(CgroupError) -> CgroupPlace {
        var directory = hierarchy.mountPoint
        do {
            if hierarchy.version == .v2 { try handDown(directory) }
            for name in names {
                let above = directory
                directory += "/\(name)"
                try Folder.make(directory)
                if hierarchy.version == .v2 { try handDown(directory) }
                if hierarchy.controllers.contains("cpuset"), hierarchy.version == .v1 {
                    try fillCpuset(directory, from: above)
                }
            }
        } catch {
            throw explain(error, directory)
        }
        let controllers =
            hierarchy.version == .v1
            ? hierarchy.controllers : hierarchy.controllers.filter(CgroupDriver.wanted.contains)
        return CgroupPlace(controllers: controllers, version: hierarchy.version, directory: directory)
    }

    /// Switches on for the children of a v2 cgroup what it has itself.
    private func handDown(_ directory: String) throws(SystemError) {
        let available = try words("\(directory)/cgroup.controllers")
        let already = try words("\(directory)/cgroup.subtree_control")
        let missing = CgroupDriver.wanted.filter { available.contains($0) && !already.contains($0) }
        guard !missing.isEmpty else { return }
        try SmallFile.control("\(directory)/cgroup.subtree_control", missing.map { "+\($0)" }.joined(separator: " "))
    }

    /// A v1 cpuset starts empty and lets nobody in; with `cgroup.clone_children` its children start as copies.
    private func fillCpuset(_ directory: String, from above: String) throws(SystemError) {
        for file in ["cpuset.cpus", "cpuset.mems"] where try words("\(directory)/\(file)").isEmpty {
            try SmallFile.control("\(directory)/\(file)", try words("\(above)/\(file)").joined())
        }
        try SmallFile.control("\(directory)/cgroup.clone_children", "1")
    }

    private func words(_ path: String) throws(SystemError) -> [String] {
        try SmallFile.text(path).split { $0.isWhitespace }.map(String.init)
    }

    private func explain(_ error: SystemError, _ directory: String) -> CgroupError {
        switch error.errno {
        case EROFS:
            .unusable("\(hierarchy.mountPoint) is mounted read-only; Drydock needs to write there to make \(directory)")
        case EBUSY where hierarchy.version == .v2:
            .unusable(
                "\(error); a cgroup with processes of its own cannot have limited children: choose a cgroup parent "
                    + "from the root, as \"/drydock\"")
        default: .system(error)
        }
    }
}

extension CgroupFeatures {
    /// What the files of our parent can do; the root of a hierarchy, which has fewer, says nothing.
    init(places: [CgroupPlace]) throws(SystemError) {
        func has(_ controller: String, _ v1: String, _ v2: String) -> Bool {
            guard let place = places.first(where: { $0.controllers.contains(controller) }) else { return false }
            let file = place.version == .v1 ? v1 : v2
            return !file.isEmpty && SmallFile.exists("\(place.directory)/\(file)")
        }
        func text(_ v1: String, _ v2: String) throws(SystemError) -> String {
            guard let place = places.first(where: { $0.controllers.contains("cpuset") }) else { return "" }
            return String(
                try SmallFile.text("\(place.directory)/\(place.version == .v1 ? v1 : v2)").prefix { $0 != "\n" })
        }
        memory = has("memory", "memory.limit_in_bytes", "memory.max")
        swap = has("memory", "memory.memsw.limit_in_bytes", "memory.swap.max")
        memoryReservation = has("memory", "memory.soft_limit_in_bytes", "memory.low")
        oomKillDisable = has("memory", "memory.oom_control", "")
        swappiness = has("memory", "memory.swappiness", "")
        cpuShares = has("cpu", "cpu.shares", "cpu.weight")
        cpuQuota = has("cpu", "cpu.cfs_quota_us", "cpu.max")
        cpuset = has("cpuset", "cpuset.cpus", "cpuset.cpus")
        pids = has("pids", "pids.max", "pids.max")
        blockIOWeight =
            has("blkio", "blkio.bfq.weight", "") || has("blkio", "blkio.weight", "") || has("io", "", "io.weight")
            || has("io", "", "io.bfq.weight")
        blockIOThrottle = has("blkio", "blkio.throttle.read_bps_device", "") || has("io", "", "io.max")
        freezer = has("freezer", "freezer.state", "") || places.contains { $0.version == .v2 }
        availableCPUs = try text("cpuset.effective_cpus", "cpuset.cpus.effective")
        availableMemoryNodes = try text("cpuset.effective_mems", "cpuset.mems.effective")
    }
}
