import Synchronization

/// What was asked of the daemon and what it acknowledged, container by container.
final class Ledger: Sendable {
    /// A wish: nobody asked, asked without an answer yet, acknowledged.
    enum Wish { case none, asked, done }

    /// What a container runs.
    enum Plan: Sendable {
        /// Ends with this code at once.
        case exit(Int64)
        /// Writes so many numbered lines at so many a second (0: at once) and ends with 0.
        case log(lines: Int, rate: Int)
        /// Writes so many numbered lines and stays; TERM ends it with 143, once all lines are written.
        case stay(lines: Int)

        var command: [String] {
            switch self {
            case .exit(let code): ["/bin/probe", "exit", "\(code)"]
            case .log(let lines, let rate): ["/bin/probe", "log", "--lines", "\(lines)", "--rate", "\(rate)"]
            case .stay(let lines): ["/bin/probe", "log", "--lines", "\(lines)", "--whole", "--wait"]
            }
        }

        var lines: Int {
            switch self {
            case .exit: 0
            case .log(let lines, _), .stay(let lines): lines
            }
        }

        /// How it ends by itself or, if it stays, when stopped.
        var code: Int64 {
            switch self {
            case .exit(let code): code
            case .log: 0
            case .stay: 143
            }
        }

        var stays: Bool { if case .stay = self { true } else { false } }
    }

    struct Entry: Sendable {
        let name: String
        let plan: Plan
        var created = Wish.asked
        var id: String?
        var started = Wish.none
        var stopped = Wish.none
        var removed = Wish.none
    }

    private let entries = Mutex<[String: Entry]>([:])
    private let number = Atomic<Int>(0)
    private let killing = Atomic<Bool>(false)

    /// Whether the daemon may vanish from now on.
    var isKilling: Bool {
        get { killing.load(ordering: .sequentiallyConsistent) }
        set { killing.store(newValue, ordering: .sequentiallyConsistent) }
    }

    var all: [Entry] { entries.withLock { $0.values.sorted { $0.name < $1.name } } }

    /// How many containers were ever asked for.
    var count: Int { number.load(ordering: .relaxed) }

    func begin(_ plan: Plan) -> String {
        let name = "crash-\(number.add(1, ordering: .relaxed).newValue)"
        entries.withLock { $0[name] = Entry(name: name, plan: plan) }
        return name
    }

    func change(_ name: String, _ body: (inout Entry) -> Void) {
        entries.withLock { entries in
            if var entry = entries[name] {
                body(&entry)
                entries[name] = entry
            }
        }
    }

    func forget(_ name: String) { entries.withLock { $0[name] = nil } }
}
