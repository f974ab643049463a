#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The directory of one run: case directories, and the configuration that docker's CLI reads in place of the person's own.
enum Workspace {
    static func make(run: String) throws -> String {
        let base = FileManager.default.temporaryDirectory.path
        let path = "\(base.hasSuffix("/") ? String(base.dropLast()) : base)/\(RunIdentity.namePrefix)\(run)"
        try CaseDirectory.make(path)
        return path
    }

    static func dockerConfiguration(in workspace: String) throws -> String {
        let path = "\(workspace)/.docker"
        try CaseDirectory.make(path)
        try Data("{}\n".utf8).write(to: URL(fileURLWithPath: "\(path)/config.json"))
        return path
    }

    static func remove(_ path: String) {
        // What cannot be removed lies in the system's folder for temporary files.
        try? CaseDirectory.remove(path)
    }
}

extension ExpectationFile {
    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// Writes a text file, with its folder.
    static func write(_ text: String, to path: String) throws(ExpectationFileError) {
        do {
            let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            if !folder.isEmpty {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            }
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw ExpectationFileError(description: "cannot write \(path): \(error)")
        }
    }
}
