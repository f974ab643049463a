import CLinux
import Glibc
import Testing

@testable import LinuxKernel

/// The cgroups of this machine, below a parent that one test has to itself.
struct RealCgroups {
    let driver: CgroupDriver
    let watcher: DescriptorWatcher

    /// Why tests on real cgroups cannot run here; `nil` where they can.
    static let obstacle: String? = {
        if geteuid() != 0 { return "needs root" }
        do {
            let layout = try CgroupLayout.detect()
            guard layout.hierarchies.allSatisfy({ access($0.mountPoint, W_OK) == 0 }) else {
                return "the cgroup file systems are read-only here"
            }
            return nil
        } catch {
            return "\(error)"
        }
    }()

    static var has: Bool { obstacle == nil }
    static var comment: Comment { Comment(rawValue: obstacle ?? "") }

    /// - Parameter onlyUnified: leave v1 aside, so that v2 has to do everything.
    static func with(
        onlyUnified: Bool = false, _ body: (RealCgroups) async throws -> Void
    ) async throws {
        var layout = try CgroupLayout.detect()
        if onlyUnified { layout = CgroupLayout(hierarchies: layout.hierarchies.filter { $0.version == .v2 }) }
        let watcher = try DescriptorWatcher()
        let parent = "/drydock-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        let driver = try CgroupDriver(layout: layout, parent: parent, watcher: watcher)
        let real = RealCgroups(driver: driver, watcher: watcher)
        do {
            try await body(real)
        } catch {
            try await real.clean()
            throw error
        }
        try await real.clean()
    }

    private func clean() async throws {
        for name in try driver.allNames() {
            let cgroup = driver.existing(name: name)
            try await cgroup.thaw()
            try await cgroup.killAll()
        }
        try await driver.removeParent()
        for place in driver.places { #expect(!SmallFile.exists(place.directory)) }
    }

    /// A process inside, running a shell command once it is there.
    func start(_ command: String, in cgroup: Cgroup) throws -> SpawnedProcess {
        let files = cgroup.attachment.procsFiles + (cgroup.attachment.directory.map { ["\($0)/cgroup.procs"] } ?? [])
        let entries = files.map { "echo $$ > \($0)" }.joined(separator: " && ")
        return try SpawnedProcess(shell: "\(entries) && exec \(command)")
    }

    /// Waits until as many processes are inside.
    func wait(for count: Int, in cgroup: Cgroup) async throws {
        let deadline = ContinuousClock.now.advanced(by: .seconds(30))
        // In every hierarchy, since a process joins them one after the other.
        func isSo() throws -> Bool {
            try cgroup.directories.allSatisfy { try Cgroup.members(of: $0).count == count }
        }
        while try !isSo(), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(2))
        }
        #expect(try cgroup.processes().count == count)
    }
}
