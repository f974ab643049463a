#if os(Linux)
    #if canImport(FoundationEssentials)
        import FoundationEssentials
    #else
        import Foundation
    #endif
    #if canImport(Glibc)
        import Glibc
    #else
        import Musl
    #endif

    /// How much memory a daemon of this machine takes, seen in /proc; other users' processes need root.
    ///
    /// The daemon is who listens on the socket, with every process below it but monitors and containers. A monitor is the
    /// parent of a resident container's first process: a containerd-shim, a conmon, a monitor of the reference runtime.
    enum ProcessMemory {
        private struct Entry {
            var parent: pid_t
            var isResident: Bool
        }

        /// Why a file of /proc has nothing to read.
        private struct Unreadable: Error {
            let number: Int32
            /// Whether the process has ended: its files are gone, or those of its memory alone until it is reaped.
            var isGone: Bool { number == ENOENT || number == ESRCH }
        }

        /// - Parameters:
        ///   - daemon: see `listener`.
        ///   - residents: a variable with its value that stands in the environment of every resident container.
        static func phases(of daemon: pid_t, residents token: String) throws -> [Sample.Phase] {
            let entries = processes(token: token)
            let residents = entries.filter { $0.value.isResident }
            let monitors = Set(residents.values.map(\.parent)).filter { entries[$0]?.isResident == false }
            var served: Set<pid_t> = [daemon]
            var isGrowing = true
            while isGrowing {
                let below = entries.filter { pid, entry in
                    served.contains(entry.parent) && !served.contains(pid) && !monitors.contains(pid)
                        && !entry.isResident
                }
                served.formUnion(below.keys)
                isGrowing = !below.isEmpty
            }
            let own = try sum(served)
            var phases = [
                Sample.Phase(PhaseName.daemonResident, own.resident),
                Sample.Phase(PhaseName.daemonProportional, own.proportional),
            ]
            let watching = monitors.subtracting(served)
            if !residents.isEmpty {
                let all = try sum(watching)
                let count = Double(residents.count)
                phases.append(.init(PhaseName.monitorResident, all.resident / count))
                phases.append(.init(PhaseName.monitorProportional, all.proportional / count))
            }
            return phases
        }

        /// Who listens on a Unix socket (unix(7), SO_PEERCRED). It is connected to, which wakes an idle daemon.
        static func listener(on path: String) throws -> pid_t {
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard descriptor >= 0 else { throw BenchmarkFault("cannot make a socket: \(text(errno))") }
            defer { close(descriptor) }
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let bytes = Array(path.utf8)
            guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
                throw BenchmarkFault("the socket's path \(path) is too long")
            }
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
            let length = socklen_t(MemoryLayout<sockaddr_un>.size)
            let answer = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) }
            }
            guard answer == 0 else { throw BenchmarkFault("cannot connect to \(path): \(text(errno))") }
            // `struct ucred`, which glibc shows to GNU sources only.
            var credentials: (pid: pid_t, user: uid_t, group: gid_t) = (0, 0, 0)
            var size = socklen_t(MemoryLayout.size(ofValue: credentials))
            guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0, credentials.pid > 0 else {
                throw BenchmarkFault("the process behind \(path) cannot be seen from here")
            }
            return credentials.pid
        }

        /// Every process there is now; those that end meanwhile are left out.
        private static func processes(token: String) -> [pid_t: Entry] {
            let wanted = Array(token.utf8)
            var entries: [pid_t: Entry] = [:]
            for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
                guard let pid = pid_t(name), let stat = try? contents("/proc/\(pid)/stat") else { continue }
                // The command's name in parentheses may hold blanks.
                let text = String(decoding: stat, as: UTF8.self)
                guard let end = text.lastIndex(of: ")") else { continue }
                let fields = text[text.index(after: end)...].split(separator: " ")
                guard fields.count > 1, let parent = pid_t(fields[1]) else { continue }
                let variables = (try? contents("/proc/\(pid)/environ"))?.split(separator: 0) ?? []
                entries[pid] = Entry(parent: parent, isResident: variables.contains { $0.elementsEqual(wanted) })
            }
            return entries
        }

        private static func sum(_ pids: Set<pid_t>) throws -> (resident: Double, proportional: Double) {
            var (resident, proportional) = (0.0, 0.0)
            for pid in pids {
                let bytes: [UInt8]
                do { bytes = try contents("/proc/\(pid)/smaps_rollup") } catch {
                    if error.isGone { continue }
                    throw BenchmarkFault(
                        "the memory of process \(pid) cannot be read (\(text(error.number))); that needs root")
                }
                for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
                    let words = line.split(separator: " ")
                    guard words.count >= 2, let kilobytes = Double(words[1]) else { continue }
                    if words[0] == "Rss:" { resident += kilobytes }
                    if words[0] == "Pss:" { proportional += kilobytes }
                }
            }
            return (resident, proportional)
        }

        /// A file of /proc, whose size is not known before it is read.
        private static func contents(_ path: String) throws(Unreadable) -> [UInt8] {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw Unreadable(number: errno) }
            defer { close(descriptor) }
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 8192)
            while bytes.count < 1 << 20 {
                let count = read(descriptor, &buffer, buffer.count)
                guard count >= 0 else { throw Unreadable(number: errno) }
                if count == 0 { break }
                bytes += buffer[..<count]
            }
            return bytes
        }

        private static func text(_ number: Int32) -> String { String(cString: strerror(number)) }
    }
#endif
