import Scenario

/// How far the expectations of a scenario have read into what a command writes.
struct StreamCursor: Sendable {
    /// Bytes of the tape that were handed to a matcher.
    private var taken = 0
    /// Bytes a matcher got and left for the next one.
    private var pending: [UInt8] = []

    /// Waits until the pattern has matched the next output, cannot match any more, or the deadline passes.
    ///
    /// - Returns: what was captured, or everything that was wrong; `late` where the deadline passed.
    mutating func expect(
        _ pattern: TextPattern, on tape: OutputTape, variables: Variables, mode: TextMatcher.Mode, location: String,
        deadline: Deadline, awaiting: String
    ) async throws -> CursorOutcome {
        var matcher = TextMatcher(pattern, variables: variables, mode: mode, location: location)
        matcher.append(pending)
        while true {
            switch matcher.progress {
            case .matched(let captures):
                pending = matcher.rest
                return .matched(captures)
            case .failed(let mismatches): return .failed(mismatches)
            case .incomplete: break
            }
            let known = taken
            let content: OutputTape.Content
            do {
                content = try await deadline.run(awaiting: awaiting) {
                    try await tape.wait { $0.stdout.count > known || $0.ending != nil ? $0 : nil }
                }
            } catch let error as DeadlineExceeded {
                return .late(error, matcher.mismatchesNow)
            }
            matcher.append(content.stdout[known...])
            taken = content.stdout.count
            if content.ending != nil { matcher.finish() }
        }
    }

    /// Everything that was not matched so far, once the tape has ended.
    func rest(of tape: OutputTape) -> [UInt8] {
        pending + tape.content.stdout[taken...]
    }
}

/// What came of waiting for output.
enum CursorOutcome: Sendable {
    case matched([String: String])
    case failed([Mismatch])
    case late(DeadlineExceeded, [Mismatch])
}
