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
        /// Bytes of the current file behind the last line that was taken.
        private let rest = LogBuffer()
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
            } else if let since = query.since {
                // What is put aside is older than the first line of what came after it.
                for (index, file) in newestFirst.enumerated() {
                    if index < newestFirst.count - 1 {
                        let first = try file.firstMoment() ?? .max
                        if first >= since { continue }
                    }
                    files = newestFirst[0...index].reversed()
                    offset = try file.start(of: since)
                    return
                }
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
            let count = try rest.read(from: file, at: offset)
            offset += Int64(count)
            return count > 0 ? takeLines() : nil
        }

        private mutating func takeLines() -> LogBatch {
            var batch = LogBatch()
            let lines = rest.bytes
            var start = 0
            batch.bytes = [UInt8](unsafeUninitializedCapacity: lines.count + LogText.slack) { room, written in
                var text = LogText(UnsafeMutableRawBufferPointer(room))
                while !isPastEnd, let feed = rest.lineFeed(from: start) {
                    add(UnsafeRawBufferPointer(rebasing: lines[start..<feed]), &text, to: &batch.entries)
                    start = feed + 1
                }
                written = text.count
            }
            rest.removeFirst(start)
            // A line without end is none: the file is damaged there, and reading goes on behind it.
            if rest.bytes.count > LogSegment.lineLimit { rest.removeAll() }
            return batch
        }

        private mutating func add(
            _ line: UnsafeRawBufferPointer, _ text: inout LogText, to entries: inout [LogBatch.Entry]
        ) {
            let start = text.count
            guard let parsed = LogLine.parse(line, into: &text) else { return text.shrink(to: start) }
            if let until = query.until, parsed.time > until {
                isPastEnd = true
            } else if parsed.time >= query.since ?? .min {
                entries.append(
                    LogBatch.Entry(
                        channel: parsed.channel, time: parsed.time, text: start..<text.count,
                        attributes: parsed.attributes))
                return
            }
            text.shrink(to: start)
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
            rest.removeAll()
            return files?.isEmpty == false
        }
    }
}
