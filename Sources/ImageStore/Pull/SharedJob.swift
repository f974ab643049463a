import OCI
import RegistryClient

/// A layer on its way, with all who wait for it: pulls of the same layer share one job.
final class SharedJob {
    typealias Watcher = AsyncThrowingStream<LayerProgress, any Error>.Continuation
    var task: Task<Void, Never>?
    var watchers: [Int: Watcher] = [:]
    /// Whether nobody waits for it any more, so that it is being stopped.
    var isAbandoned = false
    private var nextID = 0
    private var last: LayerProgress?

    func add(_ watcher: Watcher) -> Int {
        nextID += 1
        watchers[nextID] = watcher
        if let last { watcher.yield(last) }
        return nextID
    }

    func report(_ progress: LayerProgress) {
        last = progress
        for watcher in watchers.values { watcher.yield(progress) }
    }

    func end(_ error: (any Error)?) {
        for watcher in watchers.values { watcher.finish(throwing: error) }
        watchers = [:]
    }
}

extension ImageStore {
    /// Waits until a layer is here, starting its job or joining the one that runs; the layer must be pinned before.
    func bring(_ source: LayerSource, report: @escaping @Sendable (LayerProgress) -> Void) async throws {
        // One that is being stopped is waited for, so that two never write the same folder.
        while let job = jobs[source.chainID], job.isAbandoned { await job.task?.value }
        try Task.checkCancellation()
        if layers[source.chainID] != nil {
            report(.alreadyExists)
            return
        }
        // Progress is throttled at its source, and a slow watcher may miss some of it, never the end.
        let (stream, watcher) = AsyncThrowingStream<LayerProgress, any Error>.makeStream(
            bufferingPolicy: .bufferingNewest(256))
        let job = jobs[source.chainID] ?? start(source)
        let id = job.add(watcher)
        do {
            for try await progress in stream { report(progress) }
            try Task.checkCancellation()
        } catch {
            leave(job, id)
            throw error
        }
    }

    private func start(_ source: LayerSource) -> SharedJob {
        let job = SharedJob()
        jobs[source.chainID] = job
        let (stream, reports) = AsyncStream<LayerProgress>.makeStream(bufferingPolicy: .bufferingNewest(256))
        let work = LayerJob(
            source: source, layout: layout, limits: configuration.limits, workers: workers,
            synchronizes: configuration.synchronizesLayers, report: { reports.yield($0) })
        let chainID = source.chainID
        job.task = Task {
            async let outcome = Self.result(of: work, reports)
            for await progress in stream { self.jobs[chainID]?.report(progress) }
            self.finish(chainID, job, await outcome)
            // Nobody may have waited for it to the end.
            if job.isAbandoned { await self.collectQuietly() }
        }
        return job
    }

    private static func result(
        of work: LayerJob, _ reports: AsyncStream<LayerProgress>.Continuation
    ) async -> Result<LayerRecord, any Error> {
        defer { reports.finish() }
        do { return .success(try await work.run()) } catch { return .failure(error) }
    }

    private func finish(_ chainID: Digest, _ job: SharedJob, _ outcome: Result<LayerRecord, any Error>) {
        jobs[chainID] = nil
        switch outcome {
        case .success(let record):
            layers[chainID] = record
            job.end(nil)
        case .failure(let error): job.end(error)
        }
    }

    private func leave(_ job: SharedJob, _ id: Int) {
        job.watchers[id] = nil
        guard job.watchers.isEmpty else { return }
        job.isAbandoned = true
        job.task?.cancel()
    }

    func pin(_ chainIDs: [Digest]) {
        for chainID in chainIDs { pins[chainID, default: 0] += 1 }
    }

    func unpin(_ chainIDs: [Digest]) {
        for chainID in chainIDs {
            guard let count = pins[chainID] else { continue }
            pins[chainID] = count > 1 ? count - 1 : nil
        }
    }
}
