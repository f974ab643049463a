import CLinux
import Glibc
import LinuxKernel

/// One file of a container's log: the one that is written to, or one that rotation has put aside.
struct LogSegment: Sendable {
    let descriptor: FileDescriptor
    let inode: UInt64
    private let path: String

    /// The longest line there is: 16 KiB of text with every byte escaped, its attributes and the frame around it.
    static let lineLimit = 1 << 20

    /// Opens a log file; nil where there is none.
    init?(path: String) throws(SystemError) {
        let flags = UInt64(O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        let number = clinux_openat2(AT_FDCWD, path, flags, 0, 0)
        if number == -ENOENT { return nil }
        descriptor = FileDescriptor(try SystemCall.check(number, "open \(path)"))
        self.path = path
        inode = try Self.status(descriptor, path).inode
    }

    /// All files of a log, the one written to first.
    static func all(path: String) throws(SystemError) -> [LogSegment] {
        var files: [LogSegment] = []
        var number = 0
        while let file = try LogSegment(path: number == 0 ? path : "\(path).\(number)") {
            // A rotation between two openings shows the same file under its next name.
            if file.inode != files.last?.inode { files.append(file) }
            number += 1
        }
        return files
    }

    /// The file's size in bytes, now.
    func size() throws(SystemError) -> Int64 { Int64(try Self.status(descriptor, path).size) }

    /// Reads from an offset; answers how many bytes came, 0 at the end.
    func read(at offset: Int64, into room: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        Int(try SystemCall.check(clinux_pread(descriptor.number, room.baseAddress, room.count, offset), "read \(path)"))
    }

    /// Where the last lines begin, and how many there are where the file has fewer than asked for.
    ///
    /// - Parameter lines: how many lines; 0 answers the end of the last whole line.
    func startOfLast(_ lines: Int) throws(SystemError) -> (offset: Int64, found: Int) {
        let buffer = LogBuffer()
        var end = try size()
        var feeds = 0
        while end > 0 {
            let start = max(0, end - Int64(LogBuffer.block))
            buffer.removeAll()
            var rest = try buffer.read(from: self, at: start, atMost: Int(end - start))
            while let feed = buffer.lastLineFeed(before: rest) {
                if feeds == lines { return (start + Int64(feed) + 1, lines) }
                feeds += 1
                rest = feed
            }
            end = start
        }
        return (0, feeds)
    }

    /// An offset at the start of a line, not far before the first that was written at `moment` or later. Lines stand in
    /// the order of their times, so that halving finds it without reading the file.
    func start(of moment: Int64) throws(SystemError) -> Int64 {
        var low: Int64 = 0
        var high = try size()
        while high - low > Int64(LogBuffer.block) {
            let middle = low + (high - low) / 2
            guard let (offset, time) = try firstLine(after: middle), offset < high else {
                high = middle
                continue
            }
            if time < moment { low = offset } else { high = middle }
        }
        return low
    }

    /// When the first whole line was written; nil where there is none.
    func firstMoment() throws(SystemError) -> Int64? { try firstLine(after: 0, isAtStart: true)?.time }

    /// The first whole line that begins after an offset, or at it where a line begins there.
    private func firstLine(
        after offset: Int64, isAtStart: Bool = false
    ) throws(SystemError) -> (offset: Int64, time: Int64)? {
        let buffer = LogBuffer()
        var isAtStart = isAtStart
        var position = offset
        while try buffer.read(from: self, at: position + Int64(buffer.bytes.count)) > 0 {
            while let feed = buffer.lineFeed() {
                let line = UnsafeRawBufferPointer(rebasing: buffer.bytes[..<feed])
                if isAtStart, let time = LogLine.time(of: line) { return (position, time) }
                isAtStart = true
                buffer.removeFirst(feed + 1)
                position += Int64(feed) + 1
            }
            // A line without end is none.
            if buffer.bytes.count > Self.lineLimit { return nil }
        }
        return nil
    }

    private static func status(_ descriptor: FileDescriptor, _ path: String) throws(SystemError) -> clinux_stat {
        var status = clinux_stat()
        try SystemCall.check(clinux_fstatat(descriptor.number, "", 0, &status), "look at \(path)")
        return status
    }
}
