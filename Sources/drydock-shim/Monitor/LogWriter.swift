import CLinux
import ShimProtocol

/// Writes a container's output as docker's json-file driver does: one JSON object a line, lines cut at 16 KiB, rotated
/// by size.
struct LogWriter {
    private var file: Int32
    private let path: CString
    private let attributes: CString?
    private let settings: shim_log
    private var size: UInt64
    private var standardOutput = PartialLine()
    private var standardError = PartialLine()
    private var buffer: [UInt8] = []

    /// How long a line may be before it is written in parts (moby daemon/logger, defaultBufSize).
    static let lineLimit = 16 << 10

    /// `nil` where the container keeps no log.
    init?(_ spec: Spec) throws(Failure) {
        guard !spec.has(SHIM_NO_LOG), let record = spec.last(SHIM_LOG) else { return nil }
        settings = try record.fixed(shim_log.self, SHIM_STEP_LOG)
        guard let path = record.string(0, after: MemoryLayout<shim_log>.size) else {
            throw Failure(SHIM_STEP_SPEC, Errno.protocolError)
        }
        self.path = path
        attributes = spec.last(SHIM_LOG_ATTRIBUTES)?.string
        file = try Self.open(path, settings.mode)
        var status = clinux_stat()
        try check(SHIM_STEP_LOG, path, clinux_fstatat(file, "", 0, &status))
        size = status.size
    }

    private static func open(_ path: CString, _ mode: UInt32) throws(Failure) -> Int32 {
        let flags = Open.writeOnly | Open.create | Open.append | Open.noFollow
        return try check(SHIM_STEP_LOG, path, clinux_openat2(AT.current, path, flags, UInt64(mode), 0))
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer, _ channel: shim_channel) {
        let time = clinux_realtime_ns()
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
            let isComplete = end < bytes.count
            add(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), channel, isComplete: isComplete, time)
            start = isComplete ? end + 1 : end
        }
        flush()
    }

    /// Writes what came without a final newline, and closes the file.
    mutating func finish() {
        let time = clinux_realtime_ns()
        for channel in [SHIM_STDOUT, SHIM_STDERR] where !line(channel).bytes.isEmpty {
            emit(channel, isComplete: false, time)
        }
        flush()
        _ = clinux_close(file)
    }

    private func line(_ channel: shim_channel) -> PartialLine {
        channel == SHIM_STDOUT ? standardOutput : standardError
    }

    private mutating func add(_ piece: UnsafeRawBufferPointer, _ channel: shim_channel, isComplete: Bool, _ time: Int64)
    {
        var rest = piece
        while true {
            let room = Self.lineLimit - line(channel).bytes.count
            let part = UnsafeRawBufferPointer(rebasing: rest[0..<min(room, rest.count)])
            if channel == SHIM_STDOUT {
                standardOutput.bytes.append(contentsOf: part)
            } else {
                standardError.bytes.append(contentsOf: part)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[part.count..<rest.count])
            if rest.isEmpty { break }
            emit(channel, isComplete: false, time)
        }
        if isComplete {
            emit(channel, isComplete: true, time)
        } else if line(channel).bytes.count == Self.lineLimit {
            emit(channel, isComplete: false, time)
        }
    }

    private mutating func emit(_ channel: shim_channel, isComplete: Bool, _ time: Int64) {
        JSONLine.append(
            line(channel).bytes, isComplete: isComplete, isStandardOutput: channel == SHIM_STDOUT,
            attributes: attributes, time, to: &buffer)
        if channel == SHIM_STDOUT {
            standardOutput.bytes.removeAll(keepingCapacity: true)
        } else {
            standardError.bytes.removeAll(keepingCapacity: true)
        }
    }

    private mutating func flush() {
        guard !buffer.isEmpty else { return }
        if settings.max_size > 0, size > 0, size + UInt64(buffer.count) > settings.max_size { rotate() }
        var offset = 0
        while offset < buffer.count {
            let written = buffer.withUnsafeBytes { clinux_write(file, $0.baseAddress! + offset, $0.count - offset) }
            // A full disk loses log lines, as it does with docker, but never stops the container.
            guard written > 0 else { break }
            offset += Int(written)
        }
        size += UInt64(offset)
        buffer.removeAll(keepingCapacity: true)
    }

    /// `x.log` becomes `x.log.1`, `x.log.1` becomes `x.log.2`, and so on up to the number of files kept.
    private mutating func rotate() {
        var number = Int(settings.max_files) - 1
        while number > 0 {
            withNumber(number - 1) { from in
                withNumber(number) { to in _ = clinux_renameat(AT.current, from, AT.current, to) }
            }
            number -= 1
        }
        let flags = Open.writeOnly | Open.create | Open.append | Open.noFollow | Open.truncate
        let fresh = clinux_openat2(AT.current, path, flags, UInt64(settings.mode), 0)
        guard fresh >= 0 else { return }
        _ = clinux_close(file)
        file = fresh
        size = 0
    }

    private func withNumber(_ number: Int, _ body: (CString) -> Void) {
        let length = Namespaces.length(path)
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: length + 16) { room in
            for index in 0...length { room[index] = path[index] }
            if number > 0 {
                room[length] = CChar(bitPattern: UInt8(ascii: "."))
                var digits: [UInt8] = []
                Decimal.append(UInt64(number), width: 1, to: &digits)
                for (index, digit) in digits.enumerated() { room[length + 1 + index] = CChar(bitPattern: digit) }
                room[length + 1 + digits.count] = 0
            }
            body(CString(room.baseAddress!))
        }
    }
}

/// A line whose end has not come yet.
struct PartialLine {
    var bytes: [UInt8] = []
}
