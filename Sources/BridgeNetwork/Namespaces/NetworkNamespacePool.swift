import LinuxKernel
import Logging
import Synchronization

/// Prepared network namespaces. Each is handed out once and dies with its container; new ones are made off the path, in
/// the quiet after a burst. A kind that runs low is filled up in one go: making one slows down who starts a container
/// meanwhile, so that this should not happen at each start.
final class NetworkNamespacePool: Sendable {
    /// How long nobody must have taken anything before the stock is filled up.
    private static let quiet: Duration = .milliseconds(20)

    private struct State {
        var plan: NamespacePlan?
        var bridged: [PreparedNamespace] = []
        var isolated: [FileDescriptor] = []
        var isFilling = false
        var opened: ContinuousClock.Instant?
        var lastTake: ContinuousClock.Instant?
        /// Whether that kind ran low and is not full yet.
        var bridgedCatchesUp = false
        var isolatedCatchesUp = false
    }

    private enum Lack { case bridged(NamespacePlan), isolated }

    private let builder: NamespaceBuilder
    private let bridgedTarget: Int
    private let isolatedTarget: Int
    private let logger: Logger
    private let state = Mutex(State())

    init(builder: NamespaceBuilder, configuration: NetworkConfiguration, logger: Logger) {
        self.builder = builder
        self.logger = logger
        bridgedTarget = configuration.preparedNamespaces
        isolatedTarget = configuration.preparedIsolatedNamespaces
    }

    /// How many namespaces of each kind are ready.
    var stock: (bridged: Int, isolated: Int) {
        state.withLock { ($0.bridged.count, $0.isolated.count) }
    }

    /// Starts to fill; what was prepared for another plan is dropped.
    func open(_ plan: NamespacePlan) {
        close()
        state.withLock { state in
            state.plan = plan
            state.opened = .now
        }
        fillSoon()
    }

    /// Drops the stock and makes no more.
    func close() {
        let dropped = state.withLock { state in
            defer { state = State(isFilling: state.isFilling) }
            return (state.plan, state.bridged)
        }
        for prepared in dropped.1 { dropped.0?.addresses.retire(prepared.address, veth: prepared.vethName) }
    }

    /// A namespace with an address, where one is ready.
    func takeBridged() -> PreparedNamespace? {
        defer { fillSoon() }
        return state.withLock { state in
            state.lastTake = .now
            return state.bridged.isEmpty ? nil : state.bridged.removeFirst()
        }
    }

    /// A namespace with nothing but `lo`, where one is ready.
    func takeIsolated() -> FileDescriptor? {
        defer { fillSoon() }
        return state.withLock { state in
            state.lastTake = .now
            return state.isolated.popLast()
        }
    }

    /// Takes back a namespace that no container ever was in.
    func giveBack(_ prepared: PreparedNamespace) {
        let isWanted = state.withLock { state in
            guard state.plan != nil, state.bridged.count < bridgedTarget else { return false }
            state.bridged.insert(prepared, at: 0)
            return true
        }
        if !isWanted { retire(prepared) }
    }

    /// Drops the namespace that was prepared with that address, so that somebody else can have it.
    func drop(address: UInt32) {
        let dropped = state.withLock { state in
            state.bridged.firstIndex { $0.address == address }.map { state.bridged.remove(at: $0) }
        }
        if let dropped { retire(dropped) }
        fillSoon()
    }

    private func retire(_ prepared: PreparedNamespace) {
        state.withLock { $0.plan }?.addresses.retire(prepared.address, veth: prepared.vethName)
    }

    private func fillSoon() {
        let isIdle = state.withLock { state in
            guard !state.isFilling, lack(in: &state) != nil else { return false }
            state.isFilling = true
            return true
        }
        if isIdle { Task { [self] in await fill() } }
    }

    private func fill() async {
        while let (lack, rest) = next() {
            if let rest {
                // A cancelled wait only fills sooner. Afterwards the other kind may be what is needed most.
                do { try await Task.sleep(for: rest) } catch { return stopFilling() }
                continue
            }
            do {
                switch lack {
                case .bridged(let plan): add(try await builder.bridged(plan), for: plan)
                case .isolated: add(try await builder.isolated())
                }
            } catch {
                stopFilling()
                // The bridge may go away under the last one when the network is taken down.
                logger.log(
                    level: state.withLock { $0.plan != nil } ? .warning : .debug, "cannot prepare a network namespace",
                    metadata: ["error": "\(error)"])
                return
            }
        }
    }

    private func stopFilling() { state.withLock { $0.isFilling = false } }

    /// What to make next, and how long to wait before it is looked again: not at all where that kind runs low, since then
    /// the next container would wait for its namespace anyway. The first filling waits all the same, since whoever opened
    /// the stock has more to do.
    private func next() -> (Lack, rest: Duration?)? {
        state.withLock { state in
            guard let (lack, isLow) = lack(in: &state) else {
                state.isFilling = false
                return nil
            }
            let mayWait = !isLow || state.lastTake == nil
            guard mayWait, let since = state.lastTake ?? state.opened else { return (lack, nil) }
            let passed = since.duration(to: .now)
            return (lack, passed < Self.quiet ? Self.quiet - passed : nil)
        }
    }

    /// The kind that is lacking, one that runs low, or did and is not full yet, first.
    private func lack(in state: inout State) -> (Lack, isLow: Bool)? {
        guard let plan = state.plan else { return nil }
        let (bridged, isolated) = (state.bridged.count, state.isolated.count)
        Self.catchUp(&state.bridgedCatchesUp, with: bridged, of: bridgedTarget)
        Self.catchUp(&state.isolatedCatchesUp, with: isolated, of: isolatedTarget)
        if state.bridgedCatchesUp { return (.bridged(plan), true) }
        if state.isolatedCatchesUp { return (.isolated, true) }
        if bridged < bridgedTarget { return (.bridged(plan), false) }
        return isolated < isolatedTarget ? (.isolated, false) : nil
    }

    private static func catchUp(_ catchesUp: inout Bool, with count: Int, of target: Int) {
        if count >= target { catchesUp = false } else if count * 2 < target { catchesUp = true }
    }

    private func add(_ prepared: PreparedNamespace, for plan: NamespacePlan) {
        let isWanted = state.withLock { state in
            guard state.plan?.addresses === plan.addresses, state.bridged.count < bridgedTarget else { return false }
            state.bridged.append(prepared)
            return true
        }
        if !isWanted { plan.addresses.retire(prepared.address, veth: prepared.vethName) }
    }

    private func add(_ namespace: FileDescriptor) {
        state.withLock { state in
            if state.plan != nil, state.isolated.count < isolatedTarget { state.isolated.append(namespace) }
        }
    }
}
