/// Tells a person and the reports how a run goes; one at a time, in the order of events.
actor RunReporter {
    private let run: RunDescription
    private let options: CheckOptions
    private let reports: [any Report]
    private let screen: FileStream?
    /// Whether lines on the screen move.
    nonisolated let redraws: Bool
    private var view: ProgressView
    private var results: [CaseResult] = []
    private var fault: (any Error)?

    /// - Parameter screen: where a person reads along; `nil` for nobody.
    init(
        run: RunDescription, options: CheckOptions, cases: [JudgedCase], screen: FileStream?
    ) throws(ReportError) {
        self.screen = screen
        self.run = run
        self.options = options
        var opened: [any Report] = []
        for request in options.reports { opened.append(try request.open()) }
        reports = opened
        var capabilities = options.terminal
        if screen !== FileStream.standardOutput { capabilities.redraws = false }
        redraws = capabilities.redraws && screen != nil
        view = ProgressView(cases: cases, capabilities: capabilities, lists: options.verbose)
    }

    func begin() {
        show(RunLines(capabilities: options.terminal, run: run).opening())
        attempt { for report in reports { try report.begin(run) } }
    }

    func began(_ identity: JudgedCase) {
        show(view.began(identity, at: .now))
    }

    /// Moves the time of the case under way on the screen along, until the task is cancelled.
    func redraw(every interval: Duration) async throws {
        while true {
            try await Task.sleep(for: interval)
            show(view.redraw(at: .now))
        }
    }

    func finished(_ result: CaseResult) {
        results.append(result)
        show(view.finished(result, at: .now))
        if options.verbose, let transcript = result.transcript, !transcript.isEmpty {
            show(view.erase() + transcript + "\n\n")
        }
        attempt { for report in reports { try report.add(result) } }
    }

    func remark(_ text: String) {
        show(view.erase() + text + "\n")
    }

    /// Prints the table, the failures and the last lines, and ends the reports.
    ///
    /// - Throws: `ReportError`, the first one of the whole run.
    func end(_ summary: RunSummary) throws {
        show(view.final() + "\n")
        let failures = FailureView(capabilities: options.terminal, run: run)
        let listed = results.filter { !$0.verdict.isAsExpected }.sorted { $0.identity.id < $1.identity.id }
        for result in listed { show(failures.text(result) + "\n") }
        let files = options.reports.filter { $0.path != "-" }.map(\.path)
        show(
            RunLines(capabilities: options.terminal, run: run)
                .closing(summary, reports: files, allowsUnexpectedPass: options.allowsUnexpectedPass))
        attempt { for report in reports { try report.end(summary) } }
        if let fault { throw fault }
    }

    private func show(_ text: String) {
        guard !text.isEmpty else { return }
        // A reader that has gone away (`| head`) ends the view, not the run and its clean-up.
        attempt { try screen?.write(Array(text.utf8)) }
    }

    private func attempt(_ body: () throws -> Void) {
        do { try body() } catch { fault = fault ?? error }
    }
}
