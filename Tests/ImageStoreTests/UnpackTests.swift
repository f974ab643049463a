import CLinux
import Foundation
import OCI
import RegistryClient
import Testing

@testable import ImageStore

/// Unpacks an archive into a fresh folder within a guarded one.
struct Unpacking {
    let scratch: Scratch
    var folder: String { "\(scratch.path)/guard/diff" }

    init() throws {
        scratch = try Scratch()
        try File.makeFolder(folder)
        try File.replace("\(scratch.path)/guard/canary", with: Array("untouched".utf8))
    }

    func unpack(_ bytes: [UInt8], limits: UnpackLimits = UnpackLimits(), pieces: Int = Int.max) throws(OCIError) {
        let unpacker = LayerUnpacker(
            into: try FileDescriptor.directory(folder), limits: limits, compressedBytes: Int64(bytes.count))
        let sink = Decompressor(next: unpacker)
        var start = 0
        while start < bytes.count {
            let end = pieces == Int.max ? bytes.count : min(bytes.count, start + pieces)
            try sink.write(Array(bytes[start..<end]))
            start = end
        }
        try sink.finish()
    }

    /// What stands beside the folder, which no archive may change.
    func outside() throws -> [String: String] {
        try Tree.describe("\(scratch.path)/guard", times: false).filter { !$0.key.hasPrefix("diff") }
    }

    static func tar(_ fill: (TarWriter) throws(OCIError) -> Void) throws -> [UInt8] {
        let sink = MemorySink(limit: Int.max)
        let writer = TarWriter(to: sink)
        try fill(writer)
        try writer.finish()
        return sink.bytes
    }
}

@Suite("Unpacking", .enabled(if: isRoot, "devices, owners and trusted attributes need root")) struct UnpackTests {
    @Test("every kind of entry keeps its mode, owner, time, links and attributes")
    func faithful() throws {
        let unpacking = try Unpacking()
        let bytes = try Unpacking.tar { writer throws(OCIError) in
            var folder = TarEntry(
                path: "d/", kind: .directory, mode: 0o1777, uid: 1, gid: 2, modificationTime: 1_000_000)
            folder.modificationNanoseconds = 123_456_789
            try writer.add(folder)
            var file = TarEntry(path: "d/f", mode: 0o6755, uid: 3_000_000, gid: 4, modificationTime: 2_000_000)
            file.modificationNanoseconds = 5
            file.extendedAttributes = [
                "user.note": Array("hi".utf8), "trusted.overlay.redirect": Array("/etc".utf8),
                "security.capability": [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            ]
            try writer.add(file, content: Array("content".utf8))
            try writer.add(
                TarEntry(
                    path: "d/h", kind: .hardLink(target: "d/f"), mode: 0o6755, uid: 3_000_000, gid: 4,
                    modificationTime: 2_000_000))
            try writer.add(
                TarEntry(
                    path: "d/s", kind: .symbolicLink(target: "/no/where"), mode: 0o777, uid: 9, gid: 9,
                    modificationTime: 7))
            try writer.add(TarEntry(path: "d/p", kind: .fifo, mode: 0o620))
            try writer.add(TarEntry(path: "d/c", kind: .characterDevice(major: 1, minor: 3), mode: 0o666))
            try writer.add(TarEntry(path: "d/b", kind: .blockDevice(major: 7, minor: 300), mode: 0o660))
            try writer.add(TarEntry(path: "made/up/" + String(repeating: "long", count: 50)), content: [1])
        }
        for pieces in [Int.max, 1, 511] {
            try unpacking.unpack(bytes, pieces: pieces)
            let tree = try Tree.describe(unpacking.folder)
            #expect(tree["d"] == "41777 1:2 1000000.123456789")
            #expect(tree["d/f"]?.hasPrefix("106755 3000000:4 2000000.0 links 2 size 7") == true)
            #expect(tree["d/f"]?.contains("user.note=68 69") == true)
            #expect(tree["d/f"]?.contains("security.capability") == true)
            #expect(tree["d/f"]?.contains("trusted") == false)
            #expect(tree["d/s"] == "120777 9:9 7.0 -> /no/where")
            #expect(tree["d/p"]?.hasPrefix("10620") == true)
            #expect(tree["d/c"]?.hasSuffix("device 1:3") == true)
            #expect(tree["d/b"]?.hasSuffix("device 7:300") == true)
            #expect(tree["made"]?.hasPrefix("40755 0:0") == true)
        }
    }

    @Test("a name that comes twice is replaced, and links made before lead nowhere outside")
    func replaced() throws {
        let unpacking = try Unpacking()
        let outside = try unpacking.outside()
        try unpacking.unpack(
            try Unpacking.tar { writer throws(OCIError) in
                try writer.add(TarEntry(path: "a/b/c"), content: [1, 2, 3])
                try writer.add(TarEntry(path: "a", kind: .symbolicLink(target: "../../.."), mode: 0o777))
                try writer.add(TarEntry(path: "a/canary"), content: Array("written".utf8))
                try writer.add(
                    TarEntry(path: "x", kind: .symbolicLink(target: "\(unpacking.scratch.path)/guard/canary")))
                try writer.add(TarEntry(path: "x"), content: Array("mine".utf8))
            })
        #expect(try unpacking.outside() == outside)
        let tree = try Tree.describe(unpacking.folder)
        // The link leads where it would lead in the container: to its root.
        #expect(tree["canary"]?.contains("size 7") == true)
        #expect(tree["x"]?.contains("size 4") == true)
    }

    @Test("whiteouts become overlay's")
    func whiteouts() throws {
        let unpacking = try Unpacking()
        try unpacking.unpack(
            try Unpacking.tar { writer throws(OCIError) in
                try writer.add(TarEntry(path: "etc/.wh.gone", uid: 5, gid: 6))
                try writer.add(TarEntry(path: "srv/", kind: .directory, mode: 0o755))
                try writer.add(TarEntry(path: "srv/.wh..wh..opq"))
                try writer.add(TarEntry(path: ".wh..wh.plnk/", kind: .directory))
                try writer.add(TarEntry(path: "both"), content: [1])
                try writer.add(TarEntry(path: ".wh.both"))
                try writer.add(TarEntry(path: ".wh.again"))
                try writer.add(TarEntry(path: "again/", kind: .directory, mode: 0o700))
            })
        let tree = try Tree.describe(unpacking.folder, times: false)
        #expect(tree["etc/gone"] == "20000 5:6 device 0:0")
        #expect(tree["srv"]?.contains("trusted.overlay.opaque=79") == true)
        #expect(tree["both"]?.contains("size 1") == true)
        #expect(tree["again"]?.contains("trusted.overlay.opaque=79") == true)
        #expect(!tree.keys.contains { $0.contains(".wh.") })
    }

    @Test(
        "hostile entries are refused by name and write nothing outside",
        arguments: [
            "dotdot", "dotdot-deep", "hardlink-out", "hardlink-missing", "hardlink-self", "whiteout-dotdot",
            "whiteout-dot",
            "whiteout-nothing", "long-name", "deep", "file-as-folder", "pax-path", "gnu-long-link-out",
        ])
    func hostile(name: String) throws {
        let unpacking = try Unpacking()
        let outside = try unpacking.outside()
        var limits = UnpackLimits()
        limits.depth = 64
        let bytes = try Unpacking.tar { writer throws(OCIError) in
            switch name {
            case "dotdot": try writer.add(TarEntry(path: "../canary"), content: [1])
            case "dotdot-deep": try writer.add(TarEntry(path: "a/../../canary"), content: [1])
            case "hardlink-out": try writer.add(TarEntry(path: "x", kind: .hardLink(target: "../canary")))
            case "hardlink-missing": try writer.add(TarEntry(path: "x", kind: .hardLink(target: "/etc/shadow")))
            case "hardlink-self": try writer.add(TarEntry(path: "x", kind: .hardLink(target: "./x")))
            case "whiteout-dotdot": try writer.add(TarEntry(path: "a/.wh..."))
            case "whiteout-dot": try writer.add(TarEntry(path: "a/.wh.."))
            case "whiteout-nothing": try writer.add(TarEntry(path: ".wh."))
            case "long-name": try writer.add(TarEntry(path: String(repeating: "n", count: 300)))
            case "deep": try writer.add(TarEntry(path: String(repeating: "d/", count: 65)))
            case "file-as-folder":
                try writer.add(TarEntry(path: "f"), content: [1])
                try writer.add(TarEntry(path: "f/g"), content: [1])
            case "pax-path":
                try writer.add(TarEntry(path: String(repeating: "../", count: 60) + "canary"), content: [1])
            default:
                try writer.add(
                    TarEntry(path: "x", kind: .hardLink(target: String(repeating: "../", count: 60) + "canary")))
            }
        }
        let error = #expect(throws: OCIError.self) { try unpacking.unpack(bytes, limits: limits) }
        #expect(
            error?.message.contains("tar") == true || error?.message.contains("\"") == true, "\(error?.message ?? "")")
        #expect(try unpacking.outside() == outside)
    }

    @Test("an absolute path and an absolute link stay inside")
    func absolute() throws {
        let unpacking = try Unpacking()
        let outside = try unpacking.outside()
        let canary = "\(unpacking.scratch.path)/guard/canary"
        try unpacking.unpack(
            try Unpacking.tar { writer throws(OCIError) in
                try writer.add(TarEntry(path: canary), content: Array("inside".utf8))
                try writer.add(TarEntry(path: "link", kind: .symbolicLink(target: "\(unpacking.scratch.path)/guard")))
                try writer.add(TarEntry(path: "link/other"), content: [1])
                try writer.add(TarEntry(path: "hard", kind: .hardLink(target: "link/canary")))
            })
        #expect(try unpacking.outside() == outside)
        #expect(try Tree.describe(unpacking.folder)["hard"]?.contains("size 6") == true)
    }

    @Test("bombs stop at their limits: bytes, ratio, entries")
    func bombs() throws {
        var limits = UnpackLimits()
        limits.ratioFreeBytes = 1 << 20
        let zeros = MemorySink(limit: Int.max)
        let gzip = try GzipSink(next: zeros)
        let writer = TarWriter(to: gzip)
        try writer.begin(TarEntry(path: "zeros", size: 64 << 20))
        for _ in 0..<64 { try [UInt8](repeating: 0, count: 1 << 20).withUnsafeBytes { try writer.append($0) } }
        try writer.finish()
        let unpacking = try Unpacking()
        let error = #expect(throws: OCIError.self) { try unpacking.unpack(zeros.bytes, limits: limits) }
        #expect(error?.code == .limitExceeded)

        limits = UnpackLimits()
        limits.tar.entries = 100
        let many = try Unpacking.tar { writer throws(OCIError) in
            for number in 0...100 { try writer.add(TarEntry(path: "f\(number)")) }
        }
        let second = #expect(throws: OCIError.self) { try unpacking.unpack(many, limits: limits) }
        #expect(second?.code == .limitExceeded)
    }

    @Test("a gzip stream that is cut, damaged or followed by rubbish is refused; several members are one")
    func streams() throws {
        let tar = try Unpacking.tar { writer throws(OCIError) in
            try writer.add(TarEntry(path: "f"), content: [1, 2, 3])
        }
        func gzipped(_ bytes: some Collection<UInt8>) throws -> [UInt8] {
            let memory = MemorySink(limit: Int.max)
            let gzip = try GzipSink(next: memory)
            try gzip.write(Array(bytes))
            try gzip.finish()
            return memory.bytes
        }
        let whole = try gzipped(tar)
        let unpacking = try Unpacking()
        try unpacking.unpack(try gzipped(tar[..<700]) + gzipped(tar[700...]), pieces: 7)
        #expect(try Tree.describe(unpacking.folder)["f"]?.contains("size 3") == true)
        var damaged = whole
        damaged[whole.count / 2] ^= 0x10
        var checksum = whole
        checksum[whole.count - 6] ^= 1
        for bytes in [Array(whole.dropLast(9)), Array(whole.dropLast(1)), damaged, checksum, whole + [1, 2, 3, 4, 5]] {
            #expect(throws: OCIError.self) { try Unpacking().unpack(bytes) }
        }
    }

    @Test("names that are not UTF-8 keep their bytes")
    func rawNames() throws {
        let unpacking = try Unpacking()
        var bytes = try Unpacking.tar { writer throws(OCIError) in
            try writer.add(TarEntry(path: "a?b"), content: [1])
        }
        // 0xE9 is é in Latin-1; the header's checksum grows by what the byte grew.
        let growth = 0xE9 - Int(bytes[1])
        bytes[1] = 0xE9
        let sum = bytes[..<512].enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
        #expect(growth > 0)
        let digits = String(sum, radix: 8)
        let field = Array((String(repeating: "0", count: 6 - digits.count) + digits).utf8) + [0, 32]
        bytes.replaceSubrange(148..<156, with: field)
        try unpacking.unpack(bytes)
        let names = try TreeRemover.names(in: FileDescriptor.directory(unpacking.folder))
        #expect(names == [[0x61, 0xE9, 0x62]])
    }

    @Test("a folder a thousand deep is removed")
    func deepRemoval() throws {
        let scratch = try Scratch()
        try File.makeFolder("\(scratch.path)/deep")
        var folder = try FileDescriptor.directory("\(scratch.path)/deep")
        for _ in 0..<1000 {
            try SystemCall.check(clinux_mkdirat(folder.number, "d", 0o755), "make")
            folder = FileDescriptor(
                try SystemCall.check(clinux_openat2(folder.number, "d", CLINUX_O_DIRECTORY, 0, 0), "open"))
        }
        try TreeRemover.remove(path: "\(scratch.path)/deep")
        #expect(!File.exists("\(scratch.path)/deep"))
        #expect(try TreeRemover.names(in: FileDescriptor.directory(scratch.path)).isEmpty)
    }
}
