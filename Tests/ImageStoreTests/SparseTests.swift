import CLinux
import Foundation
import OCI
import TestSupport
import Testing

@testable import ImageStore

private let hasTar = FileManager.default.isExecutableFile(atPath: "/bin/tar")

/// Sparse files as GNU tar writes them come out whole, with their holes.
@Suite("Sparse archives", .enabled(if: isRoot && hasTar, "needs root and GNU tar")) struct SparseTests {
    private static func tar(_ arguments: [String], in folder: String) throws -> [UInt8] {
        let process = Process(), output = Pipe()
        process.executableURL = URL(filePath: "/bin/tar")
        process.arguments = ["-C", folder, "--sparse", "--hole-detection=raw"] + arguments + ["-c", "."]
        process.standardOutput = output
        try process.run()
        let bytes = Array(output.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return bytes
    }

    /// Files of several shapes: data at both ends, a hole at the end, only a hole, very many fragments, none.
    private static func files(in folder: String) throws {
        func write(_ name: String, size: UInt64, _ pieces: [(UInt64, [UInt8])]) throws {
            #expect(FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: nil))
            let file = try #require(FileHandle(forWritingAtPath: "\(folder)/\(name)"))
            for (offset, bytes) in pieces {
                try file.seek(toOffset: offset)
                try file.write(contentsOf: Data(bytes))
            }
            try file.truncate(atOffset: size)
            try file.close()
        }
        try FileManager.default.createDirectory(atPath: folder + "/d", withIntermediateDirectories: true)
        try write("ends", size: 10_000_000, [(0, Array("start".utf8)), (9_999_997, Array("end".utf8))])
        try write("tail", size: 5_000_001, [(4096, [UInt8](repeating: 1, count: 70_000))])
        try write("hole", size: 3_000_000, [])
        try write("empty", size: 0, [])
        try write("plain", size: 1000, [(0, [UInt8](repeating: 9, count: 1000))])
        let name = "d/" + String(repeating: "many", count: 40)
        try write(
            name, size: 4_000_000, (0..<120).map { (UInt64($0) * 32_768, [UInt8](repeating: UInt8($0), count: 4096)) })
    }

    private static let forms: [[String]] = [
        ["--format=gnu"], ["--format=oldgnu"], ["--format=posix", "--sparse-version=0.0"],
        ["--format=posix", "--sparse-version=0.1"], ["--format=posix", "--sparse-version=1.0"],
    ]

    @Test("every form of GNU tar gives the files it was made from", arguments: forms)
    func roundTrip(_ form: [String]) throws {
        let unpacking = try Unpacking()
        let source = "\(unpacking.scratch.path)/source"
        try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: true)
        try Self.files(in: source)
        let archive = try Self.tar(form, in: source)
        #expect(archive.count < 2_000_000)
        for pieces in [Int.max, 777] {
            try unpacking.unpack(archive, pieces: pieces)
            let expected = try Tree.describe(source, times: false),
                got = try Tree.describe(unpacking.folder, times: false)
            #expect(expected.filter { !$0.key.isEmpty } == got.filter { !$0.key.isEmpty })
            var status = stat()
            #expect(stat("\(unpacking.folder)/ends", &status) == 0 && status.st_blocks * 512 < 1_000_000)
            try TreeRemover.remove(path: unpacking.folder)
            try File.makeFolder(unpacking.folder)
        }
    }

    @Test(
        "a map that overlaps, runs backwards, is beyond the size, or does not fit the data is refused",
        arguments: [
            "0,10,5,10", "10,5,0,5", "0,2000,1990,10", "0,5", "0", "0,x", "-1,20", "9223372036854775807,20", "0,10,,10",
        ])
    func malformed(_ map: String) throws {
        let unpacking = try Unpacking()
        let records = [("GNU.sparse.size", "1000"), ("GNU.sparse.map", map), ("GNU.sparse.name", "f")]
        let archive = try Self.archive(records, data: [UInt8](repeating: 1, count: 20))
        #expect(throws: OCIError.self) { try unpacking.unpack(archive) }
    }

    @Test("a file may be no larger than the limit, holes included")
    func limit() throws {
        let unpacking = try Unpacking()
        let huge = [("GNU.sparse.size", "\(Int64.max)"), ("GNU.sparse.map", "0,20"), ("GNU.sparse.name", "f")]
        #expect(throws: OCIError.self) {
            try unpacking.unpack(try Self.archive(huge, data: [UInt8](repeating: 1, count: 20)))
        }
    }

    @Test("the handmade archive of the refusals is read where its map is sound")
    func handmade() throws {
        let unpacking = try Unpacking()
        let records = [("GNU.sparse.size", "1000"), ("GNU.sparse.map", "0,10,900,10"), ("GNU.sparse.name", "named")]
        try unpacking.unpack(try Self.archive(records, data: [UInt8](repeating: 1, count: 20)))
        let content = try Data(contentsOf: URL(filePath: "\(unpacking.folder)/named"))
        #expect(content.count == 1000 && content[905] == 1 && content[10] == 0 && content[999] == 0)
    }

    /// A pax header with these records, and a file of this data behind it.
    private static func archive(_ records: [(String, String)], data: [UInt8]) throws -> [UInt8] {
        var content: [UInt8] = []
        for (name, value) in records {
            let rest = " \(name)=\(value)\n"
            var length = rest.utf8.count
            while "\(length)".utf8.count + rest.utf8.count != length {
                length = "\(length)".utf8.count + rest.utf8.count
            }
            content += Array("\(length)\(rest)".utf8)
        }
        let written = try Unpacking.tar { writer throws(OCIError) in
            try writer.add(TarEntry(path: "x"), content: content)
            try writer.add(TarEntry(path: "GNUSparseFile.0/f"), content: data)
        }
        // The first header becomes one of pax, its checksum with it.
        var bytes = written
        bytes[156] = UInt8(ascii: "x")
        bytes.replaceSubrange(148..<156, with: [UInt8](repeating: 0x20, count: 8))
        let sum = bytes[..<512].reduce(0) { $0 + Int($1) }
        let octal = String(sum, radix: 8)
        bytes.replaceSubrange(
            148..<156, with: Array((String(repeating: "0", count: 6 - octal.count) + octal + "\0 ").utf8))
        return bytes
    }
}
