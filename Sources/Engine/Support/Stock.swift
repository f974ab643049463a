import Logging
import Synchronization

/// Things made before anybody asks for them: each is used once, and new ones are made off the path, in the quiet after a
/// burst. A stock that runs low is filled up in one go: making one slows down who starts a container meanwhile, so that this
/// should not happen at each start.
final class Stock<Element: Sendable>: Sendable {
    private struct State {
        var isOpen = false
        /// Fills the stock at the moment.
        var filling: Task<Void, Never>?
        var ready: [Element] = []
        var opened: ContinuousClock.Instant?
        var lastTake: ContinuousClock.Instant?
        /// Whether it ran low and is not full yet.
        var isCatchingUp = false
    }

    private let what: String
    private let target: Int
    private let make: @Sendable () async throws -> Element
    private let discard: @Sendable (Element) async -> Void
    private let logger: Logger
    private let state = Mutex(State())

    /// A stock that is empty until it is opened.
    ///
    /// - Parameters:
    ///   - what: one of them, for the log: `an init`.
    ///   - target: how many wait; with 0 there never is one.
    ///   - discard: takes away one that nobody uses.
    init(
        of what: String, target: Int, logger: Logger, make: @escaping @Sendable () async throws -> Element,
        discard: @escaping @Sendable (Element) async -> Void
    ) {
        self.what = what
        self.target = target
        self.logger = logger
        self.make = make
        self.discard = discard
    }

    /// How many wait.
    var count: Int { state.withLock { $0.ready.count } }

    /// Starts to fill, after removing what a killed daemon left.
    func open(sweep: @escaping @Sendable () async throws -> Void) {
        guard target > 0 else { return }
        state.withLock { state in
            state.isOpen = true
            state.opened = .now
            state.filling = Task { [self] in
                do { try await sweep() } catch {
                    logger.warning("cannot remove \(what) that is left over: \(error)")
                }
                await fill()
            }
        }
    }

    /// Lets all that wait go, makes no more, and returns when they are gone.
    func close() async {
        let (dropped, filling) = state.withLock { state in
            defer { state.ready = [] }
            state.isOpen = false
            return (state.ready, state.filling)
        }
        await filling?.value
        for element in dropped { await discard(element) }
    }

    /// One that waits, if there is one.
    func take() -> Element? {
        let taken = state.withLock { state -> Element? in
            state.lastTake = .now
            return state.ready.popLast()
        }
        fillSoon()
        return taken
    }

    // MARK: - Filling

    /// How long nobody must have taken anything before the stock is filled up.
    private var quiet: Duration { .milliseconds(20) }

    private func fillSoon() {
        state.withLock { state in
            guard state.isOpen, state.filling == nil, state.ready.count < target else { return }
            state.filling = Task { [self] in await fill() }
        }
    }

    private func fill() async {
        while lacks() {
            await waitForQuiet()
            do {
                let made = try await make()
                let isWanted = state.withLock { state in
                    guard state.isOpen, state.ready.count < target else { return false }
                    state.ready.append(made)
                    return true
                }
                if !isWanted { await discard(made) }
            } catch {
                state.withLock { $0.filling = nil }
                // Who takes does without; the next one to take tries again.
                logger.warning("cannot prepare \(what): \(error)")
                return
            }
        }
    }

    private func lacks() -> Bool {
        state.withLock { state in
            let lacks = state.isOpen && state.ready.count < target
            if !lacks {
                state.filling = nil
                state.isCatchingUp = false
            }
            return lacks
        }
    }

    /// Returns at once where the stock runs low or did: then the next one to take would do the same work itself. The first
    /// filling waits all the same, since whoever opened the stock has more to do.
    private func waitForQuiet() async {
        while true {
            let rest: Duration? = state.withLock { state in
                if state.lastTake != nil, state.ready.count * 2 < target { state.isCatchingUp = true }
                guard state.isOpen, let since = state.lastTake ?? state.opened, !state.isCatchingUp else { return nil }
                let passed = since.duration(to: .now)
                return passed < quiet ? quiet - passed : nil
            }
            guard let rest else { return }
            // A cancelled wait only fills sooner.
            do { try await Task.sleep(for: rest) } catch { return }
        }
    }
}
