import DockerAPI
import DockerCommand
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Carries out commands with a real `docker` binary.
struct CLIDriver: CommandDriver {
    /// The absolute path of the binary.
    let executable: String
    /// The whole environment, DOCKER_HOST included.
    let environment: [String: String]
    /// The endpoint that is recorded on the way; `nil` with TLS, which only its two ends can read.
    let relayed: EndpointURL?
    /// Where relays have their sockets.
    let sockets: String
    let transcript: Transcript

    var reportsReadiness: Bool { relayed != nil }

    private static let relays = Atomic<Int>(0)

    func start(_ launch: CommandLaunch) throws -> any RunningCommand {
        let tape = OutputTape()
        let relay = try relay(for: launch, tape: tape)
        var environment = self.environment
        if let relay { environment["DOCKER_HOST"] = relay.host }
        let hasInput = if case .none = launch.input { false } else { true }
        let options = ChildProcess.Options(
            executable: executable, arguments: launch.arguments, environment: environment, directory: launch.directory,
            terminal: launch.terminal ? CommandEnvironment.size : nil, hasInput: hasInput)
        let child: ChildProcess
        do {
            child = try ChildProcess(options, tape: tape)
        } catch {
            relay?.close()
            throw DriverError(description: "cannot start \(executable): \(error)")
        }
        return SpawnedCommand(child: child, input: launch.input, relay: relay)
    }

    private func relay(for launch: CommandLaunch, tape: OutputTape) throws -> SocketRelay? {
        guard let relayed else { return nil }
        let number = Self.relays.add(1, ordering: .relaxed).newValue
        let command = (try? DockerInvocation.parse(launch.arguments))?.command ?? ""
        do {
            return try Relay.listen(
                path: "\(sockets)/\(number).sock", to: relayed, transcript: transcript,
                awaited: RelayReadiness(command: command), onReady: { tape.markReady() })
        } catch {
            throw DriverError(description: "cannot listen at \(sockets)/\(number).sock: \(error)")
        }
    }
}

private final class SpawnedCommand: RunningCommand {
    let tape: OutputTape
    private let child: ChildProcess

    init(child: ChildProcess, input: CommandLaunch.Input, relay: SocketRelay?) {
        self.child = child
        tape = child.tape
        if let relay {
            let tape = child.tape
            Task {
                // The tape ends with the process, whatever happens; waiting for it fails only when cancelled.
                _ = try? await tape.wait { $0.ending }
                relay.close()
            }
        }
        guard case .bytes(let bytes) = input else { return }
        let tape = child.tape
        Task {
            do {
                try await child.write(bytes)
                child.closeInput()
            } catch {
                tape.end(.failed(error))
            }
        }
    }

    func type(_ bytes: [UInt8]) async throws { try await child.write(bytes) }
    func closeInput() { child.closeInput() }
    func resize(_ size: WindowSize) throws { try child.resize(size) }
    func terminate() { child.signal(SIGKILL) }

    func signal(_ name: String) throws {
        guard let number = Self.numbers[name] else { throw DriverError(description: "no signal is called \(name)") }
        child.signal(number)
    }

    private static let numbers: [String: Int32] = [
        "HUP": SIGHUP, "INT": SIGINT, "QUIT": SIGQUIT, "KILL": SIGKILL, "USR1": SIGUSR1, "USR2": SIGUSR2,
        "TERM": SIGTERM, "CONT": SIGCONT, "STOP": SIGSTOP, "TSTP": SIGTSTP, "WINCH": SIGWINCH, "ALRM": SIGALRM,
    ]
}
