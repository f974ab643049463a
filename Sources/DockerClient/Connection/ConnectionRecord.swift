import NIOCore
import Synchronization

/// The account of one connection: tells the observer, and remembers who closed first.
final class ConnectionRecord: Sendable {
    let number: Int
    private let observer: (any WireObserver)?
    private let firstCloser = Mutex<ConnectionSide?>(nil)

    init(number: Int, observer: (any WireObserver)?) {
        self.number = number
        self.observer = observer
    }

    var closedFirst: ConnectionSide? { firstCloser.withLock { $0 } }

    func note(_ kind: @autoclosure () -> WireEvent.Kind) {
        guard let observer else { return }
        observer.record(WireEvent(connection: number, at: NIODeadline.now().uptimeNanoseconds, kind: kind()))
    }

    /// Notes that a side closed; a side's second closing is none.
    func noteClosing(by side: ConnectionSide) {
        firstCloser.withLock { if $0 == nil { $0 = side } }
        note(side == .client ? .closedByUs : .closedByPeer)
    }
}
