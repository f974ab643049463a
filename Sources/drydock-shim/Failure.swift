import CLinux
import ShimProtocol

/// A step of launching that did not go through, as it is told to the daemon.
struct Failure: Error {
    let step: shim_step
    /// errno, positive.
    let error: Int32
    /// The path or name it happened on, cut to what the message holds.
    private(set) var detail: ShimDetail

    init(_ step: shim_step, _ error: Int32, _ detail: CString? = nil) {
        self.step = step
        self.error = error
        self.detail = ShimDetail(detail)
    }

    /// The message body of FAILED.
    var message: shim_failed {
        shim_failed(step: step.rawValue, error: error, detail: detail.bytes)
    }
}

/// The fixed room of `shim_failed.detail`, zero-terminated.
struct ShimDetail {
    private(set) var bytes = shim_failed().detail

    init(_ text: CString?) {
        guard let text else { return }
        withUnsafeMutableBytes(of: &bytes) { room in
            var index = 0
            while index < room.count - 1, text[index] != 0 {
                room[index] = UInt8(bitPattern: text[index])
                index += 1
            }
        }
    }
}

/// The answer of a CLinux call, or the failure it stands for: a negative answer is `-errno`.
@inline(__always)
@discardableResult
func check(_ step: shim_step, _ detail: CString? = nil, _ answer: Int32) throws(Failure) -> Int32 {
    if answer < 0 { throw Failure(step, -answer, detail) }
    return answer
}

/// The same for calls that answer a count.
@inline(__always)
@discardableResult
func check(_ step: shim_step, _ detail: CString? = nil, _ answer: Int64) throws(Failure) -> Int64 {
    if answer < 0 { throw Failure(step, Int32(truncatingIfNeeded: -answer), detail) }
    return answer
}

/// errno values the shim decides on (errno(3), the same on every Linux architecture that Swift runs on).
enum Errno {
    static let notPermitted: Int32 = 1
    static let noEntry: Int32 = 2
    static let interrupted: Int32 = 4
    static let tryAgain: Int32 = 11
    static let noMemory: Int32 = 12
    static let accessDenied: Int32 = 13
    static let exists: Int32 = 17
    static let noDevice: Int32 = 19
    static let notDirectory: Int32 = 20
    static let isDirectory: Int32 = 21
    static let invalid: Int32 = 22
    static let noSpace: Int32 = 28
    static let nameTooLong: Int32 = 36
    static let protocolError: Int32 = 71
    static let messageTooLong: Int32 = 90
}
