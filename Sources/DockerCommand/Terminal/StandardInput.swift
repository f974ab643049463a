import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Standard input, read a piece at a time and only when asked, so that what a command does not read stays for the next.
final class StandardInput: Sendable {
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "drydock.stdin")

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// The next bytes, or `nil` at the end; also `nil` once the task is cancelled.
    func next() async throws -> [UInt8]? {
        let cancelled = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.async { [descriptor] in
                    continuation.resume(with: Result { try Self.read(descriptor, unless: cancelled) })
                }
            }
        } onCancel: {
            cancelled.set()
        }
    }

    /// Waits in short turns, since a blocked `read` cannot be called off.
    private static func read(_ descriptor: Int32, unless cancelled: CancellationFlag) throws -> [UInt8]? {
        while !cancelled.isSet {
            var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&poller, 1, 50)
            if ready == 0 || (ready < 0 && errno == EINTR) { continue }
            var failure: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: 32 << 10) { buffer, filled in
                let got = systemRead(descriptor, buffer)
                failure = got < 0 ? errno : 0
                filled = max(0, got)
            }
            if failure == EINTR || failure == EAGAIN { continue }
            // A terminal that hung up reads as EIO: the end of input.
            guard failure == 0 || failure == EIO else {
                throw CommandFailure("read stdin: \(FileStream.Handle.reason(failure))")
            }
            return bytes.isEmpty ? nil : bytes
        }
        return nil
    }

    private static func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        #if canImport(Glibc)
            Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
            Musl.read(descriptor, buffer.baseAddress, buffer.count)
        #else
            Darwin.read(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }
}
