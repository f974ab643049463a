import OCI

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a build was made from, so that one that is still current is known without resolving packages again.
///
/// Package versions are not part of it: they change when a build is asked for, not when one is used.
public struct BuildStamp: Sendable, Hashable {
    private let inputs: Digest

    /// The stamp of these definitions and programs (`["probe": "/…/probe"]`).
    ///
    /// - Throws: `FixtureError` where a program is not given, `OCIError` where a file cannot be read.
    public init(definitions: FixtureDefinitions, programs: [String: String]) throws {
        let files = try ProgramFiles(programs: programs, definitions: definitions)
        var text = "format \(FixtureBuilder.formatVersion)\n\(definitions.source)\n"
        for (name, digest) in files.digests { text += "\(name) \(digest)\n" }
        inputs = .sha256(of: Array(text.utf8))
    }

    /// Whether the newest build in the cache folder was made from these inputs.
    public func isCurrent(in output: String) throws -> Bool {
        guard File.exists(Self.file(output)), File.exists("\(output)/current/index.json") else { return false }
        let build = try FileManager.default.destinationOfSymbolicLink(atPath: "\(output)/current")
        let written = try File.contents(of: Self.file(output), limit: 4096)
        return written == line(build: build)
    }

    /// Notes that the newest build in the cache folder was made from these inputs.
    public func write(in output: String) throws {
        let build = try FileManager.default.destinationOfSymbolicLink(atPath: "\(output)/current")
        try File.replace(Self.file(output), with: line(build: build))
    }

    private func line(build: String) -> [UInt8] { Array("\(inputs) \(build)\n".utf8) }
    private static func file(_ output: String) -> String { "\(output)/built-from" }
}
