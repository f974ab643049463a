import CLinux
import Glibc

/// What is true of this machine as long as it runs.
public struct HostFacts: Sendable, Hashable {
    /// `6.1.0-18-amd64` (uname(2) release).
    public let kernelVersion: String
    /// `Debian GNU/Linux 12 (bookworm)` (os-release(5) PRETTY_NAME), or `Linux`.
    public let operatingSystem: String
    /// `12` (os-release(5) VERSION_ID), or empty.
    public let operatingSystemVersion: String
    /// `x86_64` or `aarch64` (uname(2) machine).
    public let architecture: String
    /// The host's name (uname(2) nodename).
    public let hostname: String
    /// Processors this process may run on.
    public let processors: Int
    /// Bytes of memory.
    public let totalMemory: UInt64
    /// Whether the kernel filters system calls (seccomp(2) with filters).
    public let hasSeccomp: Bool
    /// Security modules that are active, as `/sys/kernel/security/lsm` lists them; empty where it cannot be seen.
    public let securityModules: [String]

    /// Reads them.
    public static func current() throws(SystemError) -> HostFacts {
        var name = utsname()
        guard uname(&name) == 0 else { throw SystemError(action: "read the kernel's name", errno: Glibc.errno) }
        let release = try osRelease()
        return HostFacts(
            kernelVersion: text(&name.release),
            operatingSystem: release["PRETTY_NAME"] ?? "Linux",
            operatingSystemVersion: release["VERSION_ID"] ?? "",
            architecture: text(&name.machine),
            hostname: text(&name.nodename),
            processors: sysconf(Int32(_SC_NPROCESSORS_ONLN)),
            totalMemory: try totalMemory(),
            hasSeccomp: SmallFile.exists("/proc/sys/kernel/seccomp/actions_avail"),
            securityModules: try securityModules())
    }

    /// os-release(5): NAME=value lines with shell quoting.
    static func parseRelease(_ text: String) -> [String: String] {
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            var value = line[line.index(after: equals)...]
            if let quote = value.first, quote == "\"" || quote == "'", value.count > 1, value.last == quote {
                value = value.dropFirst().dropLast()
            }
            var plain = ""
            var escaped = false
            for character in value {
                if character == "\\", !escaped {
                    escaped = true
                    continue
                }
                escaped = false
                plain.append(character)
            }
            values[String(line[..<equals])] = plain
        }
        return values
    }

    private static func osRelease() throws(SystemError) -> [String: String] {
        for path in ["/etc/os-release", "/usr/lib/os-release"] {
            if let text = try textIfThere(path) { return parseRelease(text) }
        }
        return [:]
    }

    private static func securityModules() throws(SystemError) -> [String] {
        try textIfThere("/sys/kernel/security/lsm")?
            .split { $0 == "," || $0.isWhitespace }.map(String.init) ?? []
    }

    private static func textIfThere(_ path: String) throws(SystemError) -> String? {
        do {
            return try SmallFile.text(path)
        } catch {
            if [ENOENT, EACCES, ENOTDIR].contains(error.errno) { return nil }
            throw error
        }
    }

    private static func totalMemory() throws(SystemError) -> UInt64 {
        for line in try SmallFile.text("/proc/meminfo").split(separator: "\n") where line.hasPrefix("MemTotal:") {
            let words = line.split(separator: " ")
            if words.count > 1, let kilobytes = UInt64(words[1]) { return kilobytes * 1024 }
        }
        throw SystemError(action: "find MemTotal in /proc/meminfo", errno: EINVAL)
    }

    private static func text<Field>(_ field: inout Field) -> String {
        withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

/// What all processors have done together since boot; `/stats` relates a container's use to it.
public struct SystemCPUUsage: Sendable, Hashable {
    /// Time of all processors, idle time included.
    public let nanoseconds: UInt64
    /// Processors that are running.
    public let online: Int

    /// Reads `/proc/stat`: user, nice, system, idle, iowait, irq and softirq of the first line, as docker adds them up.
    public static func current() throws(SystemError) -> SystemCPUUsage {
        try parse(try SmallFile.text("/proc/stat"), ticksPerSecond: UInt64(sysconf(Int32(_SC_CLK_TCK))))
    }

    static func parse(_ text: String, ticksPerSecond: UInt64) throws(SystemError) -> SystemCPUUsage {
        var ticks: UInt64?
        var online = 0
        for line in text.split(separator: "\n") where line.hasPrefix("cpu") {
            let words = line.split(separator: " ")
            if words[0] == "cpu" {
                ticks = words.dropFirst().prefix(7).reduce(0) { $0 + (UInt64($1) ?? 0) }
            } else {
                online += 1
            }
        }
        guard let ticks else { throw SystemError(action: "find cpu in /proc/stat", errno: EINVAL) }
        return SystemCPUUsage(nanoseconds: ticks * (1_000_000_000 / ticksPerSecond), online: online)
    }
}
