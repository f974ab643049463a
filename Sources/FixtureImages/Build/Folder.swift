#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import OCI

enum ProcessIdentity {
    static var number: Int32 { ProcessInfo.processInfo.processIdentifier }
}

enum Folder {
    static func remove(_ path: String) throws {
        if File.exists(path) { try FileManager.default.removeItem(atPath: path) }
    }

    /// Makes or moves a symbolic link at once.
    static func pointLink(_ path: String, to target: String) throws {
        let temporary = "\(path).\(ProcessIdentity.number).new"
        try remove(temporary)
        try FileManager.default.createSymbolicLink(atPath: temporary, withDestinationPath: target)
        try File.rename(temporary, to: path)
    }

    /// Removes all builds but the named one and the newest other, which a running suite may still serve from.
    static func removeOldBuilds(in output: String, keeping name: String) throws {
        let others = try FileManager.default.contentsOfDirectory(atPath: output)
            .filter { $0.hasPrefix("images-") && $0 != name }
            .map { other in
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(output)/\(other)")
                return (other, attributes[.modificationDate] as? Date ?? .distantPast)
            }
            .sorted { $0.1 > $1.1 }
        for (other, _) in others.dropFirst() { try remove("\(output)/\(other)") }
    }
}
