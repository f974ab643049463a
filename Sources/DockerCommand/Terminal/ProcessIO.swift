#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension CommandIO {
    /// The process's own streams, terminal, signals, directory and environment.
    ///
    /// While a command reads `signals()` the process no longer ends by them; `windowChanges()` follows SIGWINCH.
    public static func process() -> CommandIO {
        let input = StandardInput(descriptor: STDIN_FILENO)
        let mode = TerminalMode(descriptor: STDIN_FILENO)
        let output = Writer(descriptor: STDOUT_FILENO), error = Writer(descriptor: STDERR_FILENO)
        return CommandIO(
            readInput: { try await input.next() },
            writeOutput: { try output.write($0) }, writeError: { try error.write($0) },
            isStdinTTY: TerminalMode.isTerminal(STDIN_FILENO), isStdoutTTY: TerminalMode.isTerminal(STDOUT_FILENO),
            isStderrTTY: TerminalMode.isTerminal(STDERR_FILENO),
            windowSize: { TerminalMode.windowSize(STDOUT_FILENO) }, windowChanges: { sizes() },
            signals: { SignalSource.stream(SignalSource.forwarded) },
            setRawMode: { if $0 { try mode.makeRaw() } else { mode.restore() } },
            currentDirectory: FileManager.default.currentDirectoryPath,
            environment: ProcessInfo.processInfo.environment, zone: LocalZone.system)
    }

    private static func sizes() -> AsyncStream<WindowSize> {
        let changes = SignalSource.stream([(SIGWINCH, "WINCH")])
        return AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let task = Task {
                for await _ in changes {
                    if let size = TerminalMode.windowSize(STDOUT_FILENO) { continuation.yield(size) }
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    /// A descriptor written to its last byte; the process keeps it open.
    private struct Writer: Sendable {
        let descriptor: Int32

        func write(_ bytes: [UInt8]) throws {
            var rest = bytes[...]
            while !rest.isEmpty {
                let done = rest.withUnsafeBytes { systemWrite($0) }
                if done < 0, errno == EINTR { continue }
                // A reader that has gone away is no fault to report: end as the signal of the broken pipe would.
                if done < 0, errno == EPIPE { throw CommandFailure("", exitCode: 128 + SIGPIPE) }
                guard done > 0 else { throw CommandFailure("write: \(FileStream.Handle.reason(errno))") }
                rest = rest.dropFirst(done)
            }
        }

        private func systemWrite(_ buffer: UnsafeRawBufferPointer) -> Int {
            #if canImport(Glibc)
                Glibc.write(descriptor, buffer.baseAddress, buffer.count)
            #elseif canImport(Musl)
                Musl.write(descriptor, buffer.baseAddress, buffer.count)
            #else
                Darwin.write(descriptor, buffer.baseAddress, buffer.count)
            #endif
        }
    }
}
