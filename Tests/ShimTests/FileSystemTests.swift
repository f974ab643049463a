import Foundation
import Testing

@testable import Engine

/// Goal: a container sees what its spec mounts and reaches nothing of the host's. Method: probes in hostile images.
@Suite(.enabled(if: Machine.isRoot, Machine.why), .timeLimit(.minutes(2)))
struct FileSystemTests {
    @Test func masksCoverAndReadOnlyPathsRefuse() async throws {
        try await Sandbox.with { box in
            try box.put("lower/secret/inside", "hidden")
            try box.put("lower/plain", "hidden")
            var spec = box.spec("cat", "/plain")
            spec.maskedPaths = ["/secret", "/plain", "/proc/kcore", "/absent"]
            spec.readOnlyPaths = ["/proc/sys", "/etc", "/absent"]
            let file = try await box.run(spec)
            #expect(file.output == "" && file.status.code == 0)
            let folder = try await box.run(spec.with { $0.process.arguments = ["probe", "ls", "/secret"] })
            #expect(!folder.output.contains("inside"))
            for path in ["/etc/new", "/secret/new", "/proc/sys/kernel/domainname"] {
                let refused = try await box.run(spec.with { $0.process.arguments = ["probe", "write", path, "x"] })
                #expect(refused.status.code == 1 && refused.errors.contains("ead-only"), "\(path): \(refused.errors)")
            }
            let allowed = try await box.run(spec.with { $0.process.arguments = ["probe", "write", "/tmp/new", "x"] })
            #expect(allowed.status.code == 0)
        }
    }

    /// CVE-2025-31133: what stands at /dev/null is bound over masked files only if it is the null device.
    @Test func masksNeedTheRealNullDevice() async throws {
        try await Sandbox.with { box in
            try box.put("lower/plain", "hidden")
            var spec = box.spec("true")
            spec.maskedPaths = ["/plain"]
            spec.devices.removeAll { $0.path == "/dev/null" }
            spec.links.append(Link(target: "/proc/sys/kernel/core_pattern", path: "/dev/null"))
            try await box.expectFailure(spec, at: .mask)
        }
    }

    @Test func readOnlyRootRefusesWrites() async throws {
        try await Sandbox.with { box in
            var spec = box.spec("write", "/tmp/new", "x")
            spec.root.isReadOnly = true
            spec.mounts.append(.filesystem("tmpfs", at: "/scratch"))
            let refused = try await box.run(spec)
            #expect(refused.status.code == 1)
            let allowed = try await box.run(
                spec.with { $0.process.arguments = ["probe", "write", "/scratch/new", "x"] })
            #expect(allowed.status.code == 0)
        }
    }

    @Test func readOnlyTmpfsTakesWhatIsMountedBelowFirst() async throws {
        try await Sandbox.with { box in
            try box.put("source/file", "from the host")
            var spec = box.spec("cat", "/scratch/below/file")
            spec.mounts.append(.filesystem("tmpfs", at: "/scratch", attributes: [.readOnly]))
            spec.mounts.append(.bind(box.folder + "/source", at: "/scratch/below"))
            let read = try await box.run(spec)
            #expect(read.output == "from the host")
            let refused = try await box.run(
                spec.with { $0.process.arguments = ["probe", "write", "/scratch/new", "x"] })
            #expect(refused.status.code == 1)
        }
    }

    @Test func tmpfsCopiesUp() async throws {
        try await Sandbox.with { box in
            try box.put("lower/data/deep/file", "of the image", mode: 0o640)
            try box.link("lower/data/link", to: "deep/file")
            var spec = box.spec("cat", "/data/link")
            spec.mounts.append(.filesystem("tmpfs", at: "/data", copiesUp: true))
            let copied = try await box.run(spec)
            #expect(copied.output == "of the image")
            let list = try await box.run(spec.with { $0.process.arguments = ["probe", "ls", "/data/deep"] })
            #expect(list.output.contains("640"), "\(list.output)")
            spec.mounts.removeLast()
            spec.mounts.append(.filesystem("tmpfs", at: "/data"))
            let empty = try await box.run(spec)
            #expect(empty.status.code == 1)
        }
    }

    @Test func bindsShowTheHostAndReadOnlyOnesRefuse() async throws {
        try await Sandbox.with { box in
            try box.put("source/file", "old")
            var spec = box.spec("write", "/mnt/file", "new")
            spec.mounts.append(.bind(box.folder + "/source", at: "/mnt", attributes: [.readOnly]))
            let refused = try await box.run(spec)
            #expect(refused.status.code == 1)
            spec.mounts[spec.mounts.count - 1] = .bind(box.folder + "/source", at: "/mnt")
            let allowed = try await box.run(spec)
            #expect(allowed.status.code == 0)
            let text = try String(contentsOfFile: box.folder + "/source/file", encoding: .utf8)
            #expect(text == "new\n")
            spec.mounts[spec.mounts.count - 1] = .bind(box.folder + "/source/file", at: "/etc/hosts", asFile: true)
            let file = try await box.run(spec.with { $0.process.arguments = ["probe", "cat", "/etc/hosts"] })
            #expect(file.output == "new\n")
        }
    }

    @Test(arguments: [Propagation.rprivate, .rslave, .rshared]) func propagationIsAsAsked(kind: Propagation)
        async throws
    {
        try await Sandbox.with { box in
            try box.make("source")
            var spec = box.spec("mounts")
            spec.mounts.append(.bind(box.folder + "/source", at: "/mnt", propagation: kind))
            let line = try await box.run(spec).output.split(separator: "\n").first { $0.contains("/mnt") }
            let found = try #require(line)
            if kind == .rshared { #expect(found.contains("shared")) } else { #expect(!found.contains("shared")) }
        }
    }

    @Test func sysctlsAreSetInsideAlone() async throws {
        try await Sandbox.with { box in
            let host = try String(contentsOfFile: "/proc/sys/kernel/msgmax", encoding: .utf8)
            var spec = box.spec("cat", "/proc/sys/kernel/msgmax")
            spec.sysctls = [Sysctl(name: "kernel.msgmax", value: "12345")]
            let inside = try await box.run(spec)
            #expect(inside.output == "12345\n")
            let after = try String(contentsOfFile: "/proc/sys/kernel/msgmax", encoding: .utf8)
            #expect(after == host)
            spec.sysctls = [Sysctl(name: "../../etc/passwd", value: "x")]
            try await box.expectFailure(spec, at: .sysctl)
        }
    }

    /// CVE-2023-27561, CVE-2026-41579: links in place of the kernel's directories lead nowhere outside.
    @Test func linkedKernelDirectoriesDoNoHarm() async throws {
        try await Sandbox.with { box in
            try box.make("host")
            for name in ["proc", "sys"] {
                try box.link("lower/\(name)", to: "/../../../..\(box.folder)/host")
                try await box.expectFailure(box.spec("true"), at: .mount)
                try FileManager.default.removeItem(atPath: "\(box.lower)/\(name)")
            }
            try box.link("lower/dev", to: "/../../../..\(box.folder)/host")
            let ended = try await box.run(box.spec("true"))
            #expect(ended.status.code == 0)
            let left = try FileManager.default.contentsOfDirectory(atPath: box.folder + "/host")
            #expect(left == [])
        }
    }

    /// CVE-2019-19921, CVE-2025-52881: nothing stands where programs look for the kernel's word.
    @Test func procIsNotCovered() async throws {
        try await Sandbox.with { box in
            try box.make("source")
            try box.put("file", "1.00 1.00\n")
            try box.link("lower/way", to: "proc")
            for target in ["/proc", "/proc/sys", "/proc/1", "/way", "/way/sys"] {
                var spec = box.spec("true")
                spec.mounts.append(.bind(box.folder + "/source", at: target))
                try await box.expectFailure(spec, at: .mount)
                spec.mounts[spec.mounts.count - 1] = .filesystem("tmpfs", at: target)
                try await box.expectFailure(spec, at: .mount)
            }
            var spec = box.spec("true")
            spec.mounts.removeAll { $0.target == "/proc" }
            spec.mounts.append(.bind(box.folder + "/source", at: "/proc"))
            try await box.expectFailure(spec, at: .mount)
            spec = box.spec("cat", "/proc/uptime")
            spec.mounts.append(.bind(box.folder + "/file", at: "/proc/uptime", asFile: true))
            let uptime = try await box.run(spec)
            #expect(uptime.output == "1.00 1.00\n", "as lxcfs does: \(uptime.errors)")
        }
    }

    /// CVE-2024-45310: a target that leads out through a link of the image is looked for inside.
    @Test func targetsThroughLinksStayInside() async throws {
        try await Sandbox.with { box in
            try box.make("host")
            try box.make("source")
            try box.link("lower/out", to: "../../../../../..\(box.folder)/host")
            var spec = box.spec("true")
            spec.mounts.append(.bind(box.folder + "/source", at: "/out/made"))
            try await box.expectFailure(spec, at: .mount)
            let left = try FileManager.default.contentsOfDirectory(atPath: box.folder + "/host")
            #expect(left == [])
        }
    }

    /// CVE-2025-52565: the terminal is bound over a fresh file, never through a link.
    @Test func linkedConsoleIsRefused() async throws {
        try await Sandbox.with { box in
            var spec = box.spec("true")
            spec.process.terminal = TerminalSize(rows: 24, columns: 80)
            spec.links.append(Link(target: "/proc/sys/kernel/core_pattern", path: "/dev/console"))
            try await box.expectFailure(spec, at: .terminal)
        }
    }

    @Test func devicesHaveTheirNumbersAndModes() async throws {
        try await Sandbox.with { box in
            var spec = box.spec("ls", "/dev")
            spec.devices.append(DeviceNode(path: "/dev/extra/fuse", major: 10, minor: 229, mode: 0o600, uid: 3, gid: 4))
            let list = try await box.run(spec).output
            #expect(list.contains("666") && list.contains("null"))
            let deeper = try await box.run(spec.with { $0.process.arguments = ["probe", "ls", "/dev/extra"] }).output
            #expect(deeper.contains("600") && deeper.contains("fuse"))
        }
    }

    @Test func joinedNamespacesAreTheOthers() async throws {
        try await Sandbox.with { box in
            try await Sandbox.with(box.launcher) { other in
                let first = try await other.start(other.spec("sleep").with { $0.namespaces.insert(.network) })
                var spec = box.spec("ls", "/proc/self/ns")
                spec.namespaces.subtract([.pid, .ipc])
                let joined = try await box.run(spec, joining: [NamespaceJoin([.network, .pid, .ipc], of: first.pidfd)])
                for name in ["net", "pid", "ipc"] {
                    let link = try FileManager.default.destinationOfSymbolicLink(
                        atPath: "/proc/\(first.pid)/ns/\(name)")
                    #expect(joined.output.contains(link), "\(name): \(joined.output)")
                }
            }
        }
    }
}
