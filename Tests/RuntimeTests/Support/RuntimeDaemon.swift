import CLinux
import DockerAPI
import DockerClient
import Foundation
import Synchronization
import Testing

/// What these tests need of the machine.
enum Machine {
    static let isRoot = geteuid() == 0
    static let why: Comment = "the runtime's daemon runs as root alone"
    /// Beside the test executable, where the package manager builds products.
    static let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
}

/// `drydock daemon` on a root, a bridge, a subnet and a cgroup parent of its own, which can be killed and started again.
///
/// It is ephemeral: should the test process die, it ends with its standard input and cleans up.
final class RuntimeDaemon: Sendable {
    struct Fault: Error, CustomStringConvertible { let description: String }

    private static let number = Atomic<Int>(0)
    private static let startSeconds: CInt = 30

    private struct Child {
        let pid: pid_t
        let input: CInt
    }

    let folder: String
    let bridge: String
    let cgroupParent: String
    let client: DockerClient
    private let subnet: String
    private let extra: [String]
    private let child = Mutex<Child?>(nil)

    var root: String { folder + "/root" }
    var socket: String { folder + "/d.sock" }
    var log: String { folder + "/daemon.log" }
    var pid: pid_t { child.withLock { $0?.pid ?? -1 } }

    /// Names for a daemon that is not started yet.
    init(extra: [String] = []) throws {
        let number = Self.number.add(1, ordering: .relaxed).newValue
        let mark = "\(getpid())-\(number)"
        folder = "/var/tmp/drydock-rt-\(mark)"
        bridge = "drt\(getpid() % 1_000_000)n\(number)"
        cgroupParent = "/drydock-rt-\(mark)"
        let block = (Int(getpid()) &* 61 &+ number) % 8192
        subnet = "10.\(192 + block / 256).\(block % 256).0/24"
        self.extra = extra
        client = try DockerClient(
            configuration: .init(
                endpoint: EndpointURL(parsing: "unix://\(folder)/d.sock"),
                version: .fixed(APIVersion(major: 1, minor: 51)),
                headDeadline: .seconds(45), bodyDeadline: .seconds(45)))
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// Runs a test against a daemon with the test image; nothing of it is left afterwards.
    static func with(extra: [String] = [], _ body: (RuntimeDaemon) async throws -> Void) async throws {
        let daemon = try RuntimeDaemon(extra: extra)
        do {
            try daemon.start()
            try await daemon.importImage()
            try await body(daemon)
        } catch {
            Issue.record("\(error); the daemon's last words: \(daemon.lastWords)")
        }
        daemon.end()
    }

    private var arguments: [String] {
        [
            "daemon", "--host", "unix://\(socket)", "--root", root, "--bridge", bridge, "--bridge-subnet", subnet,
            "--cgroup-parent", cgroupParent,
        ] + extra
    }

    var lastWords: String {
        guard let text = try? String(contentsOfFile: log, encoding: .utf8) else { return "none" }
        let lines = text.split(separator: "\n")
        // What a crash says comes before pages of registers.
        guard
            let fatal = lines.firstIndex(where: {
                $0.contains("rror:") || $0.contains("crashed:") || $0.contains("Precondition")
            })
        else {
            return lines.suffix(12).joined(separator: "\n")
        }
        return lines[max(0, fatal - 4)..<min(lines.count, fatal + 40)].joined(separator: "\n")
    }

    // MARK: - Its life

    /// Starts it and waits until it answers.
    func start() throws {
        let output = try Spawn.pipe()
        let input = try Spawn.pipe()
        defer { close(output.read) }
        let pid: pid_t
        do {
            defer { for descriptor in [output.write, input.read] { close(descriptor) } }
            pid = try Spawn.run(
                Machine.products + "/drydock", arguments + ["--ephemeral"], input: input.read, output: output.write,
                errors: log)
        }
        child.withLock { $0 = Child(pid: pid, input: input.write) }
        var entry = pollfd(fd: output.read, events: Int16(POLLIN), revents: 0)
        var byte: UInt8 = 0
        guard poll(&entry, 1, Self.startSeconds * 1000) == 1, read(output.read, &byte, 1) == 1 else {
            kill()
            throw Fault(description: "the daemon did not start: \(lastWords)")
        }
    }

    /// SIGKILL, and waits until it is gone.
    func kill() {
        guard
            let child = child.withLock({ child in
                defer { child = nil }; return child
            })
        else { return }
        Glibc.kill(child.pid, SIGKILL)
        _ = Spawn.wait(child.pid, seconds: 10)
        close(child.input)
    }

    /// `drydock daemon --cleanup` on its root, while it does not run.
    func cleanUp() throws {
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        let pid = try Spawn.run(
            Machine.products + "/drydock", arguments + ["--cleanup"], input: null, output: null, errors: log)
        let status = Spawn.wait(pid, seconds: 60)
        guard status == 0 else { throw Fault(description: "--cleanup ended with \(status ?? -1): \(lastWords)") }
    }

    /// Lets it clean up, and removes its folder.
    func end() {
        if let child = child.withLock({ child in
            defer { child = nil }; return child
        }) {
            close(child.input)
            if Spawn.wait(child.pid, seconds: 60) != 0 {
                Issue.record("the daemon did not end cleanly: \(lastWords)")
            }
        }
        do { try FileManager.default.removeItem(atPath: folder) } catch {
            Issue.record("cannot remove \(folder): \(error)")
        }
    }
}

/// posix_spawn with deadlines.
enum Spawn {
    static func pipe() throws -> (read: CInt, write: CInt) {
        var ends: [CInt] = [-1, -1]
        try #require(Glibc.pipe(&ends) == 0)
        for end in ends { try #require(fcntl(end, F_SETFD, FD_CLOEXEC) == 0) }
        return (ends[0], ends[1])
    }

    /// Starts a program in a session of its own with no signal blocked, as Dispatch's threads have them.
    static func run(_ path: String, _ arguments: [String], input: CInt, output: CInt, errors: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_APPEND, 0o640)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        let session: CInt = 0x80  // POSIX_SPAWN_SETSID, a GNU extension that Glibc's module leaves out.
        posix_spawnattr_setflags(&attributes, Int16(session | POSIX_SPAWN_SETSIGMASK))
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        let fault = posix_spawn(&pid, path, &actions, &attributes, words, environ)
        guard fault == 0 else {
            throw RuntimeDaemon.Fault(description: "cannot run \(path): \(String(cString: strerror(fault)))")
        }
        return pid
    }

    /// Waits for a child; one that takes too long is killed.
    ///
    /// - Returns: its exit code, or nil where a signal ended it.
    static func wait(_ pid: pid_t, seconds: Int) -> Int32? {
        let handle = clinux_pidfd_open(pid)
        if handle >= 0 {
            var entry = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
            if poll(&entry, 1, CInt(seconds * 1000)) != 1 { kill(pid, SIGKILL) }
            close(handle)
        }
        var status: CInt = 0
        while waitpid(pid, &status, 0) < 0 { guard errno == EINTR else { return nil } }
        return status & 0x7f == 0 ? (status >> 8) & 0xff : nil
    }
}
