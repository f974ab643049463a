import RawJSON
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A bare OCI runtime, `crun run` or `runc run`, without any daemon: from the start of its process to the probe's first
/// instruction, and to its own end, container removed.
public final class OCIRuntimeSampler: Sampler {
    /// See `Sampler`.
    public let name: String
    private let path: String
    private let rootFileSystem: String
    private let allowedCalls: [String]
    private let state = Mutex(State())

    private struct State {
        var folder: String?
        var next = 0
    }

    /// - Parameters:
    ///   - path: the runtime's program.
    ///   - rootFileSystem: a folder with the unpacked probe image, used as it is: there is no overlay.
    ///   - allowedCalls: the system calls that the container may make; without any there is no filter.
    public init(name: String, path: String, rootFileSystem: String, allowedCalls: [String]) {
        self.name = name
        self.path = path
        self.rootFileSystem = rootFileSystem
        self.allowedCalls = allowedCalls
    }

    /// See `Sampler`.
    public func describe() async throws -> String {
        let version = try await CommandProcess.run([path, "--version"], deadline: .seconds(10))
        guard version.code == 0 else { throw BenchmarkFault("\(path) --version: \(version.errorText)") }
        let line = version.output.split(separator: "\n").first.map(String.init) ?? path
        let folder =
            "\(FileManager.default.temporaryDirectory.path)/drydock-oci-\(name)-\(ProcessInfo.processInfo.processIdentifier)"
        // A copy: the runtime makes the folders that it mounts over.
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: rootFileSystem, toPath: "\(folder)/rootfs")
        state.withLock { $0.folder = folder }
        for network in [Workload.Floor.none, .host] {
            let bundle = "\(folder)/\(network.rawValue)"
            try FileManager.default.createDirectory(atPath: bundle, withIntermediateDirectories: true)
            let configuration = OCIBundle.configuration(
                rootFileSystem: "\(folder)/rootfs", hasNetwork: network == .none, allowedCalls: allowedCalls)
            try configuration.text().write(toFile: "\(bundle)/config.json", atomically: true, encoding: .utf8)
        }
        if let reason = await once(.none).failure { throw BenchmarkFault(reason) }
        return "\(line), no daemon, no overlay"
    }

    /// See `Sampler`.
    public func refusal(of workload: Workload) -> String? {
        guard workload.kind == .cycle, let floor = workload.floor, floor != .bridge, workload.clients.isEmpty else {
            return "makes neither bridges nor daemons, as needed for"
        }
        return nil
    }

    /// See `Sampler`.
    public func prepare(_ workload: Workload, _ variant: Workload.Variant) async throws {}

    /// See `Sampler`.
    public func sample(_ workload: Workload, _ variant: Workload.Variant, index: Int) async -> Sample {
        var sample = Sample(workload, variant, name, index: index)
        let run = await once(workload.floor ?? .none)
        sample.began = run.began
        sample.phases = run.phases
        sample.failure = run.failure
        return sample
    }

    private func once(_ network: Workload.Floor) async -> (began: UInt64, phases: [Sample.Phase], failure: String?) {
        let (folder, number) = state.withLock { state in
            state.next += 1
            return (state.folder ?? "", state.next)
        }
        let id = "drydock-bench-\(ProcessInfo.processInfo.processIdentifier)-\(number)"
        do {
            let result = try await CommandProcess.run(
                [path, "--root", "\(folder)/state", "run", "--bundle", "\(folder)/\(network.rawValue)", id],
                deadline: .seconds(30))
            guard result.code == 0 else {
                return (result.began, [], "\(name) run ended with \(result.code): \(result.errorText)")
            }
            let digits = result.output.filter(\.isNumber)
            guard let instruction = UInt64(digits), instruction > result.began else {
                return (result.began, [], "the container did not print the moment of its first instruction")
            }
            func span(_ from: UInt64, _ to: UInt64) -> Double { MonotonicClock.milliseconds(from: from, to: to) }
            return (
                result.began,
                [
                    .init(PhaseName.instruction, span(result.began, instruction)),
                    .init(PhaseName.cycle, span(result.began, result.ended)),
                ], nil
            )
        } catch {
            return (MonotonicClock.nanoseconds(), [], "\(error)")
        }
    }

    /// See `Sampler`.
    public func cleanUp() async throws {
        let folder = state.withLock { $0.folder }
        if let folder, FileManager.default.fileExists(atPath: folder) {
            try FileManager.default.removeItem(atPath: folder)
        }
    }
}

/// The OCI runtime-spec configuration of docker's default container around the probe.
enum OCIBundle {
    static let capabilities: [JSONValue] = [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID",
        "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL",
        "CAP_AUDIT_WRITE",
    ]

    static func configuration(rootFileSystem: String, hasNetwork: Bool, allowedCalls: [String]) -> JSONValue {
        var namespaces: [JSONValue] = ["pid", "ipc", "uts", "mount"].map { ["type": .string($0)] }
        if hasNetwork { namespaces.append(["type": "network"]) }
        var linux: JSONObject = [
            "namespaces": .array(namespaces),
            "maskedPaths": [
                "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
                "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats",
                "/sys/devices/virtual/powercap", "/sys/firmware",
            ],
            "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
        ]
        if !allowedCalls.isEmpty {
            linux["seccomp"] = [
                "defaultAction": "SCMP_ACT_ERRNO",
                "syscalls": [["names": .array(allowedCalls.map(JSONValue.string)), "action": "SCMP_ACT_ALLOW"]],
            ]
        }
        let sets = ["bounding", "effective", "permitted"].map { ($0, JSONValue.array(capabilities)) }
        return [
            "ociVersion": "1.0.2", "hostname": "bench",
            "root": ["path": .string(rootFileSystem), "readonly": false],
            "process": [
                "terminal": false, "user": ["uid": 0, "gid": 0], "args": ["/probe", "first"], "env": ["PATH=/"],
                "cwd": "/", "capabilities": .object(JSONObject(members: sets.map { .init(name: $0.0, value: $0.1) })),
            ],
            "mounts": .array(mounts), "linux": .object(linux),
        ]
    }

    private static var mounts: [JSONValue] {
        func mount(_ target: String, _ type: String, _ source: String, _ options: [String]) -> JSONValue {
            [
                "destination": .string(target), "type": .string(type), "source": .string(source),
                "options": .array(options.map(JSONValue.string)),
            ]
        }
        return [
            mount("/proc", "proc", "proc", ["nosuid", "noexec", "nodev"]),
            mount("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
            mount("/dev/pts", "devpts", "devpts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]),
            mount("/dev/shm", "tmpfs", "shm", ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
            mount("/dev/mqueue", "mqueue", "mqueue", ["nosuid", "noexec", "nodev"]),
            mount("/sys", "sysfs", "sysfs", ["nosuid", "noexec", "nodev", "ro"]),
        ]
    }
}
