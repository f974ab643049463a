import CLinux
import Glibc
import ImageStore
import LinuxKernel
import class LinuxKernel.FileDescriptor
import NIOCore
import NIOPosix
import OCI

/// What a path in a container is (Engine API 1.51, `X-Docker-Container-Path-Stat`).
public struct PathStatus: Sendable, Hashable {
    /// The last component, `.` where the path ended in one, `/` for the root.
    public let name: String
    /// Bytes.
    public let size: Int64
    /// Type and permissions as stat(2) has them.
    public let mode: UInt32
    /// When the content was changed.
    public let modified: Timestamp
    /// Where a link leads once all links are followed, from the container's root on; empty for what is no link.
    public let linkTarget: String
}

/// Carries files into a container and out of it (`docker cp`, `docker export`), running or not.
///
/// The work blocks, and is done on threads of its own.
public struct ContainerArchive: Sendable {
    private let tree: ContainerTree
    /// What errors call the container: as the caller named it.
    private let container: String
    private let threads: NIOThreadPool

    /// The files of one container; nobody may start or stop it meanwhile.
    public init(of tree: ContainerTree, container: String, threads: NIOThreadPool) {
        self.tree = tree
        self.container = container
        self.threads = threads
    }

    /// What stands at a path; a link itself, unless the path ends in a slash.
    ///
    /// - Throws: `notFound` (`Could not find the file /no in container web`).
    public func status(of path: String) async throws(EngineError) -> PathStatus {
        try await perform {
            let opened = try tree.open()
            return try describe(TreePath(path), at: place(path, in: opened.root), in: opened.root)
        }
    }

    /// Writes what stands at a path as a tar archive.
    ///
    /// - Parameters:
    ///   - found: gets the path's status before the first byte.
    ///   - sink: gets the archive, in order, on a thread that may block; finished at the end.
    public func read(
        _ path: String, to sink: any ByteSink & Sendable, found: @escaping @Sendable (PathStatus) throws -> Void
    ) async throws(EngineError) {
        try await perform {
            let opened = try tree.open()
            let place = try place(path, in: opened.root)
            let status = try describe(TreePath(path), at: place, in: opened.root)
            try found(status)
            let archiver = TreeArchiver(to: sink)
            // As dockerd has it, and its CLI relies on it: `./a` where the path ends in a dot, `/a` of the root.
            let base = TreePath(path).endsInDot ? "." : status.name == "/" ? "" : status.name
            try archiver.add(place, name: Array(base.utf8), prefix: Array("\(base)/".utf8))
            try archiver.finish()
        }
    }

    /// Writes the whole root file system as a tar archive (`docker export`), with volumes as the empty folders they
    /// are mounted on.
    public func export(to sink: any ByteSink & Sendable) async throws(EngineError) {
        try await perform {
            let opened = try tree.open(withVolumes: false)
            let archiver = TreeArchiver(to: sink)
            try archiver.addMembers(of: opened.root.descriptor)
            try archiver.finish()
        }
    }

    /// Unpacks a tar archive, plain or compressed by gzip or zstd, into a folder of the container.
    ///
    /// - Parameter check: is given the folder's path with all links followed, and throws `forbidden` where nothing may
    ///   be written.
    public func write(
        _ archive: some AsyncSequence<ByteBuffer, any Error> & Sendable, into path: String,
        options: ArchiveUnpacker.Options, check: @escaping @Sendable (String) throws -> Void
    ) async throws(EngineError) {
        let target = try await perform {
            let opened = try tree.open()
            let place = try place(path, in: opened.root, asFolder: true)
            let resolved = try opened.root.destination(of: TreePath(path).clean)
            try check(resolved)
            guard try Self.status(place, path).mode & S_IFMT == S_IFDIR else {
                throw EngineError(.invalidArgument, "extraction point is not a directory")
            }
            return Target(
                opened: opened,
                unpacker: try ArchiveUnpacker(
                    into: opened.root.descriptor.number, beneath: resolved, options: options))
        }
        do {
            for try await piece in archive {
                try await perform { try piece.withUnsafeReadableBytes { try target.unpacker.write($0) } }
            }
        } catch let error as EngineError {
            throw error
        } catch {
            throw EngineError(.invalidArgument, "\(error)")
        }
        try await perform { try target.unpacker.finish() }
    }

    /// What an archive is unpacked into. Unchecked: one piece after the other is written, each by one thread.
    private struct Target: @unchecked Sendable {
        let opened: ContainerTree.Opened
        let unpacker: ArchiveUnpacker
    }

    /// Runs work that blocks on a thread for it.
    private func perform<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws(EngineError)
        -> Value
    {
        do {
            return try await threads.runIfActive(body)
        } catch let error as EngineError {
            throw error
        } catch let error as OCIError {
            throw EngineError(error.code == .fileSystem ? .system : .invalidArgument, error.message)
        } catch {
            throw EngineError(.system, "\(error)")
        }
    }

    private func place(_ path: String, in root: TreeRoot, asFolder: Bool = false) throws -> FileDescriptor {
        do {
            return asFolder
                ? try root.open(TreePath(path).clean, flags: TreeRoot.pathOnly) : try root.place(TreePath(path))
        } catch {
            guard error.errno == ENOENT else { throw EngineError(.system, error.description) }
            throw EngineError(.notFound, "Could not find the file \(path) in container \(container)")
        }
    }

    private func describe(_ path: TreePath, at place: FileDescriptor, in root: TreeRoot) throws -> PathStatus {
        let status = try Self.status(place, path.clean)
        let isLink = status.mode & S_IFMT == S_IFLNK
        return PathStatus(
            name: path.name, size: Int64(clamping: status.size), mode: status.mode,
            // A container may have set it to any second, also one beyond what nanoseconds reach.
            modified: Timestamp(
                secondsSince1970: status.modified_seconds, nanoseconds: Int64(status.modified_nanoseconds)),
            linkTarget: isLink ? try root.destination(of: path.clean) : "")
    }

    private static func status(_ place: FileDescriptor, _ path: String) throws(SystemError) -> clinux_stat {
        var status = clinux_stat()
        try SystemCall.check(clinux_fstatat(place.number, "", 0, &status), "look at \(path)")
        return status
    }
}
