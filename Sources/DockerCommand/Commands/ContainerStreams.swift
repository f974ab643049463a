import DockerAPI
import DockerClient
import RawJSON

/// The two directions of an attached container or exec.
struct AttachedStreams: Sendable {
    let stream: EngineStream
    let io: CommandIO
    let isTTY: Bool
    let takesInput: Bool
    let detachKeys: DetachKeys

    enum End: Sendable { case outputEnded, detached }

    /// Copies until the output has ended or the detach keys were typed. The end of input is passed on, and waits.
    func run() async throws -> End {
        let raw = isTTY && takesInput && io.isStdinTTY
        if raw { try await io.setRawMode(true) }
        let end: End
        do {
            end = try await copyBothWays()
        } catch {
            if raw { try await io.setRawMode(false) }
            throw error
        }
        if raw { try await io.setRawMode(false) }
        await stream.close()
        return end
    }

    private func copyBothWays() async throws -> End {
        try await withThrowingTaskGroup(of: End?.self) { group in
            group.addTask {
                try await copyOutput()
                return .outputEnded
            }
            if takesInput {
                group.addTask { try await copyInput() ? .detached : nil }
            }
            defer { group.cancelAll() }
            while let end = try await group.next() {
                if let end { return end }
            }
            return .outputEnded
        }
    }

    private func copyOutput() async throws {
        if isTTY {
            for try await bytes in stream { try await io.writeOutput(bytes) }
        } else {
            try await Self.demultiplex(stream, to: io)
        }
    }

    /// Frames to standard output and error; a message of the daemon in mid-stream is an error.
    static func demultiplex(_ stream: EngineStream, to io: CommandIO) async throws {
        for try await frame in stream.frames() {
            switch frame.channel {
            case .stdin, .stdout: try await io.writeOutput(frame.payload)
            case .stderr: try await io.writeError(frame.payload)
            case .systemError:
                throw CommandFailure("error from daemon in stream: \(String(decoding: frame.payload, as: UTF8.self))")
            }
        }
    }

    /// - Returns: whether the detach keys were typed.
    private func copyInput() async throws -> Bool {
        var keys = detachKeys
        while let bytes = try await io.readInput() {
            guard isTTY else {
                try await stream.write(bytes)
                continue
            }
            let (passed, isDetach) = keys.filter(bytes)
            if !passed.isEmpty { try await stream.write(passed) }
            if isDetach { return true }
        }
        try await stream.closeWrite()
        return false
    }
}

/// The key sequence that detaches: `ctrl-p,ctrl-q` unless `--detach-keys` names another.
struct DetachKeys: Sendable {
    private let sequence: [UInt8]
    private var matched = 0

    /// Keys that cannot be read count as the default, as in docker's CLI; the daemon is the one that refuses them.
    init(_ text: String) {
        let keys = Self.parse(text)
        sequence = keys.isEmpty ? [0x10, 0x11] : keys
    }

    private static func parse(_ text: String) -> [UInt8] {
        var keys: [UInt8] = []
        for key in text.split(separator: ",", omittingEmptySubsequences: false) {
            if key.utf8.count == 1, let byte = key.utf8.first {
                keys.append(byte)
            } else if key.hasPrefix("ctrl-"), key.utf8.count == 6, let byte = key.utf8.last,
                let code = control(byte)
            {
                keys.append(code)
            } else {
                return []
            }
        }
        return keys
    }

    private static func control(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 1
        case UInt8(ascii: "@"): 0
        case UInt8(ascii: "["): 27
        case UInt8(ascii: "\\"): 28
        case UInt8(ascii: "]"): 29
        case UInt8(ascii: "^"): 30
        case UInt8(ascii: "_"): 31
        default: nil
        }
    }

    /// What is to be passed on of these bytes, a started sequence held back, and whether the sequence is complete.
    mutating func filter(_ bytes: [UInt8]) -> (passed: [UInt8], isComplete: Bool) {
        var passed: [UInt8] = []
        for byte in bytes {
            if byte == sequence[matched] {
                matched += 1
                if matched == sequence.count { return (passed, true) }
                continue
            }
            passed += sequence[..<matched]
            matched = 0
            if byte == sequence[0] { matched = 1 } else { passed.append(byte) }
        }
        return (passed, false)
    }
}

extension CommandContext {
    /// Asks to be told of the container's end; the answer's head says that the daemon listens.
    func openWait(_ id: String, condition: String?) async throws -> EngineStream {
        try await open(
            "POST", "/containers/\(Self.escape(id))/wait", query: condition.map { [("condition", $0)] } ?? [],
            headDeadline: unboundedWait)
    }

    /// The exit code in the answer to a wait; an error of the container is printed and counts as 125.
    func exitCode(_ wait: EngineStream) async throws -> Int32 {
        for try await (value, _) in wait.jsonValues() {
            if let message = value["Error"]?["Message"]?.string, !message.isEmpty {
                try await io.warn("Error waiting for container: \(message)")
                return 125
            }
            return Int32(truncatingIfNeeded: value["StatusCode"]?.int64 ?? 125)
        }
        throw CommandFailure("Error waiting for container: unexpected end of the answer", exitCode: 125)
    }

    /// Opens the attach stream of a container.
    func openAttach(_ id: String, stdin: Bool, stdout: Bool, stderr: Bool, logs: Bool = false) async throws
        -> EngineStream
    {
        var query: Query = [("stream", "1")]
        if stdin { query.append(("stdin", "1")) }
        if stdout { query.append(("stdout", "1")) }
        if stderr { query.append(("stderr", "1")) }
        if !detachKeys.isEmpty { query.append(("detachKeys", detachKeys)) }
        return try await open(
            "POST", "/containers/\(Self.escape(id))/attach", query: query, headers: [("Content-Type", "text/plain")],
            upgrade: .tcp)
    }

    /// Runs `body` while signals go to the container and the terminal's size follows the window.
    func proxying<Answer: Sendable>(
        _ id: String, signals: Bool, _ body: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        guard signals else { return try await body() }
        return try await withThrowingTaskGroup(of: Answer?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                for await signal in io.signals() where !["CHLD", "PIPE", "URG", "WINCH"].contains(signal) {
                    // A signal that comes after the end has nowhere to go; docker's CLI drops it too.
                    do {
                        try await call("POST", "/containers/\(Self.escape(id))/kill", query: [("signal", signal)])
                    } catch is DaemonFailure {}
                }
                return nil
            }
            defer { group.cancelAll() }
            while let answer = try await group.next() {
                if let answer { return answer }
            }
            throw CancellationError()
        }
    }

    /// Runs `body` while the size of the window is passed on to `path` (`/containers/ID/resize`, `/exec/ID/resize`).
    func resizing<Answer: Sendable>(
        _ path: String, isTTY: Bool, _ body: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        guard isTTY, io.isStdoutTTY else { return try await body() }
        return try await withThrowingTaskGroup(of: Answer?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                // Listening comes first: a change between the look and the listening would be lost.
                let changes = io.windowChanges()
                try await sendFirstSize(path)
                for await size in changes { _ = try await resize(path, size) }
                return nil
            }
            defer { group.cancelAll() }
            while let answer = try await group.next() {
                if let answer { return answer }
            }
            throw CancellationError()
        }
    }

    /// The window's size at the start, tried again up to ten times, ever later: the process may not have its terminal yet.
    private func sendFirstSize(_ path: String) async throws {
        for attempt in 0...10 {
            try await Task.sleep(for: .milliseconds(10 * attempt))
            guard let size = io.windowSize() else { return }
            if try await resize(path, size) { return }
        }
        try await io.warn("failed to resize tty, using default size")
    }

    /// - Returns: whether the daemon took the size; a terminal without one has nothing to send.
    private func resize(_ path: String, _ size: WindowSize) async throws -> Bool {
        guard size.rows > 0 || size.columns > 0 else { return true }
        do {
            try await call("POST", path, query: [("h", String(size.rows)), ("w", String(size.columns))])
            return true
        } catch is DaemonFailure {
            return false
        }
    }
}
