import Engine
import Foundation
import Synchronization
import Testing

/// Goal: what a container has written comes back entry for entry, from whichever file rotation has put it into, and
/// nothing more than was asked for. Method: logs written by the test in docker's format.
@Suite struct LogReaderTests {
    private let folder: URL
    private var path: String { folder.appendingPathComponent("c-json.log").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("drydock-logs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func line(_ text: String, _ second: Int, stream: String = "stdout") -> String {
        let stamp = String(format: "2026-01-01T%02d:%02d:%02d.5Z", second / 3600, second / 60 % 60, second % 60)
        return "{\"log\":\"\(text)\\n\",\"stream\":\"\(stream)\",\"time\":\"\(stamp)\"}\n"
    }

    private static let start: Int64 = 1_767_225_600_500_000_000

    private func write(_ text: String, to suffix: String = "") throws {
        try text.write(toFile: path + suffix, atomically: false, encoding: .utf8)
    }

    private func read(_ query: LogQuery = LogQuery()) async throws -> [String] {
        try await collect(LogReader(path: path, query: query))
    }

    private func collect(_ reader: LogReader) async throws -> [String] {
        defer { try? FileManager.default.removeItem(at: folder) }
        var lines: [String] = []
        for try await batch in reader { lines += Self.text(batch) }
        return lines
    }

    private static func text(_ batch: LogBatch) -> [String] {
        batch.entries.map {
            let text = String(decoding: batch.bytes[$0.text], as: UTF8.self)
            return ($0.channel == .stderr ? "!" : "") + text.replacingOccurrences(of: "\n", with: "")
        }
    }

    @Test func entriesComeWithChannelTimeTextAndAttributes() async throws {
        try write(
            line("one", 0) + line("two", 1, stream: "stderr")
                + #"{"log":"a\"b\u003c\t\\ \ud83d\ude00","stream":"stdout","attrs":{"b":"2","a":"1"},"time":"2026-01-01T00:00:02.5Z"}"#
                + "\n")
        var batches: [LogBatch] = []
        for try await batch in LogReader(path: path, query: LogQuery()) { batches.append(batch) }
        let batch = try #require(batches.first)
        #expect(Self.text(batch) == ["one", "!two", "a\"b<\t\\ 😀"])
        #expect(batch.entries.map(\.time) == (0...2).map { Self.start + $0 * 1_000_000_000 })
        #expect(batch.entries[2].attributes == [Event.Attribute("a", "1"), Event.Attribute("b", "2")])
        try FileManager.default.removeItem(at: folder)
    }

    @Test func noFileIsAnEmptyLog() async throws { #expect(try await read() == []) }

    @Test(arguments: [0, 1, 3, 7, 10, 99]) func tailCountsAcrossRotatedFiles(tail: Int) async throws {
        try write((0..<4).map { line("\($0)", $0) }.joined(), to: ".2")
        try write((4..<7).map { line("\($0)", $0) }.joined(), to: ".1")
        try write((7..<10).map { line("\($0)", $0) }.joined())
        var query = LogQuery()
        query.tail = tail
        #expect(try await read(query) == (max(0, 10 - tail)..<10).map(String.init))
    }

    @Test(arguments: [0, 1, 2500, 19_999, 20_000]) func sinceIsFoundByHalving(second: Int) async throws {
        try write((0..<20_000).map { line("\($0)", $0) }.joined())
        var query = LogQuery()
        query.since = Self.start + Int64(second) * 1_000_000_000
        #expect(try await read(query) == (second..<20_000).map(String.init))
    }

    @Test(arguments: [0, 3, 4, 6, 7, 8, 11]) func sinceCountsAcrossRotatedFiles(second: Int) async throws {
        // Lines that were read at once bear one time, on both sides of a rotation.
        let seconds = [0, 1, 3, 3, 4, 4, 6, 6, 7, 8, 9]
        try write((0..<3).map { line("\($0)", seconds[$0]) }.joined(), to: ".2")
        try write((3..<7).map { line("\($0)", seconds[$0]) }.joined(), to: ".1")
        try write((7..<11).map { line("\($0)", seconds[$0]) }.joined())
        var query = LogQuery()
        query.since = Self.start + Int64(second) * 1_000_000_000
        #expect(try await read(query) == (0..<11).filter { seconds[$0] >= second }.map(String.init))
    }

    @Test func sinceWithAFileThatIsEmptyStill() async throws {
        try write(line("0", 0) + line("1", 1), to: ".1")
        try write("")
        var query = LogQuery()
        query.since = Self.start + 1_000_000_000
        #expect(try await read(query) == ["1"])
    }

    @Test func escapesAtEveryPlaceOfAWord() async throws {
        let pairs = [
            ("\\\"", "\""), ("\\\\", "\\"), ("\\/", "/"), ("\\t", "\t"), ("\\u0041", "A"), ("\\u00e9", "é"),
            ("\\u2028", "\u{2028}"),
            ("é", "é"), ("\\ud83d\\ude00", "😀"),
        ]
        var written = "", expected: [String] = []
        for place in 0..<20 {
            for (index, pair) in pairs.enumerated() {
                let plain = String(repeating: "x", count: place)
                written += line("\(plain)\(pair.0)y", index)
                expected.append("\(plain)\(pair.1)y")
            }
        }
        try write(written)
        #expect(try await read() == expected)
    }

    @Test func untilEndsTheReading() async throws {
        try write((0..<100).map { line("\($0)", $0) }.joined())
        var query = LogQuery()
        query.since = Self.start + 10_000_000_000
        query.until = Self.start + 12_000_000_000
        #expect(try await read(query) == ["10", "11", "12"])
    }

    @Test func aTornLastLineAndDamagedLinesAreLeftOut() async throws {
        try write(line("one", 0) + "damaged\n" + line("two", 1) + #"{"log":"thr"#)
        #expect(try await read() == ["one", "two"])
    }

    @Test func aLineLongerThanABlockComesWhole() async throws {
        let long = String(repeating: "x", count: 300_000)
        try write(line("a", 0) + line(long, 1) + line("b", 2))
        #expect(try await read() == ["a", long, "b"])
    }

    @Test(.timeLimit(.minutes(1))) func followingGoesThroughRotationsAndEnds() async throws {
        try write(line("0", 0) + line("1", 1))
        let (changes, signal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let over = Atomic(false)
        let step = Atomic(0)
        var query = LogQuery()
        query.follows = true
        query.tail = 1
        let reader = LogReader(path: path, query: query, changes: changes) {
            over.load(ordering: .sequentiallyConsistent)
        }
        var lines: [String] = []
        for try await batch in reader {
            lines += Self.text(batch)
            switch step.add(1, ordering: .sequentiallyConsistent).newValue {
            case 1:
                // A line in two pieces, then two rotations at once.
                let text = line("2", 2)
                let handle = try #require(FileHandle(forWritingAtPath: path))
                try handle.seekToEnd()
                try handle.write(contentsOf: Data(text.prefix(10).utf8))
                signal.yield()
                try handle.write(contentsOf: Data(text.dropFirst(10).utf8))
                try handle.close()
                try FileManager.default.moveItem(atPath: path, toPath: path + ".2")
                try write(line("3", 3), to: ".1")
                try write(line("4", 4))
                signal.yield()
            case 4:
                try write(line("4", 4) + line("5", 5))
                over.store(true, ordering: .sequentiallyConsistent)
                signal.yield()
            default: break
            }
        }
        #expect(lines == ["1", "2", "3", "4", "5"])
        try FileManager.default.removeItem(at: folder)
    }

    @Test(.timeLimit(.minutes(1))) func followingAnEmptiedFileStartsOver() async throws {
        try write((0..<50).map { line("\($0)", $0) }.joined())
        let (changes, signal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let over = Atomic(false)
        var query = LogQuery()
        query.follows = true
        query.tail = 1
        let reader = LogReader(path: path, query: query, changes: changes) {
            over.load(ordering: .sequentiallyConsistent)
        }
        var lines: [String] = []
        for try await batch in reader {
            lines += Self.text(batch)
            guard lines == ["49"] else { continue }
            try write(line("again", 60))
            over.store(true, ordering: .sequentiallyConsistent)
            signal.yield()
        }
        #expect(lines == ["49", "again"])
        try FileManager.default.removeItem(at: folder)
    }
}
