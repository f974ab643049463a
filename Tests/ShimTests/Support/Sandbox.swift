import CLinux
import Foundation
import Synchronization
import Testing

@testable import Engine
import struct Engine.ExitStatus

/// What these tests need of the machine.
enum Machine {
    static let isRoot = geteuid() == 0
    static let why: Comment = "containers are made by root alone"
    /// Beside the test executable, where the package manager builds products.
    static let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
    static let probe = products + "/probe"
}

/// A container's files in a folder of their own, and what was started there; all is gone when the test is over.
final class Sandbox: Sendable {
    let folder: String
    let launcher: Launcher
    private let started = Mutex<[RunningProcess]>([])

    var state: String { folder + "/state" }
    var lower: String { folder + "/lower" }
    var logPath: String { folder + "/state/json.log" }

    /// Runs a test in a sandbox, and kills what it leaves.
    static func with(
        _ launcher: Launcher? = nil, _ body: (Sandbox) async throws -> Void
    ) async throws {
        let sandbox = try Sandbox(launcher)
        do {
            try await body(sandbox)
        } catch {
            await sandbox.tearDown()
            throw error
        }
        await sandbox.tearDown()
    }

    /// A sandbox that another process has made and will remove.
    static func existing(_ folder: String, _ launcher: Launcher) -> Sandbox { Sandbox(folder: folder, launcher) }

    private init(folder: String, _ launcher: Launcher) {
        self.folder = folder
        self.launcher = launcher
    }

    init(_ launcher: Launcher? = nil) throws {
        folder = "/var/tmp/drydock-shim-tests/\(UUID().uuidString)"
        self.launcher = try launcher ?? Launcher()
        for name in ["state", "lower/bin", "lower/etc", "lower/tmp", "upper", "work", "merged"] { try make(name) }
        try FileManager.default.copyItem(atPath: Machine.probe, toPath: lower + "/bin/probe")
    }

    func make(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
    }

    func put(_ name: String, _ text: String, mode: Int = 0o644) throws {
        let path = "\(folder)/\(name)"
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        #expect(
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: mode]))
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(name)", withDestinationPath: target)
    }

    func tearDown() async {
        for process in started.withLock({ $0 }) {
            try? process.signal(SIGKILL)
            _ = await process.exit
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    // MARK: - Specs

    /// docker's container around a command of the probe, without cgroups and network.
    func spec(_ arguments: String..., state: Int? = nil) -> ContainerSpec {
        var process = ProcessSpec(arguments: ["probe"] + arguments, environment: ["A=b"])
        process.capabilities = CapabilitySets(bounding: Self.docker, permitted: Self.docker, effective: Self.docker)
        let root = OverlayRoot(
            place: folder + "/merged", upper: folder + "/upper", work: folder + "/work", lowers: [lower])
        var spec = ContainerSpec(process: process, root: root)
        spec.hostname = "harbour"
        spec.mounts = Self.mounts
        spec.devices = Self.devices
        spec.links = [Link(target: "/proc/self/fd", path: "/dev/fd"), Link(target: "pts/ptmx", path: "/dev/ptmx")]
        return spec
    }

    /// docker's 14 capabilities.
    static let docker: UInt64 = 0xa804_25fb

    static let mounts: [Mount] = [
        .filesystem("proc", at: "/proc", attributes: [.noSUID, .noDev, .noExec]),
        .filesystem("tmpfs", at: "/dev", attributes: [.noSUID, .strictAccessTime], data: "mode=755,size=65536k"),
        .filesystem(
            "devpts", at: "/dev/pts", attributes: [.noSUID, .noExec],
            data: "newinstance,ptmxmode=0666,mode=0620,gid=5"),
        .filesystem("sysfs", at: "/sys", attributes: [.noSUID, .noDev, .noExec, .readOnly]),
        .filesystem("mqueue", at: "/dev/mqueue", attributes: [.noSUID, .noDev, .noExec], isOptional: true),
        .filesystem(
            "tmpfs", at: "/dev/shm", source: "shm", attributes: [.noSUID, .noDev, .noExec],
            data: "mode=1777,size=67108864"),
    ]

    static let devices = [("null", 3), ("zero", 5), ("full", 7), ("random", 8), ("urandom", 9)].map {
        DeviceNode(path: "/dev/\($0.0)", major: 1, minor: UInt32($0.1))
    }

    // MARK: - Running

    /// What a process wrote and how it ended.
    struct Ended {
        let output: String
        let errors: String
        let status: ExitStatus
    }

    func start(_ spec: ContainerSpec, joining: [NamespaceJoin] = [], output: OutputBroadcaster = OutputBroadcaster())
        async throws -> RunningProcess
    {
        let process = try await launcher.launch(spec, stateDirectory: state, joining: joining, output: output)
        started.withLock { $0.append(process) }
        return process
    }

    func run(_ spec: ContainerSpec, joining: [NamespaceJoin] = []) async throws -> Ended {
        let output = OutputBroadcaster()
        let reading = Reading(output)
        return try await reading.ended(try await start(spec, joining: joining, output: output))
    }

    func exec(_ spec: ProcessSpec, in container: RunningProcess) async throws -> Ended {
        let output = OutputBroadcaster()
        let reading = Reading(output)
        return try await reading.ended(try await launcher.exec(spec, inside: container, output: output))
    }

    func expectFailure(
        _ spec: ContainerSpec, at step: LaunchError.Step, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let error = try await failure(spec)
        #expect(error.step == step, "\(error)", sourceLocation: sourceLocation)
    }

    /// What launching must say when it fails.
    func failure(_ spec: ContainerSpec, joining: [NamespaceJoin] = []) async throws -> LaunchError {
        try await #require(throws: LaunchError.self) { _ = try await self.start(spec, joining: joining) }
    }
}

/// Reads a process's output from the first byte.
struct Reading {
    let subscription: OutputSubscription

    init(_ output: OutputBroadcaster) { subscription = output.subscribe() }

    func ended(_ process: RunningProcess) async throws -> Sandbox.Ended {
        var output: [UInt8] = []
        var errors: [UInt8] = []
        for try await chunk in subscription {
            if chunk.channel == .standardOutput { output += chunk.bytes } else { errors += chunk.bytes }
        }
        return Sandbox.Ended(
            output: String(decoding: output, as: UTF8.self), errors: String(decoding: errors, as: UTF8.self),
            status: await process.exit)
    }

    /// Reads until that text has come; what came after it in the same chunk is kept for nobody.
    func wait(for text: String) async throws -> String {
        var all = ""
        for try await chunk in subscription {
            all += String(decoding: chunk.bytes, as: UTF8.self)
            if all.contains(text) { return all }
        }
        Issue.record("the output ended without \(text): \(all)")
        return all
    }
}
