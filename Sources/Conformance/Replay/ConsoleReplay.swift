import DockerCommand
import Scenario

extension CaseReplay {
    func replay(_ command: ConsoleCommand) async throws {
        let deadline = context.deadline.nested(command.timeout ?? ReplayContext.stepLimit)
        switch command.action {
        case .docker(let line):
            if let within = command.within {
                try await repeating(within: within) { try await replay(command, line, deadline: $0) }
            } else {
                try await replay(command, line, deadline: deadline)
            }
        case .foreground(let name):
            guard case .command(var job)? = jobs[name] else { throw noJob(name, command.line) }
            try await carryOn(&job, command, deadline: deadline)
            if command.staysRunning { jobs[name] = .command(job) } else { jobs[name] = nil }
        case .signal(let signal, let name):
            guard case .command(let job)? = jobs[name] else { throw noJob(name, command.line) }
            do {
                try job.command.signal(signal)
            } catch {
                throw ReplayStop.fault("\(document.label(line: command.line)): \(error)")
            }
        }
    }

    private func noJob(_ name: String, _ line: Int) -> ReplayStop {
        .fault(
            "\(document.label(line: line)): no job %\(name) is running. A job starts with a command that ends in `&\(name)`"
        )
    }

    private func replay(_ command: ConsoleCommand, _ line: CommandLine, deadline: Deadline) async throws {
        let mark = context.transcript.mark
        let words = try await words(of: line, deadline: deadline)
        var job = try start(command, words, mark: mark)
        if let name = command.background {
            try await awaitReady(job, deadline: deadline)
            try await act(&job, command.events[...], command, deadline: deadline)
            jobs[name] = .command(job)
        } else {
            try await carryOn(&job, command, deadline: deadline)
        }
    }

    /// The words of the line with variables, substitutions, images, labels and filters in place.
    private func words(of line: CommandLine, deadline: Deadline) async throws -> [String] {
        let expanded: [String]
        do {
            expanded = try await line.expand(variables) { @Sendable inner in
                try await self.output(of: inner, deadline: deadline)
            }
        } catch let error as UnknownVariable {
            throw ReplayStop.fault("\(document.label(line: error.line)): \(error)")
        }
        return isolated(Array(expanded.dropFirst()))
    }

    /// The standard output of a command inside `$(…)`, which must succeed.
    private func output(of line: CommandLine, deadline: Deadline) async throws -> String {
        let mark = context.transcript.mark
        let words = try await words(of: line, deadline: deadline)
        let running = try launch(words, input: .none, terminal: false, line: line.line)
        let content = try await ending(
            of: running, "`\(line.source)` to end", deadline: deadline, line: line.line, since: mark)
        guard case .exited(0) = content.ending else {
            let got =
                "\(exitText(content.ending)), stderr \(JSONText.quoted(String(decoding: content.stderr, as: UTF8.self)))"
            try settle(
                departures(
                    [Mismatch(line: line.line, location: "exit", expected: "0", got: got)],
                    command: "$(\(line.source))", since: mark), since: mark)
            return ""
        }
        return String(decoding: content.stdout, as: UTF8.self)
    }

    /// The words with the case's own images, labels and filters; as they are where docker would refuse the line.
    private func isolated(_ words: [String]) -> [String] {
        guard let written = try? DockerInvocation.parse(words) else { return words }
        var isolated = written.mappingImages { context.images[$0] }
        if let invocation = try? DockerInvocation.parse(isolated) {
            isolated = invocation.addingLabels(context.token.labels)
        }
        guard !context.exclusive, written.command != "system events",
            let invocation = try? DockerInvocation.parse(isolated)
        else { return isolated }
        return invocation.addingFilter("label=\(context.token.filter)")
    }

    private func start(_ command: ConsoleCommand, _ words: [String], mark: Int) throws -> CommandJob {
        let invocation = try? DockerInvocation.parse(words)
        let terminal = command.forcesTerminal || (command.isInteractive && invocation?.usesTerminal == true)
        var input = CommandLaunch.Input.none
        if let file = command.standardInput {
            input = .bytes(try CaseDirectory.read(name: file, in: context.directory))
        } else if command.isInteractive || terminal || command.background != nil && invocation?.keepsStdinOpen == true {
            input = .typed
        }
        let running = try launch(words, input: input, terminal: terminal, line: command.line)
        return CommandJob(command: running, source: command.source, line: command.line, terminal: terminal, mark: mark)
    }

    private func launch(
        _ words: [String], input: CommandLaunch.Input, terminal: Bool, line: Int
    ) throws -> any RunningCommand {
        context.transcript.note("docker \(Redaction.masked(arguments: words).joined(separator: " "))")
        do {
            return try context.driver.start(
                CommandLaunch(arguments: words, input: input, terminal: terminal, directory: context.directory))
        } catch {
            throw ReplayStop.fault("\(document.label(line: line)): \(error)")
        }
    }

    private func awaitReady(_ job: CommandJob, deadline: Deadline) async throws {
        guard context.driver.reportsReadiness else { return }
        let tape = job.command.tape
        do {
            try await deadline.run(awaiting: "`\(job.source)` to be answered with headers") {
                try await tape.wait { $0.isReady || $0.ending != nil ? () : nil }
            }
        } catch let error as DeadlineExceeded {
            job.command.terminate()
            throw late(error, wireOnly(job), since: job.mark)
        }
    }

    /// Carries out the events of a command, then waits for its end and judges it.
    private func carryOn(_ job: inout CommandJob, _ command: ConsoleCommand, deadline: Deadline) async throws {
        var events = command.events[...]
        var last: TextPattern?
        if !command.staysRunning, !job.terminal, case .expect(let pattern)? = events.last {
            last = pattern
            events = events.dropLast()
        }
        do {
            try await act(&job, events, command, deadline: deadline)
            if command.staysRunning {
                try stillRunning(job, command)
            } else {
                try await finish(&job, command, last, deadline: deadline)
            }
        } catch {
            job.command.terminate()
            throw error
        }
    }

    private func act(
        _ job: inout CommandJob, _ events: ArraySlice<ConsoleCommand.Event>, _ command: ConsoleCommand,
        deadline: Deadline
    ) async throws {
        for event in events {
            switch event {
            case .expect(let pattern):
                let outcome = try await job.cursor.expect(
                    pattern, on: job.command.tape, variables: variables,
                    mode: job.terminal ? .amongOtherText : .next, location: "stdout", deadline: deadline,
                    awaiting: "the next output of `\(job.source)`")
                try take(outcome, job)
            case .type(let typed): try await type(typed, job)
            case .endOfInput: try await job.command.closeInput()
            case .resize(let rows, let columns, _): try job.command.resize(WindowSize(rows: rows, columns: columns))
            }
        }
    }

    private func type(_ typed: TypedText, _ job: CommandJob) async throws {
        if !job.terminal {
            if typed.isInterrupt { return try job.command.signal("INT") }
            if typed.isQuit { return try job.command.signal("QUIT") }
            if typed.isEndOfInput { return try await job.command.closeInput() }
        }
        do {
            try await job.command.type(try typed.bytes(variables))
        } catch let error as UnknownVariable {
            throw ReplayStop.fault("\(document.label(line: error.line)): \(error)")
        }
    }

    private func take(_ outcome: CursorOutcome, _ job: CommandJob) throws {
        switch outcome {
        case .matched(let captures): capture(captures)
        case .failed(let mismatches):
            try settle(withStderr(departures(mismatches, command: job.source, since: job.mark), job), since: job.mark)
        case .late(let error, let mismatches):
            throw late(error, departures(mismatches, command: job.source, since: job.mark), since: job.mark)
        }
    }

    private func stillRunning(_ job: CommandJob, _ command: ConsoleCommand) throws {
        guard let ending = job.command.tape.content.ending else { return }
        let mismatch = Mismatch(
            line: command.line, location: "the command", expected: "still running", got: exitText(ending))
        try settle(departures([mismatch], command: job.source, since: job.mark), since: job.mark)
    }

    /// Waits for the end and compares what is left of the output, standard error and the exit code.
    private func finish(
        _ job: inout CommandJob, _ command: ConsoleCommand, _ last: TextPattern?, deadline: Deadline
    ) async throws {
        let content = try await ending(
            of: job.command, "`\(job.source)` to end", deadline: deadline, line: command.line, since: job.mark,
            missing: last.map { (job.cursor.rest(of: job.command.tape), $0) })
        guard case .exited(let code)? = content.ending else { return }
        var mismatches: [Mismatch] = []
        let rest = job.cursor.rest(of: job.command.tape)
        if let name = command.standardOutput {
            try CaseDirectory.write(content.stdout, name: name, in: context.directory)
        } else if let last {
            let result = last.match(rest, variables: variables, unordered: command.unordered, location: "stdout")
            mismatches += result.mismatches
            if result.isMatch { capture(result.captures) }
        } else if !job.terminal, !rest.isEmpty {
            mismatches.append(
                Mismatch(
                    line: command.line, location: "stdout",
                    expected: command.expectsSilence ? "nothing" : "nothing more",
                    got: JSONText.quoted(String(decoding: rest.prefix(400), as: UTF8.self))))
        }
        if let pattern = command.standardError, !job.terminal {
            let result = pattern.match(content.stderr, variables: variables, location: "stderr")
            mismatches += result.mismatches
            if result.isMatch { capture(result.captures) }
        }
        if !command.exit.accepts(code) {
            mismatches.append(
                Mismatch(line: command.line, location: "exit code", expected: "\(command.exit)", got: "\(code)"))
        }
        var found = departures(mismatches, command: job.source, since: job.mark)
        if command.standardError == nil { found = withStderr(found, job) }
        observe(command.line, .command(stdout: content.stdout, stderr: content.stderr, exitCode: code))
        try settle(found, since: job.mark)
    }

    private func ending(
        of running: any RunningCommand, _ awaited: String, deadline: Deadline, line: Int, since mark: Int,
        missing: (bytes: [UInt8], pattern: TextPattern)? = nil
    ) async throws -> OutputTape.Content {
        let tape = running.tape
        let content: OutputTape.Content
        do {
            content = try await deadline.run(awaiting: awaited) { try await tape.wait { $0.ending == nil ? nil : $0 } }
        } catch let error as DeadlineExceeded {
            running.terminate()
            let mismatch = Mismatch(line: line, location: "the command", expected: "to end", got: "still running")
            throw late(error, departures([mismatch], command: awaited, since: mark), since: mark)
        }
        if case .failed(let error)? = content.ending {
            let mismatch = Mismatch(line: line, location: "the exchange", expected: "to complete", got: "\(error)")
            try settle(departures([mismatch], command: awaited, since: mark), since: mark)
            throw ReplayStop.departed(departures([mismatch], command: awaited, since: mark))
        }
        return content
    }

    private func wireOnly(_ job: CommandJob) -> [Departure] {
        departures(
            [Mismatch(line: job.line, location: "the request", expected: "answered with headers", got: "no answer")],
            command: job.source, since: job.mark)
    }

    /// Standard error, where it was not asserted, tells most about an unexpected end.
    private func withStderr(_ found: [Departure], _ job: CommandJob) -> [Departure] {
        let stderr = job.command.tape.content.stderr
        guard !stderr.isEmpty, var last = found.last else { return found }
        last.wire.insert("stderr \(JSONText.quoted(String(decoding: stderr.prefix(400), as: UTF8.self)))", at: 0)
        return found.dropLast() + [last]
    }

    private func exitText(_ ending: OutputTape.Ending?) -> String {
        switch ending {
        case .exited(let code): "exit code \(code)"
        case .failed(let error): "\(error)"
        case nil: "still running"
        }
    }
}
