import CLinux
import ImageStore
import LinuxKernel
import Logging
import Synchronization

/// Folders of containers that are gone for everybody but the disk: renaming one takes it away at once, and what is in it is
/// removed afterwards, one folder at a time. What a crash leaves is removed when the next engine opens.
final class RemovedFolders: Sendable {
    /// Where so many wait, the one who asks removes its own.
    private static let limit = 256

    private struct State {
        var waiting: [String] = []
        var worker: Task<Void, Never>?
    }

    private let folder: String
    private let logger: Logger
    private let worker: Worker
    private let state = Mutex(State())

    /// Makes the folder and empties it.
    init(folder: String, logger: Logger) throws(SystemError) {
        self.folder = folder
        self.logger = logger
        worker = Worker(thread: try NamespaceThread(name: "drydock-remove", namespace: nil))
        try Folder.make(folder, mode: 0o700)
        for name in try Folder.names(folder) { add("\(folder)/\(name)") }
    }

    /// Takes a folder away; its contents follow.
    func take(_ path: String, name: String) throws {
        let place = "\(folder)/\(name)"
        // Always first, so that no crash leaves half a container.
        try SystemCall.check(clinux_renameat(CLINUX_AT_FDCWD, path, CLINUX_AT_FDCWD, place), "rename \(path)")
        guard state.withLock({ $0.waiting.count < Self.limit }) else { return try TreeRemover.remove(path: place) }
        add(place)
    }

    /// Returns when nothing is left to remove.
    func finish() async {
        while let running = state.withLock({ $0.worker }) { await running.value }
    }

    private func add(_ path: String) {
        state.withLock { state in
            state.waiting.append(path)
            if state.worker == nil { state.worker = Task { [self] in await work() } }
        }
    }

    private func work() async {
        while let path = next() {
            do { try await worker.remove(path) } catch {
                logger.error("cannot remove \(path): \(error)")
            }
        }
    }

    private func next() -> String? {
        state.withLock { state in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.worker = nil
            return nil
        }
    }

    /// Removes on a thread of its own, since a disk may take its time.
    private actor Worker {
        private nonisolated let thread: NamespaceThread
        nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

        init(thread: NamespaceThread) { self.thread = thread }

        func remove(_ path: String) throws { try TreeRemover.remove(path: path) }
    }
}
