import Foundation
import Testing

@testable import Engine

/// Goal: accounts are those of the container as it is now, however its tables were changed. Method: a sleeping probe whose
/// files are changed from outside.
@Suite(.enabled(if: Machine.isRoot, Machine.why), .timeLimit(.minutes(2)))
struct RunningUserDatabaseTests {
    private struct Tables {
        let root: String
        let process: Int32
        let users = RunningUserDatabase(settling: 0)

        func names() throws -> [String] { try users.current(process: process).users.map(\.name) }

        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(filePath: "\(root)/\(name)"))
        }
    }

    private static func with(_ body: (Tables) throws -> Void) async throws {
        try await Sandbox.with { box in
            try box.put("lower/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n")
            try box.put("lower/etc/group", "root:x:0:\n")
            let container = try await box.start(box.spec("sleep"))
            try body(Tables(root: "/proc/\(container.pid)/root", process: container.pid))
        }
    }

    @Test func whatIsUnchangedIsNotReadAgain() async throws {
        try await Self.with { tables throws in
            #expect(try tables.names() == ["root"])
            #expect(tables.users.isKnown)
            #expect(try tables.names() == ["root"])
        }
    }

    @Test func everyChangeIsSeen() async throws {
        try await Self.with { tables throws in
            #expect(try tables.names() == ["root"])
            try tables.write("etc/passwd", "root:x:0:0::/:\nsailor:x:7:7::/home/sailor:\n")
            #expect(try tables.names() == ["root", "sailor"])
            try tables.write("etc/other", "captain:x:1:1::/:\n")
            try #require(rename("\(tables.root)/etc/other", "\(tables.root)/etc/passwd") == 0)
            #expect(try tables.names() == ["captain"])
            try #require(unlink("\(tables.root)/etc/passwd") == 0)
            #expect(try tables.names() == [])
            #expect(!tables.users.isKnown)
        }
    }

    @Test func whatHasJustChangedIsReadAgain() async throws {
        try await Self.with { tables throws in
            let careful = RunningUserDatabase(settling: 3_600_000_000_000)
            _ = try careful.current(process: tables.process)
            #expect(!careful.isKnown)
        }
    }

    /// A link to a path that the host has, too, leads elsewhere inside.
    @Test func aLinkIsFollowedInsideTheContainer() async throws {
        try await Self.with { tables throws in
            try tables.write("hosts-own", "inside:x:3:3::/:\n")
            let host = "/var/tmp/drydock-\(UUID().uuidString)"
            try Data("outside:x:4:4::/:\n".utf8).write(to: URL(filePath: host))
            defer { unlink(host) }
            try FileManager.default.createDirectory(
                atPath: "\(tables.root)/var/tmp", withIntermediateDirectories: true)
            try #require(rename("\(tables.root)/hosts-own", tables.root + host) == 0)
            try #require(unlink("\(tables.root)/etc/passwd") == 0)
            try #require(symlink(host, "\(tables.root)/etc/passwd") == 0)
            #expect(try tables.names() == ["inside"])
            #expect(!tables.users.isKnown)
            #expect(try tables.names() == ["inside"])
        }
    }
}
