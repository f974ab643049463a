extension ScenarioDocument {
    /// The file's text with the expectations that did not match replaced by what was observed.
    ///
    /// Prose, expectations that match, and gaps stay as they are; known values go back to their variables; ids and times
    /// become expressions. What is typed into, runs in the background, is a conversation or an archive stays: only its
    /// exit code or status is written.
    public func recorded(_ observations: [Observation]) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        // From the end to the beginning, so that line numbers above an edit stay right.
        for observation in observations.sorted(by: { $0.line > $1.line }) {
            guard let edit = edit(observation) else { continue }
            let range = (edit.range.lowerBound - 1)..<(edit.range.upperBound - 1)
            guard range.lowerBound >= 0, range.upperBound <= lines.count else { continue }
            lines.replaceSubrange(range, with: edit.lines)
        }
        return lines.joined(separator: "\n")
    }

    private func edit(_ observation: Observation) -> (range: Range<Int>, lines: [String])? {
        for step in steps {
            switch (step, observation.outcome) {
            case (.console(let console), .command(let stdout, let stderr, let code)):
                guard let command = console.commands.first(where: { $0.line == observation.line }) else { continue }
                let recorder = CommandRecorder(command: command, written: written, observation: observation)
                return recorder.edit(stdout: stdout, stderr: stderr, exitCode: code)
            case (.http(let http), .response(let status, let headers, let body)):
                guard http.requestLine == observation.line else { continue }
                let recorder = ResponseRecorder(step: http, written: written, variables: observation.variables)
                return recorder.edit(status: status, headers: headers, body: body)
            default: continue
            }
        }
        return nil
    }

    /// The lines of a range, as they stand in the file.
    private func written(_ range: Range<Int>) -> [String] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return range.compactMap { lines.indices.contains($0 - 1) ? String(lines[$0 - 1]) : nil }
    }
}

/// Writes what a command must print, anew where it has changed.
struct CommandRecorder {
    let command: ConsoleCommand
    let written: (Range<Int>) -> [String]
    let observation: Observation

    func edit(stdout: [UInt8], stderr: [UInt8], exitCode: Int32) -> (range: Range<Int>, lines: [String])? {
        let old = written(command.expectationLines)
        let isWhole = !command.isInteractive && command.background == nil && command.standardOutput == nil
        var variables = observation.variables
        var out = TextPattern(items: [])
        for case .expect(let pattern) in command.events { out = pattern }
        let outResult = out.match(stdout, variables: variables, unordered: command.unordered, location: "stdout")
        let outMatches = !isWhole || outResult.isMatch
        variables = variables.adding(outResult.captures)
        let errorMatches =
            command.standardError?.match(stderr, variables: variables, location: "stderr").isMatch ?? true
        let exitMatches = command.exit.accepts(exitCode) || command.background != nil
        if outMatches, errorMatches, exitMatches { return nil }
        let renderer = TextRenderer(variables: observation.variables)
        var lines: [String] = []
        let outOld = old.filter { !isError($0) && !isDirective($0) }
        lines +=
            outMatches || !isWhole ? old.filter { !isError($0) && !isExit($0) } : renderer.lines(out, outOld, stdout)
        if outMatches == false, isWhole { lines += old.filter { isDirective($0) && !isExit($0) } }
        let errorOld = old.filter(isError)
        let addsError = command.standardError == nil && exitCode != 0 && !exitMatches && !stderr.isEmpty
        if errorMatches, !addsError {
            lines += errorOld
        } else {
            let pattern = command.standardError ?? TextPattern(items: [])
            lines += renderer.lines(pattern, errorOld.map { String($0.dropFirst(2)) }, stderr).map {
                $0.isEmpty ? "!" : "! \($0)"
            }
        }
        if exitMatches {
            lines += old.filter(isExit)
        } else if exitCode != 0 {
            lines.append("[exit \(exitCode)]")
        }
        return (command.expectationLines, lines)
    }

    private func isError(_ line: String) -> Bool { line == "!" || line.hasPrefix("! ") }
    private func isExit(_ line: String) -> Bool { line.hasPrefix("[exit ") }
    private func isDirective(_ line: String) -> Bool {
        // The file was parsed, so no line here is a misspelt directive.
        do { return try Directive.parse(SourceLine(text: line, number: 0)) != nil } catch { return false }
    }
}

/// Writes what a response must be, anew where it has changed.
struct ResponseRecorder {
    let step: HTTPStep
    let written: (Range<Int>) -> [String]
    let variables: Variables

    func edit(
        status: Int, headers: [(name: String, value: String)], body: [UInt8]
    ) -> (range: Range<Int>, lines: [String])? {
        guard let response = step.response else { return nil }
        let head = response.match(status: status, headers: headers, variables: variables)
        let known = variables.adding(head.captures)
        let bodyText = recordedBody(body, known)
        if head.isMatch, bodyText == nil { return nil }
        let renderer = TextRenderer(variables: variables)
        var lines: [String] = []
        for number in step.expectationLines {
            if step.bodyLines.contains(number), let bodyText {
                if number == step.bodyLines.lowerBound { lines += bodyText }
                continue
            }
            let old = written(number..<(number + 1))
            if number == response.line {
                lines += response.status.accepts(status) ? old : ["\(status)"]
            } else if let header = response.headers.first(where: { $0.line == number }) {
                let values = headers.filter { $0.name.lowercased() == header.name.lowercased() }.map(\.value)
                let isRight = header.match(values, variables: known).isMatch
                lines += isRight ? old : ["\(header.name): \(values.first.map { renderer.line($0) } ?? "absent")"]
            } else {
                lines += old
            }
        }
        return (step.expectationLines, lines)
    }

    /// The body anew; `nil` where the old one matches or cannot be written anew.
    private func recordedBody(_ body: [UInt8], _ known: Variables) -> [String]? {
        if case .tar = step.body { return nil }
        if step.body.match(body, variables: known, readTar: { _ in [] }).isMatch { return nil }
        let renderer = JSONRenderer(variables: known)
        switch step.body {
        case .notAsserted, .tar: return nil
        case .empty, .byteCount: return body.isEmpty ? ["(empty)"] : ["(bytes \(body.count))"]
        case .json(let pattern): return renderer.body(pattern, body)
        case .jsonStream: return renderer.stream(body)
        case .text(let pattern):
            let old = written(step.bodyLines)
            let lines = TextRenderer(variables: known).lines(pattern, old.filter { $0 != "(text)" }, body)
            return old.first == "(text)" ? ["(text)"] + lines : lines
        }
    }
}
