import Scenario

/// A docker command under way, with what its scenario has seen of it.
struct CommandJob: Sendable {
    let command: any RunningCommand
    /// As written, for reports.
    let source: String
    /// The line of its `$`.
    let line: Int
    /// Whether it runs on a terminal, whose text is read leniently.
    let terminal: Bool
    /// The position in the transcript when it started.
    let mark: Int
    var cursor = StreamCursor()
}

/// Something a scenario left running in the background.
enum Job: Sendable {
    case command(CommandJob)
    case exchange(ExchangeJob)

    func end() async {
        switch self {
        case .command(let job): job.command.terminate()
        case .exchange(let job): await job.exchange.close()
        }
    }
}
