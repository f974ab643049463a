import CLinux
import OCI

/// Unpacks an archive that somebody brings into a tree that is in use (`PUT /containers/{id}/archive`): gzip, zstd or
/// plain tar; names like `.wh.x` mean nothing special here.
///
/// No entry and no link leads out of the tree; entries that name a place above the folder are refused.
public final class ArchiveUnpacker: ByteSink {
    /// How entries are written.
    public struct Options: Sendable, Hashable {
        /// Whether a folder is never replaced by a file, nor a file by a folder (`noOverwriteDirNonDir`).
        public var keepsKinds = false
        /// Who owns what is written, instead of whom the archive names (`copyUIDGID`).
        public var owner: Owner?

        /// As the archive says.
        public init() {}
    }

    /// A user and a group by number.
    public struct Owner: Sendable, Hashable {
        let uid: UInt32
        let gid: UInt32

        /// An owner by parts.
        public init(uid: UInt32, gid: UInt32) {
            self.uid = uid
            self.gid = gid
        }
    }

    private let decompressor: Decompressor

    /// - Parameters:
    ///   - root: a descriptor of the tree's root, which the caller keeps open; links are resolved within it.
    ///   - path: the folder in it that entries are named from; it exists.
    public init(into root: Int32, beneath path: String, options: Options = Options(), limits: UnpackLimits = .init())
        throws(OCIError)
    {
        let flags = UInt64(FileFlags.path | FileFlags.directory | FileFlags.closeOnExec)
        let own = try SystemCall.check(clinux_openat2(root, ".", flags, 0, 0), "open the container's root")
        let tree = TreeWriter(
            root: FileDescriptor(own), maximumDepth: limits.depth,
            use: .visitor(prefix: Array(path.utf8), options: options))
        decompressor = Decompressor(next: LayerUnpacker(tree: tree, limits: limits.tar))
    }

    /// See `ByteSink`.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) { try decompressor.write(bytes) }

    /// See `ByteSink`; sets the times of folders.
    public func finish() throws(OCIError) { try decompressor.finish() }
}
