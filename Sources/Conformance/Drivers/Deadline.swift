/// Something awaited did not happen in time.
struct DeadlineExceeded: Error, CustomStringConvertible {
    /// What was awaited, as it reads after "waited for": `docker logs -f … to end`.
    let awaited: String
    /// How long it was awaited.
    let limit: Duration

    var description: String { "waited \(TerminalText.seconds(limit)) for \(awaited)" }
}

/// A point in time after which waiting ends.
struct Deadline: Sendable {
    let instant: ContinuousClock.Instant
    let limit: Duration

    /// So long from now.
    init(after limit: Duration) {
        self.limit = limit
        instant = .now + limit
    }

    private init(instant: ContinuousClock.Instant, limit: Duration) {
        self.instant = instant
        self.limit = limit
    }

    var isPast: Bool { ContinuousClock.now >= instant }

    /// So long from now, but not later than this one.
    func nested(_ limit: Duration) -> Deadline {
        let inner = Deadline(after: limit)
        return inner.instant < instant ? inner : self
    }

    /// Repeats an attempt, with pauses that grow, until it has nothing to complain of or there is no time for another.
    ///
    /// - Returns: the last complaint; `nil` where an attempt had none.
    func repeating<Complaint: Sendable>(
        isolation: isolated (any Actor)? = #isolation, _ attempt: () async throws -> Complaint?
    ) async throws -> Complaint? {
        var pause = Duration.milliseconds(20)
        while let complaint = try await attempt() {
            guard instant > .now + pause else { return complaint }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(250))
        }
        return nil
    }

    /// Runs the body until the deadline; the body is cancelled then and must heed it.
    ///
    /// - Throws: `DeadlineExceeded` naming what was awaited, or what the body throws.
    func run<Value: Sendable>(
        awaiting awaited: String, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let instant = self.instant
        let exceeded = DeadlineExceeded(awaited: awaited, limit: limit)
        return try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(until: instant, clock: .continuous)
                throw exceeded
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }
}
