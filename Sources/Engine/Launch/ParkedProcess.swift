import CLinux
import LinuxKernel
import ShimProtocol
import Synchronization

/// A monitor and its init that wait for a container, or a monitor that waits for an exec. They end by themselves when this
/// object goes, or the daemon does.
public final class ParkedProcess: MonitorLoop.Handler {
    private struct State {
        var socket: FileDescriptor?
        var waiter: CheckedContinuation<Bool, Never>?
        var deadline: Int64?
        var monitor: ProcessHandle?
    }

    /// How long the kernel may take to let the init into its cgroups: a grace period, some 10 ms, and more under load.
    private static let patience: Int64 = 10_000_000_000

    private let state: Mutex<State>
    /// Where it waits besides its cgroups.
    let place: ExecPlace?

    init(socket: FileDescriptor, place: ExecPlace? = nil) {
        self.place = place
        state = Mutex(State(socket: socket))
    }

    /// Whether it is where a command belongs: what a process has taken on it cannot give back.
    func suits(_ spec: ProcessSpec, inside container: RunningProcess) -> Bool {
        guard let place else { return true }
        return place.container === container && (place.filter.isEmpty || place.filter == spec.seccomp)
            && place.bounding == spec.capabilities?.bounding
    }

    /// Whether the init has come to wait in its cgroups; asked once, before `take`.
    func isReady() async -> Bool {
        await withCheckedContinuation { continuation in
            let socket = state.withLock { state in
                state.waiter = continuation
                state.deadline = clinux_monotonic_ns() + Self.patience
                return state.socket
            }
            do throws(LaunchError) {
                if let socket { try MonitorLoop.shared.watch(socket.number, CLINUX_EPOLLIN, self) }
                MonitorLoop.shared.schedule(self)
            } catch {
                answer(false)
            }
        }
    }

    /// Whether it serves commands that belong at that place.
    func serves(_ wanted: ExecPlace?) -> Bool {
        place?.container === wanted?.container && place?.filter == wanted?.filter && place?.bounding == wanted?.bounding
    }

    /// The conversation with its monitor, while nobody has taken it.
    var socket: FileDescriptor? { state.withLock { $0.socket } }

    /// The monitor, once it waits.
    var monitor: ProcessHandle? { state.withLock { $0.monitor } }

    /// The conversation with its monitor, once.
    func take() -> FileDescriptor? {
        state.withLock { state in
            defer { state.socket = nil }
            return state.socket
        }
    }

    func ready(_ descriptor: Int32) {
        let headSize = MemoryLayout<shim_message>.size
        let size = headSize + MemoryLayout<shim_parked>.size
        withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { room in
            var passed: Int32 = -1
            var count = 1
            let length = clinux_receive(descriptor, room.baseAddress, size, &passed, &count, 0)
            if length == -Int64(LaunchError.tryAgain) { return }
            let pidfd = count == 1 ? FileDescriptor(passed) : nil
            guard length == size, let pidfd, room.load(as: shim_message.self).kind == SHIM_PARKED.rawValue else {
                return answer(false)
            }
            let parked = room.load(fromByteOffset: headSize, as: shim_parked.self)
            state.withLock { $0.monitor = ProcessHandle(pid: parked.monitor, descriptor: pidfd) }
            answer(true)
        }
    }

    func deadline(now: Int64) -> Int64? {
        guard let deadline = state.withLock({ $0.deadline }) else { return nil }
        if now >= deadline { answer(false) }
        return now >= deadline ? nil : deadline
    }

    private func answer(_ isReady: Bool) {
        let (socket, waiter) = state.withLock { state in
            defer {
                state.waiter = nil
                state.deadline = nil
                if !isReady { state.socket = nil }
            }
            return (state.socket, state.waiter)
        }
        if let socket { MonitorLoop.shared.forget(socket.number) }
        waiter?.resume(returning: isReady)
    }
}

/// Where a monitor can wait for an exec besides the cgroups: what any command of its container is given.
struct ExecPlace: Sendable {
    /// Whose namespaces it is in. What is mounted there stays mounted as long as it lives.
    let container: RunningProcess
    /// The filter it runs under itself, as `ProcessSpec.seccomp` has it; empty for none.
    let filter: [UInt8]
    /// Its bounding set, which is the command's.
    let bounding: UInt64
}
