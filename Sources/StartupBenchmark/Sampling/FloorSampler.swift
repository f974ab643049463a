import RawJSON
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The machine's floor: `benchmarks/floor`, a C program that asks the kernel for what a container needs and for nothing
/// else. It runs as a child and carries out one container for each line that it reads.
public final class FloorSampler: Sampler {
    /// See `Sampler`.
    public let name = "floor"
    private let path: String
    private let rootFileSystem: String
    private let process = Mutex<FloorProcess?>(nil)

    /// - Parameters:
    ///   - path: the program.
    ///   - rootFileSystem: a folder with the unpacked probe image.
    public init(path: String, rootFileSystem: String) {
        self.path = path
        self.rootFileSystem = rootFileSystem
    }

    /// The system calls that the floor's filter lets pass, for others to do the same.
    public static func allowedCalls(path: String) async throws -> [String] {
        let result = try await CommandProcess.run([path, "--calls"], deadline: .seconds(10))
        guard result.code == 0 else { throw BenchmarkFault("\(path) --calls: \(result.errorText)") }
        return result.output.split(separator: "\n").map(String.init)
    }

    /// See `Sampler`.
    public func describe() async throws -> String { "what the kernel takes for the same container, asked in C" }

    /// See `Sampler`.
    public func refusal(of workload: Workload) -> String? {
        workload.floor == nil || !workload.clients.isEmpty || !workload.resident.isEmpty
            ? "has nothing to compare with" : nil
    }

    /// See `Sampler`.
    public func prepare(_ workload: Workload, _ variant: Workload.Variant) async throws {
        try process.withLock { process in
            if process == nil { process = try FloorProcess(path: path, rootFileSystem: rootFileSystem) }
        }
    }

    /// See `Sampler`.
    public func sample(_ workload: Workload, _ variant: Workload.Variant, index: Int) async -> Sample {
        var sample = Sample(workload, variant, name, index: index)
        do {
            let answer = try process.withLock { process in
                guard let process else { throw BenchmarkFault("the floor was not prepared") }
                return try process.ask(workload.floor?.rawValue ?? "none")
            }
            if let message = answer["error"]?.string { throw BenchmarkFault("the floor: \(message)") }
            for member in answer["ms"]?.object?.members ?? [] {
                guard let milliseconds = member.value.double else { continue }
                sample.phases.append(.init(member.name, milliseconds))
            }
            for member in answer["steps"]?.object?.members ?? [] {
                guard let milliseconds = member.value.double else { continue }
                sample.details.append(.init("step.\(member.name)", milliseconds))
            }
        } catch {
            sample.failure = "\(error)"
        }
        return sample
    }

    /// See `Sampler`.
    public func cleanUp() async throws { process.withLock { $0 = nil } }
}

/// The running program, its lines in and out. Used under a lock, by one thread at a time.
private final class FloorProcess {
    private let pid: pid_t
    private let input: Int32
    private let output: Int32
    private var pending: [UInt8] = []

    init(path: String, rootFileSystem: String) throws {
        var toChild: [Int32] = [0, 0]
        var fromChild: [Int32] = [0, 0]
        guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else { throw BenchmarkFault("cannot make a pipe") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        for descriptor in toChild + fromChild { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(path), strdup(rootFileSystem), nil]
        defer { for argument in arguments { free(argument) } }
        var pid = pid_t()
        let answer = posix_spawn(&pid, path, &actions, nil, &arguments, environ)
        close(toChild[0])
        close(fromChild[1])
        guard answer == 0 else {
            throw BenchmarkFault("cannot start the floor \(path): \(String(cString: strerror(answer)))")
        }
        self.pid = pid
        input = toChild[1]
        output = fromChild[0]
    }

    func ask(_ what: String) throws -> JSONValue {
        let line = Array("\(what)\n".utf8)
        guard write(input, line, line.count) == line.count else { throw BenchmarkFault("the floor program has ended") }
        while true {
            if let feed = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let answer = Array(pending[..<feed])
                pending.removeSubrange(...feed)
                return try JSONValue.parse(answer)
            }
            var ready = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, 30_000) > 0 else { throw BenchmarkFault("the floor did not answer within 30 s") }
            var buffer = [UInt8](repeating: 0, count: 16 << 10)
            let count = read(output, &buffer, buffer.count)
            guard count > 0 else { throw BenchmarkFault("the floor program has ended") }
            pending += buffer[..<count]
        }
    }

    deinit {
        close(input)
        close(output)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    }
}
