import LinuxKernel

extension Engine {
    /// Tells whenever a container's log may have grown or its state changed; ends with the container, or the reader.
    func changes(of container: Container) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let task = Task { [host, logger] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    do {
                        let changes = try FileChanges()
                        try changes.add(container.directory, [.contents, .names])
                        // What was written before the watch stood.
                        continuation.yield()
                        while !Task.isCancelled {
                            if try await changes.next(watcher: host.watcher) { continuation.yield() }
                        }
                    } catch is CancellationError {
                        return
                    } catch {
                        logger.warning("cannot follow the log of container \(container.shortID): \(error)")
                    }
                }
                group.addTask { await Self.finalEnd(of: container) }
                // Whichever is over first: then there is nothing to follow any more.
                await group.next()
                group.cancelAll()
            }
            continuation.yield()
            continuation.finish()
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }

    /// Waits until a container neither runs nor is about to be started again by its policy.
    private static func finalEnd(of container: Container) async {
        let promise = Promise<WaitResult>()
        let isRunning = container.change { life in
            guard life.record.state.isRunning else { return false }
            life.exitWaiters.append(promise)
            return true
        }
        guard isRunning else { return }
        _ = await promise.value()
        container.change { $0.exitWaiters.removeAll { $0 === promise } }
    }
}
