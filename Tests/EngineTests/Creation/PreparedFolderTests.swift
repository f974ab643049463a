import Foundation
import LinuxKernel
import Logging
import Testing

@testable import Engine

/// Goal: a container's folder is the same whether it was ready or is made then and there, and none is used twice or left.
@Suite struct PreparedFolderTests {
    private static func with(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "drydock-folders-\(UUID())").path
        try Folder.make(folder)
        do { try await body(folder) } catch { Issue.record(error) }
        try FileManager.default.removeItem(atPath: folder)
    }

    private static func folders(in folder: String, target: Int) throws -> PreparedFolders {
        try PreparedFolders(
            folder: folder + "/prepared", destination: folder, target: target, logger: Logger(label: "test"))
    }

    /// Name and permissions of all that is below.
    private static func tree(_ path: String) throws -> [String: UInt16] {
        var found: [String: UInt16] = [:]
        for name in [""] + (try FileManager.default.subpathsOfDirectory(atPath: path)) {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
            found[name] = try #require(attributes[.posixPermissions] as? NSNumber).uint16Value
            if attributes[.type] as? FileAttributeType == .typeRegular {
                #expect(FileManager.default.contents(atPath: "\(path)/\(name)") == Data())
            }
        }
        return found
    }

    private static func until(_ condition: () -> Bool) async throws {
        let limit = ContinuousClock.now + .seconds(20)
        while !condition() {
            try #require(ContinuousClock.now < limit)
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test func oneThatWasReadyIsLikeOneMadeAnew() async throws {
        try await Self.with { folder in
            try Self.folders(in: folder, target: 0).make(folder + "/anew")
            let stock = try Self.folders(in: folder, target: 2)
            stock.open()
            try await Self.until { stock.count == 2 }
            for number in 0..<6 { try stock.make(folder + "/\(number)") }
            let anew = try Self.tree(folder + "/anew")
            #expect(anew[""] == 0o700 && anew["upper"] == 0o755 && anew["run"] == 0o700 && anew["hosts"] == 0o644)
            #expect(anew["config.json"] == 0o600)
            for number in 0..<6 { #expect(try Self.tree(folder + "/\(number)") == anew) }
            await stock.close()
            #expect(try Folder.names(folder + "/prepared") == [])
        }
    }

    @Test func oneThatSomebodyRemovedIsNotMissed() async throws {
        try await Self.with { folder in
            let stock = try Self.folders(in: folder, target: 2)
            stock.open()
            try await Self.until { stock.count == 2 }
            for name in try Folder.names(folder + "/prepared") {
                try FileManager.default.removeItem(atPath: "\(folder)/prepared/\(name)")
            }
            try stock.make(folder + "/made")
            #expect(try Self.tree(folder + "/made")["hosts"] == 0o644)
            await stock.close()
        }
    }

    @Test func whatAKilledDaemonLeftIsRemoved() async throws {
        try await Self.with { folder in
            let killed = try Self.folders(in: folder, target: 2)
            killed.open()
            try await Self.until { killed.count == 2 }
            let left = try Set(Folder.names(folder + "/prepared"))
            let next = try Self.folders(in: folder, target: 1)
            next.open()
            try await Self.until { next.count == 1 }
            #expect(try left.isDisjoint(with: Folder.names(folder + "/prepared")))
            await next.close()
        }
    }

    @Test func aFileThatIsOverwrittenHoldsTheNewBytesAlone() async throws {
        try await Self.with { folder in
            let path = folder + "/file"
            for text in ["", "long enough", "short", ""] {
                try SmallFile.overwrite(path, with: Array(text.utf8), mode: 0o640)
                #expect(try SmallFile.text(path) == text)
            }
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
            #expect(mode?.uint16Value == 0o640)
            try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: path)
            #expect(throws: SystemError.self) { try SmallFile.overwrite(folder + "/link", with: [65]) }
            #expect(try SmallFile.text(path) == "")
        }
    }
}
