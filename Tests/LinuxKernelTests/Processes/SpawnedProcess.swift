import CLinux
import Glibc
import LinuxKernel

/// A program that a test starts, killed and reaped when the test lets go of it.
final class SpawnedProcess: Sendable {
    let pid: Int32

    /// Runs a shell command with standard input, output and error from and to /dev/null.
    convenience init(shell command: String) throws { try self.init(["/bin/sh", "-c", command]) }

    init(_ arguments: [String]) throws {
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        var strings = arguments.map { strdup($0) }
        strings.append(nil)
        defer { for string in strings { free(string) } }
        var environment: [UnsafeMutablePointer<CChar>?] = [strdup("PATH=/usr/bin:/bin"), nil]
        defer { for string in environment { free(string) } }
        pid = try SystemCall.check(
            clinux_spawn(arguments[0], &strings, &environment, [null, null, null], 3, 0), "spawn \(arguments)")
    }

    /// Waits for its end and takes its exit status; -SIGNAL where a signal ended it.
    func status() throws -> Int32 {
        var status = clinux_exit_status()
        try SystemCall.check(clinux_wait(pid, 1, &status), "wait for \(pid)")
        return status.signaled == 1 ? -status.code : status.code
    }

    deinit {
        // One that was waited for is nobody's child any more, and its number nobody's yet.
        var status = clinux_exit_status()
        if clinux_wait(pid, 0, &status) == 0 {
            clinux_kill(pid, SIGKILL)
            clinux_wait(pid, 1, &status)
        }
    }
}

/// A folder of a test, removed with everything in it.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/drydock-kernel-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError(action: "make a folder", errno: errno) }
        path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    deinit { _ = try? SpawnedProcess(["/bin/rm", "-rf", path]).status() }

    /// Writes a file and the folders above it.
    func write(_ name: String, _ text: String) throws {
        let parts = name.split(separator: "/")
        var folder = path
        for part in parts.dropLast() {
            folder += "/\(part)"
            mkdir(folder, 0o755)
        }
        try SmallFile.replace("\(path)/\(name)", with: Array(text.utf8), mode: 0o644)
    }

    func read(_ name: String) throws -> String { try SmallFile.text("\(path)/\(name)") }
}
