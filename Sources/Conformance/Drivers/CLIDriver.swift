import DockerCommand

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
    let reportsReadiness = false

    /// The first executable called `docker` in the directories of PATH.
    static func find(path: String) -> String? {
        path.split(separator: ":").map { "\($0)/docker" }.first { access($0, X_OK) == 0 }
    }

    func start(_ launch: CommandLaunch) throws -> any RunningCommand {
        let tape = OutputTape()
        let hasInput = if case .none = launch.input { false } else { true }
        let options = ChildProcess.Options(
            executable: executable, arguments: launch.arguments, environment: environment, directory: launch.directory,
            terminal: launch.terminal ? CommandEnvironment.size : nil, hasInput: hasInput)
        let child: ChildProcess
        do {
            child = try ChildProcess(options, tape: tape)
        } catch {
            throw DriverError(description: "cannot start \(executable): \(error)")
        }
        return SpawnedCommand(child: child, input: launch.input)
    }
}

private final class SpawnedCommand: RunningCommand {
    let tape: OutputTape
    private let child: ChildProcess

    init(child: ChildProcess, input: CommandLaunch.Input) {
        self.child = child
        tape = child.tape
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
