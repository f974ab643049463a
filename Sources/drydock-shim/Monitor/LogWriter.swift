import CLinux
import ShimProtocol

/// Writes a container's output as docker's json-file driver does: one JSON object a line, lines cut at 16 KiB, rotated
/// by size (moby daemon/logger: copier.go, loggerutil/logfile.go).
struct LogWriter {
    private var file: Int32
    private let path: CString
    private let settings: shim_log
    private var size: UInt64
    private var standardOutput = PartialLine()
    private var standardError = PartialLine()
    private var lines: JSONLines

    /// How long a line may be before it is written in parts (moby copier.go, defaultBufSize).
    static let lineLimit = 16 << 10

    /// `nil` where the container keeps no log.
    init?(_ spec: Spec) throws(Failure) {
        guard let record = spec.last(SHIM_LOG) else { return nil }
        settings = try record.fixed(shim_log.self, SHIM_STEP_LOG)
        guard let path = record.string(0, after: MemoryLayout<shim_log>.size) else {
            throw Failure(SHIM_STEP_SPEC, Errno.protocolError)
        }
        self.path = path
        lines = JSONLines(attributes: spec.last(SHIM_LOG_ATTRIBUTES)?.string)
        file = try Self.open(path, settings.mode)
        var status = clinux_stat()
        try check(SHIM_STEP_LOG, path, clinux_fstatat(file, "", 0, &status))
        size = status.size
    }

    private static func open(_ path: CString, _ mode: UInt32) throws(Failure) -> Int32 {
        let flags = CLINUX_O_WRONLY | CLINUX_O_CREAT | CLINUX_O_APPEND | CLINUX_O_NOFOLLOW
        return try check(SHIM_STEP_LOG, path, clinux_openat2(CLINUX_AT_FDCWD, path, flags, UInt64(mode), 0))
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer, _ channel: shim_channel) {
        let time = clinux_realtime_ns()
        let isStandardOutput = channel == SHIM_STDOUT
        var line = take(isStandardOutput)
        add(bytes, to: &line, isStandardOutput: isStandardOutput, time)
        if isStandardOutput { standardOutput = line } else { standardError = line }
        flush()
    }

    /// Writes what came without a final newline, and closes the file.
    mutating func finish() {
        let time = clinux_realtime_ns()
        for isStandardOutput in [true, false] {
            var line = take(isStandardOutput)
            if !line.bytes.isEmpty { emitGathered(&line, isComplete: false, isStandardOutput: isStandardOutput, time) }
        }
        flush()
        _ = clinux_close(file)
    }

    /// The unfinished line, moved out so that its bytes are not copied when they grow.
    private mutating func take(_ isStandardOutput: Bool) -> PartialLine {
        var line = PartialLine()
        if isStandardOutput { swap(&line, &standardOutput) } else { swap(&line, &standardError) }
        return line
    }

    private mutating func add(
        _ bytes: UnsafeRawBufferPointer, to line: inout PartialLine, isStandardOutput: Bool, _ time: Int64
    ) {
        var start = 0
        while start < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
            let room = min(rest.count, Self.lineLimit - line.bytes.count)
            let length = clinux_find_byte(rest.baseAddress, room, UInt8(ascii: "\n"))
            let piece = UnsafeRawBufferPointer(rebasing: rest[..<length])
            // Even where the newline comes next: dockerd's buffer has no room for it, either.
            let isCut = line.bytes.count + length == Self.lineLimit
            guard isCut || length < room else { return line.bytes.append(contentsOf: piece) }
            if line.bytes.isEmpty {
                emit(piece, of: &line, isComplete: !isCut, isStandardOutput: isStandardOutput, time)
            } else {
                line.bytes.append(contentsOf: piece)
                emitGathered(&line, isComplete: !isCut, isStandardOutput: isStandardOutput, time)
            }
            start += isCut ? length : length + 1
        }
    }

    private mutating func emitGathered(
        _ line: inout PartialLine, isComplete: Bool, isStandardOutput: Bool, _ time: Int64
    ) {
        var gathered: [UInt8] = []
        swap(&gathered, &line.bytes)
        gathered.withUnsafeBytes {
            emit($0, of: &line, isComplete: isComplete, isStandardOutput: isStandardOutput, time)
        }
        gathered.removeAll(keepingCapacity: true)
        swap(&gathered, &line.bytes)
    }

    private mutating func emit(
        _ text: UnsafeRawBufferPointer, of line: inout PartialLine, isComplete: Bool, isStandardOutput: Bool,
        _ time: Int64
    ) {
        // All parts of a line bear the time of the first.
        let stamp = line.began ?? time
        line.began = isComplete ? nil : stamp
        if settings.max_size > 0, size + UInt64(lines.bytes.count) >= settings.max_size {
            flush()
            rotate()
        }
        lines.append(text, isComplete: isComplete, isStandardOutput: isStandardOutput, stamp)
        if lines.isFull { flush() }
    }

    private mutating func flush() {
        let bytes = lines.bytes
        guard !bytes.isEmpty else { return }
        var offset = 0
        while offset < bytes.count {
            let written = clinux_write(file, bytes.baseAddress.map { $0 + offset }, bytes.count - offset)
            guard written > 0 else { break }
            offset += Int(written)
        }
        if offset < bytes.count {
            // A full disk loses log lines, as it does with docker, but stops no container and leaves no half line.
            _ = clinux_ftruncate(file, Int64(size))
        } else {
            size += UInt64(offset)
        }
        lines.removeAll()
    }

    /// `x.log` becomes `x.log.1`, `x.log.1` becomes `x.log.2`, and so on up to the number of files kept.
    private mutating func rotate() {
        var number = Int(settings.max_files) - 1
        while number > 0 {
            withNumber(number - 1) { from in
                withNumber(number) { to in _ = clinux_renameat(CLINUX_AT_FDCWD, from, CLINUX_AT_FDCWD, to) }
            }
            number -= 1
        }
        let flags = CLINUX_O_WRONLY | CLINUX_O_CREAT | CLINUX_O_APPEND | CLINUX_O_NOFOLLOW | CLINUX_O_TRUNC
        let fresh = clinux_openat2(CLINUX_AT_FDCWD, path, flags, UInt64(settings.mode), 0)
        guard fresh >= 0 else { return }
        _ = clinux_close(file)
        file = fresh
        size = 0
    }

    private func withNumber(_ number: Int, _ body: (CString) -> Void) {
        let length = Text.length(path)
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: length + 16) { room in
            for index in 0...length { room[index] = path[index] }
            if number > 0 {
                room[length] = CChar(bitPattern: UInt8(ascii: "."))
                var digits: [UInt8] = []
                Decimal.append(UInt64(number), width: 1, to: &digits)
                for (index, digit) in digits.enumerated() { room[length + 1 + index] = CChar(bitPattern: digit) }
                room[length + 1 + digits.count] = 0
            }
            if let start = room.baseAddress { body(CString(start)) }
        }
    }
}

/// A line whose end has not come yet.
struct PartialLine {
    var bytes: [UInt8] = []
    /// When the line's first part was written, CLOCK_REALTIME in nanoseconds.
    var began: Int64?
}
