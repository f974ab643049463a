import CLinux
import LinuxKernel

/// Bytes of a log file from the start of a line on; one owner.
final class LogBuffer {
    /// How much is read at once.
    static let block = 128 << 10

    private var room = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * block, alignment: 64)
    private var start = 0
    private var end = 0

    deinit { room.deallocate() }

    /// What is there, valid until the next change.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: room[start..<end]) }

    func removeAll() { (start, end) = (0, 0) }

    func removeFirst(_ count: Int) {
        start += count
        if start == end { removeAll() }
    }

    /// Appends what a file has at an offset; answers how many bytes came, 0 at its end.
    func read(from file: LogSegment, at offset: Int64, atMost count: Int = block) throws(SystemError) -> Int {
        makeRoom(count)
        let free = UnsafeMutableRawBufferPointer(rebasing: room[end..<(end + count)])
        let answer = try file.read(at: offset, into: free)
        end += answer
        return answer
    }

    private func makeRoom(_ count: Int) {
        guard room.count - end < count else { return }
        let kept = bytes
        let target =
            room.count - kept.count < count
            ? UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * (kept.count + count), alignment: 64) : room
        // The regions may overlap, which memmove(3), behind this, is made for.
        target.copyMemory(from: kept)
        (start, end) = (0, kept.count)
        if target.baseAddress != room.baseAddress {
            room.deallocate()
            room = target
        }
    }

    /// Where the first line feed stands among `bytes` from `place` on.
    func lineFeed(from place: Int = 0) -> Int? {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[place...])
        let index = clinux_find_byte(rest.baseAddress, rest.count, UInt8(ascii: "\n"))
        return index < rest.count ? place + index : nil
    }

    /// Where the last line feed before `end` stands among `bytes`.
    func lastLineFeed(before end: Int) -> Int? {
        let index = clinux_find_last_byte(bytes.baseAddress, end, UInt8(ascii: "\n"))
        return index < end ? index : nil
    }
}
