import NIOConcurrencyHelpers
import OCI

/// A blob on its way to the disk, written by its download and read by its unpacking at the same time.
final class GrowingFile: Sendable {
    private struct State {
        var written: Int64 = 0
        var ending: Result<Void, OCIError>?
    }
    private enum Condition { case waiting, changed }

    let path: String
    private let state = NIOLockedValueBox(State())
    private let condition = ConditionLock(value: Condition.waiting)
    private let writer: NIOLockedValueBox<FileDescriptor?>

    init(creating path: String) throws(OCIError) {
        self.path = path
        writer = NIOLockedValueBox(try FileDescriptor.newFile(path))
    }

    /// Appends; called by one writer at a time, on a thread that may block.
    ///
    /// - Throws: what `end` was told, where the reader has given up.
    func append(_ bytes: UnsafeRawBufferPointer) throws {
        if case .failure(let error) = state.withLockedValue({ $0.ending }) { throw error }
        try writer.withLockedValue { try $0?.write(bytes, shown: path) }
        state.withLockedValue { $0.written += Int64(bytes.count) }
        signal()
    }

    /// Says that all bytes are there and verified, or that no more will come; only the first call counts.
    func end(_ result: Result<Void, OCIError>) {
        writer.withLockedValue { $0 = nil }
        state.withLockedValue { state in if state.ending == nil { state.ending = result } }
        signal()
    }

    /// Hands the file's bytes to `sink` as they come and finishes it; blocks its thread.
    ///
    /// - Throws: what `end` was told, or the sink's error.
    func copy(to sink: any ByteSink, onProgress: (Int64) -> Void) throws(OCIError) {
        let file = try File(reading: path)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        var offset: Int64 = 0
        while true {
            let (written, ending) = state.withLockedValue { ($0.written, $0.ending) }
            if case .failure(let error) = ending { throw error }
            while offset < written {
                let wanted = Int(min(Int64(buffer.count), written - offset))
                let count = try file.read(at: offset, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
                guard count > 0 else { throw OCIError(.contentMismatch, "\(path) became shorter") }
                try sink.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                offset += Int64(count)
                onProgress(offset)
            }
            if case .success = ending { return try sink.finish() }
            // The download has deadlines of its own and always ends this.
            condition.lock(whenValue: .changed)
            condition.unlock(withValue: .waiting)
        }
    }

    private func signal() {
        condition.lock()
        condition.unlock(withValue: .changed)
    }
}
