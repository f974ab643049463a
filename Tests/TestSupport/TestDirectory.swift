import Foundation

/// A fresh directory for a test.
public enum TestDirectory {
    /// What all of a test run stand in, removed when it ends, however its tests do.
    private static let all: String = {
        let path = NSTemporaryDirectory() + "dd-" + UUID().uuidString.prefix(8)
        atexit { TestDirectory.remove(TestDirectory.all) }
        return path
    }()

    /// Makes one under the temporary directory, with a name short enough for a socket path.
    public static func make() throws -> String {
        let path = "\(all)/\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// Removes one with all that is in it; one that is gone already is no failure.
    public static func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }
}
