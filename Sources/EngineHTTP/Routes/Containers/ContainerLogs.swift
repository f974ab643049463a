import Engine
import NIOCore
import OCI

extension Route {
    /// `GET /containers/{id}/logs`
    static func containerLogs(_ engine: Engine) -> Route {
        Route(.GET, "/containers/{id}/logs", abandoning: .cancels) { call in
            let view = LogView(
                stdout: call.query.flag("stdout"), stderr: call.query.flag("stderr"),
                timestamps: call.query.flag("timestamps"), details: call.query.flag("details"))
            guard view.stdout || view.stderr else {
                throw BadRequest("Bad parameters: you must choose at least one stream")
            }
            let log = try await engine.logs(call.name, try call.logQuery())
            return .lateStream(StreamFrames.contentType(isTerminal: log.isTerminal, call)) { writer in
                var batches = log.reader.makeAsyncIterator()
                // What comes once the client has the head is new to it, so the place is found before.
                try batches.prepare()
                writer.begin()
                while let batch = try await batches.next() {
                    let bytes = view.bytes(of: batch, isTerminal: log.isTerminal)
                    if bytes.readableBytes > 0 { try await writer.write(bytes) }
                }
            }
        }
    }
}

extension Call {
    fileprivate func logQuery() throws(BadRequest) -> LogQuery {
        var log = LogQuery()
        log.since = try Moments.nanoseconds(query["since"])
        let until = query["until"] == "0" ? nil : query["until"]
        log.until = try Moments.nanoseconds(until)
        // `all`, and whatever else is no number, is all of it, as in dockerd.
        log.tail = query["tail"].flatMap { Int($0) }.flatMap { $0 < 0 ? nil : $0 }
        log.follows = query.flag("follow")
        return log
    }
}

/// What of a log a client wants to see, and how.
struct LogView: Sendable {
    let stdout: Bool
    let stderr: Bool
    let timestamps: Bool
    let details: Bool

    /// The entries as they go over the wire.
    func bytes(of batch: LogBatch, isTerminal: Bool) -> ByteBuffer {
        var buffer = ByteBuffer()
        let isPlain = !timestamps && !details
        var stamp = FixedStamp()
        buffer.reserveCapacity(batch.bytes.count + batch.entries.count * (timestamps ? 40 : 8))
        batch.bytes.withUnsafeBytes { bytes in
            for entry in batch.entries where entry.channel == .stdout ? stdout : stderr {
                let text = UnsafeRawBufferPointer(rebasing: bytes[entry.text])
                let prefix = isPlain ? [] : prefix(entry, &stamp)
                if !isTerminal {
                    StreamFrames.writeHeader(
                        channel: entry.channel.rawValue, length: prefix.count + text.count, to: &buffer)
                }
                if !isPlain { buffer.writeBytes(prefix) }
                buffer.writeBytes(text)
            }
        }
        return buffer
    }

    private func prefix(_ entry: LogBatch.Entry, _ stamp: inout FixedStamp) -> [UInt8] {
        var prefix: [UInt8] = []
        if timestamps { prefix += stamp.text(of: entry.time) }
        if details {
            let pairs = entry.attributes.map { "\(QueryEscaping.escape($0.name))=\(QueryEscaping.escape($0.value))" }
            prefix += "\(pairs.joined(separator: ",")) ".utf8
        }
        return prefix
    }
}

/// Moments as `--timestamps` shows them, with a space behind; those of one batch are mostly the same or within a second.
private struct FixedStamp {
    private var time: Int64?
    private var second: Int64?
    private var bytes: [UInt8] = []

    mutating func text(of time: Int64) -> [UInt8] {
        if time == self.time { return bytes }
        let stamp = Timestamp(nanosecondsSince1970: time)
        if stamp.seconds != second {
            bytes = Array("\(stamp.fixedDescription) ".utf8)
        } else {
            // `Z` and the space stand behind the nine digits.
            var rest = stamp.nanoseconds
            for place in 3...11 {
                bytes[bytes.count - place] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
        }
        (self.time, second) = (time, stamp.seconds)
        return bytes
    }
}

/// Text as Go's `url.QueryEscape` writes it.
enum QueryEscaping {
    static func escape(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(UnicodeScalar(byte))
            case UInt8(ascii: " "): result += "+"
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }
}
