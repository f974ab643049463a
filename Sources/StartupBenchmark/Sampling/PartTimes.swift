import DockerClient
import Synchronization

/// Reads `Server-Timing` (W3C): `rootfs;dur=0.31, clone;dur=0.2`, milliseconds.
enum ServerTiming {
    static func phases(_ headers: [String], of call: String) -> [Sample.Phase] {
        headers.flatMap { $0.split(separator: ",") }.compactMap { metric in
            let parts = metric.split(separator: ";").map { $0.drop { $0 == " " } }
            guard let name = parts.first, let duration = parts.first(where: { $0.hasPrefix("dur=") }),
                let milliseconds = Double(duration.dropFirst(4))
            else { return nil }
            return Sample.Phase("server.\(call).\(name)", milliseconds)
        }
    }
}

/// When a request was on the wire and when its answer's head came.
final class WireTimes: WireObserver {
    private struct Times {
        var written: UInt64?
        var headed: UInt64?
    }

    private let times = Mutex(Times())

    /// See `WireObserver`.
    func record(_ event: WireEvent) {
        times.withLock { times in
            switch event.kind {
            case .sent where times.headed == nil: times.written = event.at
            case .headReceived where times.headed == nil: times.headed = event.at
            default: break
            }
        }
    }

    /// `wire.create.written` and `wire.create.headed`: milliseconds since the call was begun.
    func parts(of call: String, since began: UInt64) -> [Sample.Phase] {
        let times = times.withLock { $0 }
        return [("written", times.written), ("headed", times.headed)].compactMap { name, at in
            at.map { .init("wire.\(call).\(name)", MonotonicClock.milliseconds(from: began, to: $0)) }
        }
    }
}
