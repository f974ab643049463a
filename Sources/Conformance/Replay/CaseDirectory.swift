#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The directory of one case on the harness's side: `file` and `tar` blocks, and what commands write.
enum CaseDirectory {
    /// Makes a directory that nobody else may read.
    static func make(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    static func remove(_ path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        try FileManager.default.removeItem(atPath: path)
    }

    static func write(_ bytes: [UInt8], name: String, in directory: String) throws {
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: "\(directory)/\(name)"))
        } catch {
            throw ReplayStop.fault("cannot write \(directory)/\(name): \(error)")
        }
    }

    static func read(name: String, in directory: String) throws -> [UInt8] {
        do {
            return Array(try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(name)")))
        } catch {
            throw ReplayStop.fault(
                "no file \(name) in the case's directory. A `file` or `tar` block or `> \(name)` makes it")
        }
    }
}
