import Foundation
import OCI
import TestSupport
import Testing

/// Archives of the writer here and of GNU tar, with fields changed and checksums made right again.
@Suite struct TarFuzzTests {
    @Test func anyArchiveIsReadTheSameHoweverItIsCut() throws {
        let corpus = try Self.corpus()
        let fuzz = Fuzz()
        var random = fuzz.generator
        var accepted = 0, refused = 0
        var limits = TarLimits()
        limits.fileBytes = 1 << 30
        while fuzz.goesOn {
            var bytes = corpus.randomElement(using: &random) ?? []
            Self.mutate(&bytes, &random)
            let whole = Self.decode(bytes, limits) { bytes.count }
            let cut = Self.decode(bytes, limits) { Int.random(in: 1...1500, using: &random) }
            #expect(whole == cut, "seed \(fuzz.seed)")
            if whole.last == "fault" { refused += 1 } else { accepted += 1 }
        }
        #expect(accepted > 0 && refused > 0, "seed \(fuzz.seed)")
    }

    /// Entries with the length of their content, holes and data told apart, and the first fault.
    private static func decode(_ bytes: [UInt8], _ limits: TarLimits, _ piece: () -> Int) -> [String] {
        var decoder = TarDecoder(limits: limits)
        var events: [String] = []
        var content: Int64 = 0, start = 0
        var announced: Int64 = 0
        do {
            while start < bytes.count {
                let end = min(bytes.count, start + piece())
                try Array(bytes[start..<end]).withUnsafeBytes { buffer in
                    try decoder.decode(buffer) { event in
                        switch event {
                        case .entry(let entry):
                            events.append("\(entry.path) \(entry.kind) \(entry.mode) \(entry.size)")
                            announced = entry.size
                            content = 0
                        case .content(let piece): content += Int64(piece.count)
                        case .hole(let count): content += count
                        case .entryEnd:
                            #expect(content == announced)
                            events.append("end \(content)")
                        }
                    }
                }
                start = end
            }
            try decoder.finish()
        } catch {
            events.append("fault")
        }
        return events
    }

    private static func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 0...3, using: &random) where bytes.count >= 512 {
            let header = Int.random(in: 0..<bytes.count / 512, using: &random) * 512
            let fields = [
                0..<100, 100..<108, 108..<116, 124..<136, 136..<148, 156..<157, 157..<257, 257..<265, 345..<500,
                386..<512,
            ]
            let field = fields.randomElement(using: &random) ?? 0..<100
            let place = header + Int.random(in: field, using: &random)
            let values = [
                0, 0x20, 0x2f, 0x30, 0x37, 0x38, 0x53, 0x78, 0x67, 0x4c, 0x80, 0xff,
                UInt8.random(in: 0...255, using: &random),
            ]
            bytes[place] = values.randomElement(using: &random) ?? 0
            guard Int.random(in: 0..<8, using: &random) > 0 else { continue }
            bytes.replaceSubrange(header + 148..<header + 156, with: [UInt8](repeating: 0x20, count: 8))
            let octal = String(bytes[header..<header + 512].reduce(0) { $0 + Int($1) }, radix: 8)
            let digits = String(repeating: "0", count: max(0, 6 - octal.count)) + octal
            bytes.replaceSubrange(header + 148..<header + 156, with: Array((digits + "\0 ").utf8))
        }
        if Int.random(in: 0..<4, using: &random) == 0 {
            bytes.mutate(
                words: ["12 path=a/b/c\n", "GNU.sparse.map=0,1\n", "ustar  \0", "../", "\0\0\0"], using: &random)
        }
    }

    private static func corpus() throws -> [[UInt8]] {
        let sink = MemorySink(limit: 1 << 20)
        let writer = TarWriter(to: sink)
        try writer.add(TarEntry(path: "d/", kind: .directory, mode: 0o755))
        try writer.add(TarEntry(path: "d/f", mode: 0o644), content: [UInt8](repeating: 1, count: 700))
        try writer.add(TarEntry(path: "d/l", kind: .hardLink(target: "d/f")))
        try writer.add(TarEntry(path: "d/s", kind: .symbolicLink(target: String(repeating: "long/", count: 60))))
        try writer.add(TarEntry(path: String(repeating: "x", count: 300), mode: 0o600), content: [7])
        try writer.finish()
        var corpus = [sink.bytes]
        guard FileManager.default.isExecutableFile(atPath: "/bin/tar") else { return corpus }
        let folder = try TestDirectory.make()
        defer { TestDirectory.remove(folder) }
        for (name, fragments) in [("few", 3), ("many", 40)] {
            #expect(FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: nil))
            let file = try #require(FileHandle(forWritingAtPath: "\(folder)/\(name)"))
            for index in 0..<fragments {
                try file.seek(toOffset: UInt64(index) * 16_384)
                try file.write(contentsOf: Data([UInt8](repeating: 3, count: 512)))
            }
            try file.truncate(atOffset: 1_000_000)
            try file.close()
        }
        let forms = [
            "--format=gnu", "--format=posix --sparse-version=0.0", "--format=posix --sparse-version=0.1",
            "--format=posix",
        ]
        for form in forms {
            let process = Process(), output = Pipe()
            process.executableURL = URL(filePath: "/bin/tar")
            process.arguments =
                ["-C", folder, "--sparse", "--hole-detection=raw", "-b", "1"]
                + form.split(separator: " ").map(String.init) + ["-c", "few", "many"]
            process.standardOutput = output
            try process.run()
            corpus.append(Array(output.fileHandleForReading.readDataToEndOfFile()))
            process.waitUntilExit()
        }
        return corpus
    }
}
