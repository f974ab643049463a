import CLinux
import Glibc
import ImageStore
import LinuxKernel
import Logging

/// Containers' folders that were made before anybody asked for a container: what is in every one of them, empty, so that a
/// creation renames one folder instead of making a dozen things. A disk's file system takes its time over each.
final class PreparedFolders: Sendable {
    /// The folders in it and the files, with their permissions.
    private static let folders: [(name: String, mode: UInt32)] = [
        ("upper", 0o755), ("work", 0o755), ("merged", 0o755), ("run", 0o700),
    ]
    private static let files: [(name: String, mode: UInt32)] = [
        ("config.json", 0o600), ("state.json", 0o600), ("hostname", 0o644), ("hosts", 0o644), ("resolv.conf", 0o644),
    ]

    private let maker: Maker
    private let stock: Stock<String>

    /// - Parameters:
    ///   - folder: where they wait, on the file system of the containers' own.
    ///   - destination: where the containers' own stand.
    init(folder: String, destination: String, target: Int, logger: Logger) throws(SystemError) {
        try Folder.make(folder, mode: 0o700)
        for place in [folder, destination] {
            // Other file systems than ext4 have their own ways.
            do { try Folder.scatter(place) } catch { logger.debug("\(error)") }
        }
        let maker = try Maker(folder: folder)
        self.maker = maker
        stock = Stock(of: "a container's folder", target: target, logger: logger) {
            try await maker.make()
        } discard: { path in
            do { try await maker.remove(path) } catch { logger.warning("cannot remove \(path): \(error)") }
        }
    }

    /// How many wait.
    var count: Int { stock.count }

    /// Removes what a killed daemon left, and starts to fill.
    func open() { stock.open { [maker] in try await maker.sweep() } }

    /// Removes those that wait, and makes no more.
    func close() async { await stock.close() }

    /// Makes a container's folder, where nothing stands yet.
    func make(_ path: String) throws(SystemError) {
        while let prepared = stock.take() {
            let answer = clinux_renameat(CLINUX_AT_FDCWD, prepared, CLINUX_AT_FDCWD, path)
            // Somebody who tidied up has taken it away.
            if answer == -ENOENT { continue }
            try SystemCall.check(answer, "rename \(prepared) to \(path)")
            return
        }
        try Self.makeAnew(path)
    }

    fileprivate static func makeAnew(_ path: String) throws(SystemError) {
        try Folder.make(path, mode: 0o700)
        for folder in folders { try Folder.make("\(path)/\(folder.name)", mode: folder.mode) }
        for file in files { try SmallFile.overwrite("\(path)/\(file.name)", with: [], mode: file.mode) }
    }
}

/// Makes them on a thread of its own, since a disk may take its time.
private actor Maker {
    private nonisolated let thread: NamespaceThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private let folder: String

    init(folder: String) throws(SystemError) {
        thread = try NamespaceThread(name: "drydock-folders", namespace: nil)
        self.folder = folder
    }

    func make() throws -> String {
        let path = "\(folder)/\(Identifiers.make())"
        do { try PreparedFolders.makeAnew(path) } catch {
            try remove(path)
            throw error
        }
        return path
    }

    func remove(_ path: String) throws { try TreeRemover.remove(path: path) }

    func sweep() throws {
        for name in try Folder.names(folder) { try remove("\(folder)/\(name)") }
    }
}
