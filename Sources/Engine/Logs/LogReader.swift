import Glibc
import LinuxKernel

/// Reads a container's log: the past from its files, the future as it is written.
///
/// Memory stays at one block of 128 KiB and one batch however long the log is; `tail` reads backwards from the end,
/// `since` finds its place by halving.
public struct LogReader: AsyncSequence, Sendable {
    /// Some entries at a time.
    public typealias Element = LogBatch

    private let path: String
    private let query: LogQuery
    private let changes: AsyncStream<Void>?
    private let isOver: @Sendable () -> Bool

    /// A log as it is now.
    ///
    /// - Parameters:
    ///   - path: the file that is written to; what rotation put aside stands beside it as `PATH.1`, `PATH.2`….
    ///   - query: what is wanted of it; `follows` needs the other initializer.
    public init(path: String, query: LogQuery) {
        self.path = path
        self.query = query
        changes = nil
        isOver = { true }
    }

    /// A log as it is and will be.
    ///
    /// - Parameters:
    ///   - changes: tells that the log, or the answer of `isOver`, may have changed.
    ///   - isOver: whether nothing is written any more.
    public init(path: String, query: LogQuery, changes: AsyncStream<Void>, isOver: @escaping @Sendable () -> Bool) {
        self.path = path
        self.query = query
        self.changes = changes
        self.isOver = isOver
    }

    /// A reading from the start of what is wanted.
    public func makeAsyncIterator() -> Iterator {
        Iterator(path: path, query: query, changes: changes?.makeAsyncIterator(), isOver: isOver)
    }

    /// One reading.
    public struct Iterator: AsyncIteratorProtocol {
        private let path: String
        private let query: LogQuery
        private var changes: AsyncStream<Void>.Iterator?
        private let isOver: @Sendable () -> Bool
        /// What is still to be read, oldest first; nil before the first reading.
        private var files: [LogSegment]?
        private var offset: Int64 = 0
        /// Bytes of the current file behind the last whole line.
        private var rest: [UInt8] = []
        private var isPastEnd = false

        init(
            path: String, query: LogQuery, changes: AsyncStream<Void>.Iterator?, isOver: @escaping @Sendable () -> Bool
        ) {
            self.path = path
            self.query = query
            self.changes = changes
            self.isOver = isOver
        }

        /// Finds the place to begin at: what is written from here on counts as new. `next` does it by itself otherwise.
        public mutating func prepare() throws(EngineError) {
            guard files == nil else { return }
            do { try open() } catch { throw EngineError(.system, "\(error)") }
        }

        /// The next entries; nil at the end.
        public mutating func next() async throws(EngineError) -> LogBatch? {
            do {
                while !isPastEnd {
                    // Asked before the files are read: what was written before the end is then read for certain.
                    let isLast = isOver()
                    if files == nil { try open() }
                    while let batch = try read() {
                        if !batch.entries.isEmpty { return batch }
                        if isPastEnd { return nil }
                    }
                    guard query.follows, !isLast, changes != nil else { return nil }
                    if Task.isCancelled { return nil }
                    guard await changes?.next() != nil else { return nil }
                }
                return nil
            } catch {
                throw EngineError(.system, "\(error)")
            }
        }

        private mutating func open() throws(SystemError) {
            let newestFirst = try LogSegment.all(path: path)
            guard !newestFirst.isEmpty else { return }
            files = newestFirst.reversed()
            if let tail = query.tail {
                var wanted = tail
                for (index, file) in newestFirst.enumerated() {
                    let (start, found) = try file.startOfLast(wanted)
                    wanted -= found
                    if wanted <= 0 || index == newestFirst.count - 1 {
                        files = newestFirst[0...index].reversed()
                        offset = start
                        return
                    }
                }
            } else if let since = query.since, let first = files?.first {
                offset = try first.start(of: since)
            }
        }

        /// The entries of the next block; nil at the end of what there is.
        private mutating func read() throws(SystemError) -> LogBatch? {
            while let file = files?.first {
                if let batch = try readBlock(of: file) { return batch }
                guard try advance(from: file) else { return nil }
            }
            return nil
        }

        private mutating func readBlock(of file: LogSegment) throws(SystemError) -> LogBatch? {
            let kept = rest.count
            rest.reserveCapacity(kept + LogSegment.block)
            rest.append(contentsOf: repeatElement(0, count: LogSegment.block))
            let count = try file.read(at: offset, into: &rest, kept..<rest.count)
            rest.removeLast(LogSegment.block - count)
            offset += Int64(count)
            guard count > 0 else { return nil }
            return takeLines()
        }

        private mutating func takeLines() -> LogBatch {
            var batch = LogBatch()
            batch.bytes.reserveCapacity(rest.count)
            var start = 0
            rest.withUnsafeBytes { bytes in
                while !isPastEnd, let feed = Self.lineFeed(bytes, from: start) {
                    add(UnsafeRawBufferPointer(rebasing: bytes[start..<feed]), to: &batch)
                    start = feed + 1
                }
            }
            rest.removeSubrange(..<start)
            // A line without end is none: the file is damaged there, and reading goes on behind it.
            if rest.count > LogSegment.lineLimit { rest.removeAll() }
            return batch
        }

        private static func lineFeed(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
            guard start < bytes.count, let base = bytes.baseAddress,
                let found = memchr(base + start, Int32(UInt8(ascii: "\n")), bytes.count - start)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }

        private mutating func add(_ line: UnsafeRawBufferPointer, to batch: inout LogBatch) {
            let start = batch.bytes.count
            guard let parsed = LogLine.parse(line, into: &batch.bytes) else {
                batch.bytes.removeSubrange(start...)
                return
            }
            if let until = query.until, parsed.time > until {
                isPastEnd = true
            } else if parsed.time >= query.since ?? .min {
                batch.entries.append(
                    LogBatch.Entry(
                        channel: parsed.channel, time: parsed.time, text: start..<batch.bytes.count,
                        attributes: parsed.attributes))
                return
            }
            batch.bytes.removeSubrange(start...)
        }

        /// Goes on to the file that follows; false where there is none yet.
        private mutating func advance(from file: LogSegment) throws(SystemError) -> Bool {
            if files?.count == 1 {
                guard query.follows else { return false }
                let all = try LogSegment.all(path: path)
                let place = all.firstIndex { $0.inode == file.inode }
                let size = try file.size()
                if place == 0 || all.isEmpty {
                    guard size < offset else { return false }
                    // A log of a single file is rotated by emptying it.
                    offset = 0
                    rest.removeAll()
                    return size > 0
                }
                // Written between the last reading and the rotation.
                if size > offset { return true }
                // Where rotation has removed the file altogether, what is left begins with the oldest.
                files = [file] + all[..<(place ?? all.count)].reversed()
            }
            return advanceToNext()
        }

        private mutating func advanceToNext() -> Bool {
            files?.removeFirst()
            offset = 0
            rest.removeAll(keepingCapacity: true)
            return files?.isEmpty == false
        }
    }
}
