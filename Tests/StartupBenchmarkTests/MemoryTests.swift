#if os(Linux)
    import Foundation
    import Glibc
    import Testing

    @testable import StartupBenchmark

    /// Goal: a daemon's memory is that of who listens on its socket and of its children. Method: this very process
    /// listens, then has a child that sleeps.
    @Suite struct MemoryTests {
        @Test func aListenerIsFoundWithItsChildren() throws {
            let path = FileManager.default.temporaryDirectory.appending(path: "drydock-memory-\(getpid()).sock").path
            let descriptor = try listen(on: path)
            defer {
                close(descriptor)
                unlink(path)
            }
            let alone = try memory(path)
            let child = Process()
            child.executableURL = URL(filePath: "/bin/sleep")
            child.arguments = ["60"]
            child.environment = ["BENCH_TEST": "resident"]
            try child.run()
            defer {
                // A test thread blocks signals, and a child of it is born with that mask.
                kill(child.processIdentifier, SIGKILL)
                child.waitUntilExit()
            }
            #expect(alone[PhaseName.daemonResident] ?? 0 > 1000)
            #expect(alone[PhaseName.daemonProportional] ?? 0 > 0)
            #expect(alone[PhaseName.monitorResident] == nil, "nothing is resident")
            let marked = try memory(path)
            #expect(marked[PhaseName.monitorProportional] == 0, "its parent is the daemon itself, which counts once")
        }

        @Test func whoHasEndedAndIsNotReapedTakesNoMemory() throws {
            var child: pid_t = 0
            var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
            defer { free(arguments[0]) }
            try #require(posix_spawn(&child, "/bin/true", nil, nil, &arguments, nil) == 0)
            var status: Int32 = 0
            defer { waitpid(child, &status, 0) }
            var ended = siginfo_t()
            try #require(waitid(P_PID, id_t(child), &ended, WEXITED | WNOWAIT) == 0)
            let phases = try ProcessMemory.phases(of: getpid(), residents: "BENCH_TEST=nobody")
            #expect(phases.first { $0.name == PhaseName.daemonResident }?.value ?? 0 > 1000)
        }

        private func memory(_ path: String) throws -> [String: Double] {
            let phases = try ProcessMemory.phases(
                of: ProcessMemory.listener(on: path), residents: "BENCH_TEST=resident")
            return Dictionary(phases.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        }

        @Test func nobodyOnASocketIsAnError() {
            #expect(throws: BenchmarkFault.self) { try ProcessMemory.listener(on: "/nonexistent.sock") }
        }

        private func listen(on path: String) throws -> Int32 {
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
            let answer = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            try #require(answer == 0 && Glibc.listen(descriptor, 4) == 0)
            return descriptor
        }
    }
#endif
