import CLinux
import Foundation
import TestSupport
import Testing

@testable import Engine

/// Goal: logs are what docker's json-file driver writes. Method: containers of known output, files read byte by byte.
@Suite(.enabled(if: Machine.isRoot, Machine.why), .timeLimit(.minutes(2)))
struct LogTests {
    private struct Line: Decodable, Equatable {
        let log: String
        let stream: String
        let time: String
    }

    private func lines(_ path: String) throws -> [Line] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
    }

    private func logged(_ box: Sandbox, _ arguments: String..., change: (inout LogFile) -> Void = { _ in }) async throws
    {
        var log = LogFile(path: box.logPath)
        change(&log)
        var spec = box.spec("true")
        spec.process.arguments = ["probe"] + arguments
        spec.log = log
        let process = try await box.start(spec)
        _ = await process.exit
    }

    @Test func linesAreDockersByteForByte() async throws {
        try await Sandbox.with { box in
            try await logged(box, "print", "a \"b\" \\ <&> \t é \u{2028} \u{1}") {
                $0.attributes = "{\"tag\":\"x\"}"
            }
            let text = try String(contentsOfFile: box.logPath, encoding: .utf8)
            let time = try #require(text.range(of: "\"time\":\""))
            #expect(
                text[..<time.lowerBound]
                    == "{\"log\":\"a \\\"b\\\" \\\\ \\u003c\\u0026\\u003e \\u0009 é \\u2028 \\u0001\\n\","
                    + "\"stream\":\"stdout\",\"attrs\":{\"tag\":\"x\"},")
            let rest = text[time.upperBound...]
            #expect(rest.hasSuffix("Z\"}\n"))
            #expect(rest.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,8}[1-9])?Z"}\n/) != nil, "\(rest)")
            let attributes = try FileManager.default.attributesOfItem(atPath: box.logPath)
            #expect((attributes[.posixPermissions] as? Int) == 0o640)
        }
    }

    @Test func everyLineOfBothStreamsIsThere() async throws {
        try await Sandbox.with { box in
            try await logged(box, "log", "--lines", "20000", "--stderr-every", "3")
            let found = try lines(box.logPath)
            let expected = (1...20000).map { "line \($0)\n" }
            #expect(
                found.filter { $0.stream == "stderr" }.map(\.log)
                    == expected.enumerated().filter { $0.0 % 3 == 2 }.map(\.1))
            #expect(
                found.filter { $0.stream == "stdout" }.map(\.log)
                    == expected.enumerated().filter { $0.0 % 3 != 2 }.map(\.1))
        }
    }

    @Test func lastLineWithoutNewlineIsKeptWithoutOne() async throws {
        try await Sandbox.with { box in
            try await logged(box, "log", "--lines", "2", "--partial")
            #expect(try lines(box.logPath).map(\.log) == ["line 1\n", "line 2"])
        }
    }

    /// As moby's copier cuts: at 16 KiB even where the newline is next, all parts with the time of the first.
    @Test(arguments: [(16383, [16384]), (16384, [16384, 1]), (40000, [16384, 16384, 7233])])
    func longLinesAreCut(length: Int, parts: [Int]) async throws {
        try await Sandbox.with { box in
            try box.put("lower/text", String(repeating: "x", count: length) + "\n")
            try await logged(box, "cat", "/text")
            let found = try lines(box.logPath)
            #expect(found.map(\.log.utf8.count) == parts)
            #expect(Set(found.map(\.time)).count == 1)
            #expect(found.map(\.log).joined() == String(repeating: "x", count: length) + "\n")
        }
    }

    /// What has to be escaped at every place of a word, what is not UTF-8, and lines across the pieces that are read.
    @Test func textOfAnyKindIsEscapedAsGoDoesIt() async throws {
        try await Sandbox.with { box in
            var random = SeededGenerator(seed: 7)
            let texts = [
                "\"", "\\", "<", ">", "&", "\r", "\t", "\u{7F}", "é", "\u{2028}", "\u{2029}", "\u{2030}", "日本", "😀",
                " ", "!", "'", "=", "?", "[", "]", "plain text of some length",
            ]
            var pieces: [[UInt8]] = [[0], [0x1F], [0x80], [0xC3], [0xE2, 0x80], [0xED, 0xA0, 0x80], [0xFF]]
            pieces += texts.map { Array($0.utf8) }
            var text: [UInt8] = []
            for place in 0..<24 {
                for piece in pieces { text += [UInt8](repeating: 0x61, count: place) + piece + [0x62, 0x0A] }
            }
            for _ in 0..<4000 {
                for _ in 0..<Int.random(in: 0..<12, using: &random) {
                    text += pieces[Int.random(in: pieces.indices, using: &random)]
                }
                text.append(0x0A)
            }
            try Data(text).write(to: URL(filePath: box.folder + "/lower/text"))
            try await logged(box, "cat", "/text")
            let log = try Data(contentsOf: URL(filePath: box.logPath))
            let found = log.split(separator: 0x0A).map { line in
                Array(line.prefix(upTo: Self.endOfText(line)).dropFirst(8))
            }
            let expected = text.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast().map {
                Self.escaped(Array($0)) + Array("\\n".utf8)
            }
            #expect(found.count == expected.count)
            let wrong = zip(found, expected).filter { $0.0 != $0.1 }.map { String(decoding: $0.0, as: UTF8.self) }
            #expect(Array(wrong.prefix(3)) == [])
        }
    }

    private static func endOfText(_ line: Data) -> Data.Index {
        line.range(of: Data("\",\"stream\":".utf8), options: .backwards)?.lowerBound ?? line.endIndex
    }

    /// Go's rules, one scalar after the other (moby `jsonlogbytes.go`).
    private static func escaped(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            var decoder = UTF8()
            var rest = text[index...].makeIterator()
            guard case .scalarValue(let scalar) = decoder.decode(&rest) else {
                result += Array("\\ufffd".utf8)
                index += 1
                continue
            }
            switch scalar {
            case "\"", "\\": result += [0x5C, UInt8(scalar.value)]
            case "\r": result += Array("\\r".utf8)
            case "<", ">", "&", "\u{0}"..<"\u{20}", "\u{2028}", "\u{2029}":
                result += Array(String(format: "\\u%04x", scalar.value).utf8)
            default: result += Array(String(scalar).utf8)
            }
            index += String(scalar).utf8.count
        }
        return result
    }

    /// More than a pipe holds, faster than it is read, from both streams at once.
    @Test func aLoudContainerLosesNothing() async throws {
        try await Sandbox.with { box in
            try await logged(box, "log", "--lines", "300000", "--stderr-every", "2") {
                $0.maximumSize = 4_000_000
                $0.maximumFiles = 20
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: box.state).filter {
                $0.hasPrefix("json.log")
            }
            let all = try names.flatMap { try lines("\(box.state)/\($0)") }
            let expected = (1...300000).map { "line \($0)\n" }
            #expect(Set(all.map(\.log)) == Set(expected) && all.count == expected.count)
        }
    }

    @Test func filesAreRotatedAtLinesAndNoneIsLost() async throws {
        try await Sandbox.with { box in
            try await logged(box, "log", "--lines", "1000") {
                $0.maximumSize = 20_000
                $0.maximumFiles = 20
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: box.state).filter {
                $0.hasPrefix("json.log")
            }
            let numbers = names.compactMap { Int($0.dropFirst("json.log.".count)) }.sorted()
            #expect(numbers == Array(1..<names.count) && names.count > 3)
            var all: [String] = []
            for number in numbers.reversed() {
                let path = "\(box.logPath).\(number)"
                all += try lines(path).map(\.log)
                // A file is rotated by the first line after it has reached the limit.
                let size = try Data(contentsOf: URL(filePath: path)).count
                #expect(size >= 20_000 && size < 20_200)
            }
            all += try lines(box.logPath).map(\.log)
            #expect(all == (1...1000).map { "line \($0)\n" })
        }
    }

    @Test func onlySoManyFilesAreKept() async throws {
        try await Sandbox.with { box in
            try await logged(box, "log", "--lines", "2000") {
                $0.maximumSize = 10_000
                $0.maximumFiles = 3
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: box.state).filter {
                $0.hasPrefix("json.log")
            }
            #expect(names.sorted() == ["json.log", "json.log.1", "json.log.2"])
            #expect(try lines(box.logPath).last?.log == "line 2000\n")
        }
    }

    @Test func logOfTheNextRunFollows() async throws {
        try await Sandbox.with { box in
            try await logged(box, "print", "one")
            try await logged(box, "print", "two")
            #expect(try lines(box.logPath).map(\.log) == ["one\n", "two\n"])
        }
    }

    /// A reader that takes nothing loses nothing as long as it may be waited for.
    @Test func slowReaderGetsEverything() async throws {
        try await Sandbox.with { box in
            var spec = box.spec("log", "--lines", "400000")
            spec.log = LogFile(path: box.logPath)
            let output = OutputBroadcaster()
            let subscription = output.subscribe()
            let process = try await box.start(spec, output: output)
            var count = 0
            for try await chunk in subscription {
                if count == 0 {
                    // Nothing is taken until the monitor had to wait: its log stands still short of the end.
                    let sizes = try await Watching.settledSize(of: box.logPath)
                    #expect(sizes < 20_000_000)
                }
                count += chunk.bytes.count
            }
            #expect(count == (1...400000).reduce(0) { $0 + "line \($1)\n".utf8.count })
            #expect(await process.exit.code == 0)
        }
    }

    @Test func idleReaderIsCutOffAndTheLogGoesOn() async throws {
        let output = OutputBroadcaster()
        let subscription = output.subscribe()
        let chunk = OutputChunk(channel: .standardOutput, bytes: [UInt8](repeating: 65, count: 1 << 20))
        output.publish(chunk)
        #expect(output.isCongested)
        output.cutOffThoseIdle(since: clinux_monotonic_ns() - OutputBroadcaster.patience)
        #expect(output.isCongested, "a reader has its time")
        output.cutOffThoseIdle(since: clinux_monotonic_ns())
        #expect(!output.isCongested)
        await #expect(throws: OutputError.tooSlow) {
            for try await _ in subscription {}
        }
    }
}

/// Waiting for what only the file system shows.
enum Watching {
    /// The size of a file that has stopped growing.
    static func settledSize(of path: String) async throws -> Int {
        var last = -1
        for _ in 0..<600 {
            let size = try Data(contentsOf: URL(filePath: path)).count
            if size == last, size > 0 { return size }
            last = size
            try await Task.sleep(for: .milliseconds(100))
        }
        return last
    }
}
