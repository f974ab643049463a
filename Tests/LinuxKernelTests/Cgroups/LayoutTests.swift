import Testing

@testable import LinuxKernel

/// Goal: cgroups are found however they are mounted. Method: texts of machines of each kind.
@Suite struct LayoutTests {
    static let v1 = """
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
        35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
        40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
        """

    @Test func v1AlsoWithoutUnified() throws {
        let layout = try CgroupLayout(
            mounts: MountTable.parse(Self.v1),
            membership: "9:name=systemd:/\n4:memory:/a/b\n3:freezer:/\n1:cpu,cpuacct:/\n0::/\n")
        #expect(layout.version == .v1 && !layout.isHybrid)
        #expect(layout.hierarchies.map(\.controllers) == [["cpu", "cpuacct"], ["memory"], ["name=systemd"]])
        #expect(layout.hierarchies[1].ownPath == "/a/b")
    }

    @Test func ownPathIsSeenFromTheMount() throws {
        let nested = """
            35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory
            36 31 0:33 / /sys/fs/cgroup/pids ro - cgroup cgroup rw,pids
            """
        let layout = try CgroupLayout(
            mounts: MountTable.parse(nested), membership: "4:memory:/docker/abc/me\n5:pids:/../../outside\n")
        #expect(layout.hierarchies.map(\.ownPath) == ["/me", "/"])
    }

    @Test func ofSeveralMountsTheWidestCounts() throws {
        let twice = """
            35 31 0:32 /part /a rw - cgroup cgroup rw,memory
            36 31 0:32 / /b rw - cgroup cgroup rw,memory
            """
        let layout = try CgroupLayout(mounts: MountTable.parse(twice), membership: "4:memory:/\n")
        #expect(layout.hierarchies.map(\.mountPoint) == ["/b"])
    }

    @Test func withoutControllersNothingWorks() {
        #expect(throws: CgroupError.self) { try CgroupLayout(mounts: [], membership: "0::/\n") }
    }

    @Test func thisMachineHasSome() throws {
        let layout = try CgroupLayout.detect()
        #expect(layout.hierarchies.contains { $0.hasControllers })
    }
}
