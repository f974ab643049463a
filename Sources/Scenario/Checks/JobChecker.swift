/// Checks that jobs are started before they are used, and that each one ends or is said to run on.
struct JobChecker {
    private(set) var faults: [SyntaxFault] = []
    private enum Kind { case command, exchange }
    private var jobs: [(name: String, kind: Kind, line: Int, open: Bool, mayStay: Bool)] = []

    mutating func check(_ steps: [Step]) {
        for step in steps {
            switch step {
            case .console(let console): for command in console.commands { check(command) }
            case .http(let http): check(http)
            case .file, .tar: break
            }
        }
        for job in jobs where job.open && !job.mayStay {
            let way =
                job.kind == .command
                ? "`$ fg %\(job.name)` ends it, [running] leaves it"
                : "`fg %\(job.name)` with [ended] or [open] closes it off"
            faults.append(SyntaxFault("nothing says how the job `\(job.name)` ends", hint: way, line: job.line))
        }
    }

    private mutating func check(_ command: ConsoleCommand) {
        switch command.action {
        case .docker:
            if let name = command.background { start(name, .command, command.line, mayStay: command.staysRunning) }
        case .foreground(let name):
            guard let index = find(name, .command, command.line) else { return }
            jobs[index].open = command.staysRunning
            jobs[index].mayStay = command.staysRunning
        case .signal(_, let name): _ = find(name, .command, command.line)
        }
    }

    private mutating func check(_ step: HTTPStep) {
        let stays = step.ending == .open || step.conversation.contains { if case .open = $0 { true } else { false } }
        if case .foreground(let name) = step.action {
            guard let index = find(name, .exchange, step.requestLine) else { return }
            jobs[index].open = stays
            jobs[index].mayStay = stays
        } else if let name = step.background {
            start(name, .exchange, step.requestLine, mayStay: stays)
        }
    }

    private mutating func start(_ name: String, _ kind: Kind, _ line: Int, mayStay: Bool) {
        if jobs.contains(where: { $0.name == name }) {
            faults.append(SyntaxFault("two jobs are called `\(name)`", line: line))
        } else {
            jobs.append((name, kind, line, true, mayStay))
        }
    }

    private mutating func find(_ name: String, _ kind: Kind, _ line: Int) -> Int? {
        guard let index = jobs.firstIndex(where: { $0.name == name && $0.kind == kind }) else {
            let names = jobs.filter { $0.kind == kind }.map(\.name)
            let hint =
                names.isEmpty
                ? "Start one with `&\(name)` at the end of a command or request"
                : Suggestion.hint(for: name, in: names, called: "jobs")
            faults.append(SyntaxFault("unknown job `\(name)`", hint: hint, line: line))
            return nil
        }
        guard jobs[index].open else {
            faults.append(
                SyntaxFault("the job `\(name)` has ended already", hint: "Write [running] where it goes on", line: line)
            )
            return nil
        }
        return index
    }
}
