import Foundation

/// What a daemon may leave on the host, by the names that were given to it alone.
enum HostTraces {
    /// Everything of a daemon that does not run: mounts, cgroups, interfaces, tables, processes; empty is clean.
    static func left(by daemon: RuntimeDaemon) throws -> [String] {
        try mounts(under: daemon.folder) + cgroups(named: daemon.cgroupParent) + interfaces(of: daemon.bridge)
            + tables(named: daemon.bridge) + processes(of: daemon)
    }

    private static func mounts(under folder: String) throws -> [String] {
        try lines("/proc/self/mountinfo").filter { $0.contains(folder) }.map { "mount \($0)" }
    }

    /// The parent itself in any hierarchy, and so everything below it.
    private static func cgroups(named parent: String) throws -> [String] {
        let top = "/sys/fs/cgroup"
        let hierarchies = try [""] + FileManager.default.contentsOfDirectory(atPath: top).map { "/" + $0 }
        return hierarchies.map { top + $0 + parent }.filter { FileManager.default.fileExists(atPath: $0) }
            .map { "cgroup \($0)" }
    }

    /// The bridge and what is plugged into it.
    private static func interfaces(of bridge: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/sys/class/net").filter { name in
            let master = try? FileManager.default.destinationOfSymbolicLink(atPath: "/sys/class/net/\(name)/master")
            return name == bridge || master?.hasSuffix("/\(bridge)") == true
        }.map { "interface \($0)" }
    }

    private static func tables(named name: String) throws -> [String] {
        guard let nft = ["/usr/sbin/nft", "/sbin/nft"].first(where: FileManager.default.isExecutableFile) else {
            return []
        }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: nft)
        process.arguments = ["list", "tables"]
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.split(separator: "\n").filter { $0.hasSuffix(" \(name)") }.map { "nftables \($0)" }
    }

    /// Processes in its cgroups, and monitors, which hold its folders open.
    private static func processes(of daemon: RuntimeDaemon) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
            guard let pid = Int32(name), pid != getpid() else { return false }
            // A process may end while it is looked at.
            if let cgroup = try? String(contentsOfFile: "/proc/\(name)/cgroup", encoding: .utf8),
                cgroup.contains(daemon.cgroupParent)
            {
                return true
            }
            let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(name)/fd")) ?? []
            return open.contains { number in
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(name)/fd/\(number)"))?
                    .hasPrefix(daemon.root) == true
            }
        }.map { "process \($0)" }
    }

    private static func lines(_ path: String) throws -> [Substring] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    }
}
