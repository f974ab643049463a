import CLinux
import DockerAPI
import DockerClient
import Foundation
import OCI
import RawJSON
import Testing

/// Goal: a container made through the API is confined as docker confines it. Method: what a process inside sees and is
/// refused.
@Suite(.serialized, .enabled(if: Machine.isRoot, Machine.why), .timeLimit(.minutes(3)))
struct ConfinementTests {
    static let hasBusybox = RuntimeDaemon.busybox != nil
    static let busyboxWhy: Comment = "the host has no static busybox to put into the image"

    @Test func capabilitiesAreDockersFourteenAndSeccompIsLoaded() async throws {
        try await RuntimeDaemon.with { daemon in
            let status = try await status(daemon)
            #expect(status["CapPrm"] == "00000000a80425fb")
            #expect(status["CapEff"] == "00000000a80425fb")
            #expect(status["CapBnd"] == "00000000a80425fb")
            #expect(status["CapInh"] == "0000000000000000")
            #expect(status["CapAmb"] == "0000000000000000")
            #expect(status["Seccomp"] == "2")
            #expect(status["NoNewPrivs"] == "0")
            let strict = try await self.status(
                daemon,
                host: ["SecurityOpt": ["no-new-privileges"], "CapDrop": ["ALL"], "CapAdd": ["NET_BIND_SERVICE"]])
            #expect(strict["NoNewPrivs"] == "1")
            #expect(strict["CapEff"] == "0000000000000400")
            #expect(strict["CapBnd"] == "0000000000000400")
        }
    }

    @Test func namespacesAreItsOwnUnlessTheHostsAreAskedFor() async throws {
        try await RuntimeDaemon.with { daemon in
            let own = try await daemon.run(["/bin/probe", "ls", "/proc/self/ns"]).output
            let shared = try await daemon.run(
                ["/bin/probe", "ls", "/proc/self/ns"],
                host: ["PidMode": "host", "NetworkMode": "host", "IpcMode": "host", "UTSMode": "host"]
            ).output
            for kind in ["mnt", "time", "pid", "net", "ipc", "uts"]
            where FileManager.default.fileExists(atPath: "/proc/self/ns/\(kind)") {
                let host = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/\(kind)")
                #expect(!own.contains(host), "\(kind): \(own)")
                if kind != "mnt", kind != "time" { #expect(shared.contains(host), "\(kind): \(shared)") }
            }
        }
    }

    private func status(_ daemon: RuntimeDaemon, host: JSONObject = [:]) async throws -> [String: String] {
        let text = try await daemon.run(["/bin/probe", "cat", "/proc/self/status"], host: host).output
        return text.split(separator: "\n").reduce(into: [:]) { table, line in
            let parts = line.split(separator: "\t", maxSplits: 1)
            if parts.count == 2 { table[String(parts[0].dropLast())] = String(parts[1]) }
        }
    }

    @Test func forbiddenSystemCallsAreRefused() async throws {
        try await RuntimeDaemon.with { daemon in
            let answers = try await attempts(daemon)
            for name in [
                "mount", "umount2", "unshare-newns", "unshare-newuser", "setns", "keyctl", "add_key", "bpf",
                "perf_event_open", "kexec_load", "init_module", "open_by_handle_at", "userfaultfd", "pivot_root",
                "fsopen", "move_mount", "clone-newuser", "socket-alg", "socket-vsock", "personality-no-randomize",
            ] {
                #expect(answers[name] == EPERM, "\(name): \(answers[name] ?? -1)")
            }
            // So that libraries fall back to clone, whose flags the filter can see.
            #expect(answers["clone3"] == ENOSYS)
            #expect(answers["socket-inet"] == 0)
            #expect(answers["socket-unix"] == 0)
            #expect(answers["personality-query"] == 0)
            #expect([EPERM, EACCES, ETXTBSY].contains(answers["open-exe"] ?? 0))
        }
    }

    /// Without these the test above could pass because of capabilities alone.
    @Test func theFilterIsWhatRefuses() async throws {
        try await RuntimeDaemon.with { daemon in
            let answers = try await attempts(daemon, host: ["SecurityOpt": ["seccomp=unconfined"]])
            #expect(answers["keyctl"] != EPERM)
            #expect(answers["unshare-newuser"] != EPERM)
            #expect(answers["clone3"] != ENOSYS)
            #expect(answers["personality-no-randomize"] == 0)
        }
    }

    private func attempts(_ daemon: RuntimeDaemon, host: JSONObject = [:]) async throws -> [String: Int32] {
        let ended = try await daemon.run(["/bin/syscall-attempts"], host: host)
        try #require(ended.code == 0, "\(ended.errors)")
        return ended.output.split(separator: "\n").reduce(into: [:]) { table, line in
            let parts = line.split(separator: " ")
            if parts.count == 2 { table[String(parts[0])] = Int32(parts[1]) }
        }
    }

    @Test(.enabled(if: hasBusybox, busyboxWhy)) func kernelFilesAreMaskedOrReadOnly() async throws {
        try await RuntimeDaemon.with { daemon in
            let script = """
                for f in /proc/kcore /proc/keys /proc/timer_list /proc/interrupts /proc/latency_stats /proc/sched_debug; do
                  [ -e $f ] && [ "$(cat $f 2>/dev/null | dd bs=1 count=1 2>/dev/null)" ] && echo "readable $f"
                done
                for d in /proc/acpi /proc/asound /proc/scsi /sys/firmware /sys/devices/virtual/powercap; do
                  [ -d $d ] && [ "$(ls $d)" ] && echo "listed $d"
                done
                for f in /proc/sys/kernel/core_pattern /proc/sysrq-trigger /proc/irq/default_smp_affinity /sys/kernel/uevent_seqnum; do
                  [ -e $f ] && { (: >> $f) 2>/dev/null && echo "writable $f"; }
                done
                touch /sys/x /proc/sys/x /proc/bus/x /proc/fs/x /proc/irq/x 2>/dev/null && echo "made something"
                echo done
                """
            let output = try await daemon.run(["/bin/sh", "-c", script]).output
            #expect(output == "done\n")
        }
    }

    @Test(.enabled(if: hasBusybox, busyboxWhy)) func devicesBeyondDockersAreDenied() async throws {
        try await RuntimeDaemon.with { daemon in
            let script = """
                mknod /tmp/null c 1 3 && echo x > /tmp/null && echo null
                mknod /tmp/kmsg c 1 11 && dd if=/tmp/kmsg bs=1 count=1 2>&1 | cat
                mknod /tmp/disk b 254 0 && dd if=/tmp/disk bs=1 count=1 2>&1 | cat
                mknod /tmp/fuse c 10 229 && dd if=/tmp/fuse bs=1 count=1 2>&1 | cat
                mknod /tmp/mem c 1 1 && dd if=/tmp/mem bs=1 count=1 2>&1 | cat
                """
            let output = try await daemon.run(["/bin/sh", "-c", script]).output
            #expect(output.split(separator: "\n").first == "null")
            for name in ["kmsg", "disk", "fuse", "mem"] {
                #expect(output.contains("can't open '/tmp/\(name)': Operation not permitted"), "\(output)")
            }
        }
    }

    @Test(.enabled(if: hasBusybox, busyboxWhy)) func groupsAreTheUsersAndNoOthers() async throws {
        try await RuntimeDaemon.with { daemon in
            let named = try await daemon.run(["/bin/id", "-G"], more: ["User": "sailor"])
            #expect(Set(named.output.split(whereSeparator: \.isWhitespace)) == ["1001", "70000"])
            let numbered = try await daemon.run(["/bin/id", "-G"], more: ["User": "1234:77"])
            #expect(numbered.output == "77\n")
            let more = try await daemon.run(
                ["/bin/id", "-G"], host: ["GroupAdd": ["5", "crew"]], more: ["User": "1234:77"])
            #expect(Set(more.output.split(whereSeparator: \.isWhitespace)) == ["77", "5", "1001"])
        }
    }

    @Test func usersBeyondTheRangeAreRefused() async throws {
        try await RuntimeDaemon.with { daemon in
            for user in ["4294967296", "-1", "65536999999", "2147483648", "0:4294967296", "0:-1"] {
                let created = try await daemon.call(
                    "POST", "/containers/create",
                    json: RuntimeDaemon.body(["/bin/probe", "identity"], more: ["User": .string(user)]))
                guard created.status == 201 else {
                    #expect(created.status == 400, "\(user): \(created.status)")
                    continue
                }
                // As docker has it, the number is judged when it is looked up in the image.
                let id = try #require(try created.json()["Id"]?.string)
                let started = try await daemon.call("POST", "/containers/\(id)/start")
                #expect(started.status == 400, "\(user): \(started.status)")
                try await daemon.remove(id)
            }
        }
    }

    @Test(arguments: 3...20) func workingDirectoryIsNoLeakedDescriptor(number: Int) async throws {
        guard number % 6 == 3 else { return }
        try await RuntimeDaemon.with { daemon in
            for number in number..<min(number + 6, 21) {
                let id = try await daemon.create(
                    RuntimeDaemon.body(
                        ["/bin/probe", "ls", "."], more: ["WorkingDir": .string("/proc/self/fd/\(number)")]))
                let started = try await daemon.call("POST", "/containers/\(id)/start")
                #expect(started.status >= 400, "/proc/self/fd/\(number)")
                try await daemon.remove(id)
            }
        }
    }

    /// Threads of the daemon and its monitors may be nicer or less nice, and have turns of their own length.
    @Test func theProcessorIsSharedAsIfTheDaemonHadStartedTheCommandItself() async throws {
        let files = ["/proc/self/stat", "/proc/self/sched"].filter { FileManager.default.isReadableFile(atPath: $0) }
        let own = try files.map { try String(contentsOfFile: $0, encoding: .utf8) }
        try await RuntimeDaemon.with { daemon in
            func check(_ read: (String) async throws -> String) async throws {
                var seen: [String] = []
                for file in files { seen.append(try await read(file)) }
                // The fields after the name, which is in parentheses: state is the third, nice the nineteenth (proc(5)).
                let fields = try #require(seen[0].split(separator: ")").last).split(separator: " ")
                #expect(fields[16] == "\(clinux_nice(getpid()))")
                #expect(seen.dropFirst().map(Self.turn) == own.dropFirst().map(Self.turn))
            }
            for _ in 0..<3 { try await check { try await daemon.run(["/bin/probe", "cat", $0]).output } }
            let id = try await daemon.create(RuntimeDaemon.body(["/bin/probe", "sleep"]))
            try await daemon.start(id)
            for _ in 0..<3 { try await check { try await daemon.exec(id, ["/bin/probe", "cat", $0]) } }
            try await daemon.remove(id)
        }
    }

    /// `se.slice : 2800000`, in nanoseconds.
    private static func turn(of sched: String) -> Substring? {
        sched.split(separator: "\n").first { $0.hasPrefix("se.slice") }?.split(separator: " ").last
    }

    @Test func onlyTheThreeStreamsAreOpen() async throws {
        try await RuntimeDaemon.with { daemon in
            let descriptors = try JSONValue.parse(try await daemon.run(["/bin/probe", "fds"]).output)
            #expect(Set(descriptors.object?.names ?? []).subtracting(["0", "1", "2"]).count <= 1, "\(descriptors)")
        }
    }
}
