import OCI
import Testing

struct TarTests {
    @Test("What is written is read again: kinds, long names, large numbers, attributes")
    func roundTrip() throws {
        var long = TarEntry(path: String(repeating: "d/", count: 80) + "file", mode: 0o4755, uid: 3_000_000, gid: 12)
        long.extendedAttributes = ["security.capability": [1, 0, 2, 10]]
        let members = [
            TarArchive.Member(TarEntry(path: "dir/", kind: .directory, mode: 0o1777)),
            TarArchive.Member(long, content: Array(repeating: 7, count: 1025)),
            TarArchive.Member(TarEntry(path: "link", kind: .symbolicLink(target: String(repeating: "t", count: 200)))),
            TarArchive.Member(TarEntry(path: "hard", kind: .hardLink(target: "dir/x"))),
            TarArchive.Member(TarEntry(path: "null", kind: .characterDevice(major: 1, minor: 3))),
        ]
        let bytes = try TarArchive(members: members).bytes()
        #expect(bytes.count % 512 == 0)
        #expect(try TarArchive(parsing: bytes).members == members)
        #expect(try TarArchive(members: members).bytes() == bytes)
    }

    @Test("Bytes may come in any pieces", arguments: [1, 7, 511, 513])
    func pieces(size: Int) throws {
        let archive = TarArchive(members: [TarArchive.Member(TarEntry(path: "a"), content: Array("hello".utf8))])
        let bytes = try archive.bytes()
        let collector = TarCollector(limits: TarLimits())
        for start in stride(from: 0, to: bytes.count, by: size) {
            try collector.write(Array(bytes[start..<min(bytes.count, start + size)]))
        }
        try collector.finish()
        #expect(collector.members == archive.members)
    }

    @Test("Damage is refused: checksum, truncation, sizes over the limit")
    func damage() throws {
        let archive = TarArchive(members: [
            TarArchive.Member(TarEntry(path: "a"), content: Array(repeating: 1, count: 600))
        ])
        let bytes = try archive.bytes()
        var flipped = bytes
        flipped[0] ^= 1
        #expect { try TarArchive(parsing: flipped) } throws: { ($0 as? OCIError)?.code == .invalidArchive }
        #expect { try TarArchive(parsing: Array(bytes.prefix(700))) } throws: {
            ($0 as? OCIError)?.code == .invalidArchive
        }
        #expect { try TarArchive(parsing: bytes, maximumBytes: 599) } throws: {
            ($0 as? OCIError)?.code == .limitExceeded
        }
    }

    @Test("A path that leaves its root has no components")
    func escapes() {
        #expect(TarEntry(path: "a/../b").components == nil)
        #expect(TarEntry(path: "./a//b/").components == ["a", "b"])
    }
}
