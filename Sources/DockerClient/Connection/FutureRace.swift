import NIOCore

extension EventLoopFuture where Value: Sendable {
    /// The value, unless the deadline passes or the waiting task is cancelled first. The operation behind the future
    /// goes on in either case; whoever waits must end it.
    func value(
        within deadline: Duration?, orFailWith error: @autoclosure () -> DockerClientError
    ) async throws -> Value {
        let race = eventLoop.makePromise(of: Value.self)
        whenComplete { race.completeWith($0) }
        let timer = deadline.map { duration in
            let error = error()
            return eventLoop.scheduleTask(in: TimeAmount(duration)) { race.fail(error) }
        }
        defer { timer?.cancel() }
        return try await withTaskCancellationHandler {
            try await race.futureResult.get()
        } onCancel: {
            race.fail(CancellationError())
        }
    }
}
