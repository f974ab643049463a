extension Engine {
    /// Waits for a container's end. Registered as soon as the call returns; the answer is `result`.
    public func wait(_ name: String, until condition: WaitCondition) throws(EngineError) -> PendingWait {
        let container = try container(name)
        let promise = Promise<WaitResult>()
        let known: WaitResult? = container.change { life in
            switch condition {
            case .notRunning where !life.record.state.isRunning:
                return WaitResult(exitCode: life.record.state.exitCode)
            case .notRunning, .nextExit: life.exitWaiters.append(promise)
            case .removed: life.removalWaiters.append(promise)
            }
            return nil
        }
        if let known { promise.fulfil(known) }
        return PendingWait { () async throws(EngineError) in
            if let result = await promise.value() { return result }
            container.change { life in
                life.exitWaiters.removeAll { $0 === promise }
                life.removalWaiters.removeAll { $0 === promise }
            }
            throw EngineError(.cancelled, "context canceled")
        }
    }
}
