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
        buffer.reserveCapacity(batch.bytes.count + batch.entries.count * 48)
        for entry in batch.entries where entry.channel == .stdout ? stdout : stderr {
            let prefix = prefix(entry)
            if !isTerminal {
                StreamFrames.writeHeader(
                    channel: entry.channel.rawValue, length: prefix.utf8.count + entry.text.count, to: &buffer)
            }
            buffer.writeString(prefix)
            buffer.writeBytes(batch.bytes[entry.text])
        }
        return buffer
    }

    private func prefix(_ entry: LogBatch.Entry) -> String {
        var prefix = ""
        if timestamps { prefix += Timestamp(nanosecondsSince1970: entry.time).fixedDescription + " " }
        if details {
            let pairs = entry.attributes.map { "\(QueryEscaping.escape($0.name))=\(QueryEscaping.escape($0.value))" }
            prefix += pairs.joined(separator: ",") + " "
        }
        return prefix
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
