import Glibc

@testable import LinuxKernel

/// A cgroup v2 file system of ordinary files: what is written can be read back, and nothing happens.
struct FakeUnified {
    let folder: TemporaryFolder
    let driver: CgroupDriver

    static let controllers = "cpuset cpu io memory pids"

    init(_ watcher: DescriptorWatcher, existing names: [String] = ["box"]) throws {
        folder = try TemporaryFolder()
        try folder.write("cgroup.controllers", "\(Self.controllers)\n")
        try folder.write("cgroup.subtree_control", "memory\n")
        try Self.fill("drydock", in: folder)
        for name in names { try Self.fill("drydock/\(name)", in: folder) }
        let root = CgroupHierarchy(
            controllers: Self.controllers.split(separator: " ").map(String.init), mountPoint: folder.path, version: .v2,
            ownPath: "/")
        driver = try CgroupDriver(layout: CgroupLayout(hierarchies: [root]), watcher: watcher)
    }

    private static func fill(_ place: String, in folder: TemporaryFolder) throws {
        for (file, text) in [
            ("cgroup.controllers", "\(controllers)\n"), ("cgroup.subtree_control", "\n"), ("cgroup.procs", ""),
            ("cgroup.events", "populated 0\nfrozen 1\n"), ("cgroup.freeze", ""), ("cgroup.kill", ""),
            ("memory.max", "max\n"), ("memory.low", ""), ("memory.swap.max", ""), ("memory.current", "4096\n"),
            ("memory.peak", "8192\n"), ("memory.stat", "anon 1024\nfile 2048\n"),
            ("memory.events", "low 0\noom 3\noom_kill 2\n"), ("cpu.max", "max 100000\n"), ("cpu.weight", ""),
            (
                "cpu.stat",
                "usage_usec 30\nuser_usec 20\nsystem_usec 10\nnr_periods 4\nnr_throttled 2\nthrottled_usec 7\n"
            ),
            ("cpuset.cpus", ""), ("cpuset.mems", ""), ("cpuset.cpus.effective", "0-3\n"),
            ("cpuset.mems.effective", "0\n"), ("pids.max", "max\n"), ("pids.current", "3\n"), ("io.weight", ""),
            ("io.max", ""), ("io.stat", "254:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=0 dios=0\n"),
        ] { try folder.write("\(place)/\(file)", text) }
    }

    func read(_ file: String, of name: String = "box") throws -> String { try folder.read("drydock/\(name)/\(file)") }
}
