import CLinux
import Glibc
import OCI

/// Makes the files of a layer beneath a folder, whatever paths and links say.
///
/// Folders are opened by openat2 with RESOLVE_IN_ROOT, so that links lead where they would lead in the container and
/// never out; the last component of a path is never followed, and what stands there is unlinked, not written to.
final class TreeWriter {
    /// What is written into the tree.
    enum Use {
        /// A layer: whiteouts are made in overlay's own form.
        case layer
        /// Files that somebody brings into a tree in use, named from a folder on.
        case visitor(prefix: [UInt8], options: ArchiveUnpacker.Options)
    }

    private let root: FileDescriptor
    private let maximumDepth: Int
    private let use: Use
    private var folders: FolderCache
    private var directoryTimes: [(path: EntryPath, entry: TarEntry)] = []
    private var current: (entry: TarEntry, file: FileDescriptor)?
    /// The bytes of all files and link targets, hard links counted once.
    private(set) var size: Int64 = 0

    init(root: FileDescriptor, maximumDepth: Int, use: Use = .layer) {
        self.use = use
        self.root = root
        self.maximumDepth = maximumDepth
        folders = FolderCache(root: root)
    }

    func begin(_ entry: TarEntry) throws(OCIError) {
        var entry = entry
        var path = try EntryPath(entry.rawPath ?? Array(entry.path.utf8), shown: entry.path, maximumDepth: maximumDepth)
        // The root's own owner and mode come from whoever mounts it.
        guard let name = path.name else { return }
        if case .visitor(let prefix, let options) = use {
            path = try EntryPath(prefix, shown: entry.path, maximumDepth: maximumDepth).appending(path)
            if let owner = options.owner { (entry.uid, entry.gid) = (owner.uid, owner.gid) }
        }
        let parent = try folders.open(path, shown: entry.path)
        switch use {
        case .layer:
            if let whiteout = try Whiteout(name: name, shown: entry.path) {
                return try hide(whiteout, in: parent, entry)
            }
        case .visitor(_, let options):
            if options.keepsKinds { try checkKind(entry, parent, name) }
        }
        switch entry.kind {
        case .file:
            let file = try openNew(parent, name, entry)
            current = (entry, file)
            size += entry.size
            return
        case .directory:
            try makeDirectory(parent, name, entry)
            directoryTimes.append((path, entry))
        case .hardLink(let target): try link(to: entry.rawLinkTarget ?? Array(target.utf8), parent, name, path, entry)
        case .symbolicLink(let target):
            let bytes = entry.rawLinkTarget ?? Array(target.utf8)
            guard !bytes.contains(0) else { throw fault(entry, "has a NUL byte in its target") }
            try make(parent, name, entry) {
                clinux_symlinkat($1, $0, $2)
            } with: {
                bytes
            }
            size += Int64(bytes.count)
        case .fifo: try makeNode(parent, name, CLINUX_S_IFIFO, 0, 0, entry)
        case .characterDevice(let major, let minor):
            try makeNode(parent, name, CLINUX_S_IFCHR, major, minor, entry)
        case .blockDevice(let major, let minor): try makeNode(parent, name, CLINUX_S_IFBLK, major, minor, entry)
        }
        try Attributes.apply(entry, parent, name)
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
        guard let current else { return }
        try current.file.write(bytes, shown: current.entry.path)
    }

    /// Leaves a hole in the file.
    func skip(_ count: Int64) throws(OCIError) {
        guard let current else { return }
        try current.file.skip(count, shown: current.entry.path)
    }

    func end() throws(OCIError) {
        guard let (entry, file) = current else { return }
        current = nil
        try Attributes.apply(entry, file)
    }

    /// Sets what later entries have changed again: the times of folders.
    func finish() throws(OCIError) {
        for (path, entry) in directoryTimes {
            guard let name = path.name, let parent = try folders.existing(path), try isDirectory(parent, name) else {
                continue
            }
            try Attributes.setTimes(entry, parent, name)
        }
    }

    private func checkKind(_ entry: TarEntry, _ parent: FileDescriptor, _ name: [UInt8]) throws(OCIError) {
        guard let status = try optionalStatus(parent, name) else { return }
        let isFolder = entry.kind == .directory
        guard status.isDirectory != isFolder else { return }
        let (old, new) = isFolder ? ("non-directory", "directory") : ("directory", "non-directory")
        throw OCIError(.invalidArchive, "cannot overwrite \(old) \"\(entry.path)\" with \(new) \"\(entry.path)\"")
    }

    private func fault(_ entry: TarEntry, _ reason: String) -> OCIError {
        OCIError(.invalidArchive, "tar entry \"\(entry.path)\" \(reason)")
    }

    private func openNew(_ parent: FileDescriptor, _ name: [UInt8], _ entry: TarEntry) throws(OCIError)
        -> FileDescriptor
    {
        let answer = try make(parent, name, entry) { directory, _, name in
            clinux_openat2(directory, name, FileDescriptor.newFileFlags, 0o600, FileDescriptor.resolveInRoot)
        } with: {
            []
        }
        return FileDescriptor(answer)
    }

    private func makeNode(
        _ parent: FileDescriptor, _ name: [UInt8], _ type: UInt32, _ major: UInt32, _ minor: UInt32, _ entry: TarEntry
    ) throws(OCIError) {
        try make(parent, name, entry) { directory, _, name in
            clinux_mknodat(directory, name, type | 0o600, major, minor)
        } with: {
            []
        }
    }

    private func makeDirectory(_ parent: FileDescriptor, _ name: [UInt8], _ entry: TarEntry) throws(OCIError) {
        let answer = name.withTerminator { clinux_mkdirat(parent.number, $0, 0o700) }
        guard answer == -EEXIST else {
            try SystemCall.check(answer, "make \"\(entry.path)\"")
            return
        }
        let status = try status(parent, name)
        if status.isDirectory { return }
        try remove(parent, name, status)
        try SystemCall.check(name.withTerminator { clinux_mkdirat(parent.number, $0, 0o700) }, "make \"\(entry.path)\"")
        // A name that is hidden and made anew in one layer shows nothing of the layers below.
        if status.isWhiteout { try makeOpaque(parent, name, entry) }
    }

    private func link(
        to target: [UInt8], _ parent: FileDescriptor, _ name: [UInt8], _ path: EntryPath, _ entry: TarEntry
    ) throws(OCIError) {
        var targetPath = try EntryPath(target, shown: entry.path, maximumDepth: maximumDepth)
        if case .visitor(let prefix, _) = use {
            targetPath = try EntryPath(prefix, shown: entry.path, maximumDepth: maximumDepth).appending(targetPath)
        }
        guard let targetName = targetPath.name, targetPath != path else {
            throw fault(entry, "is a hard link to a folder or itself")
        }
        guard let targetParent = try folders.existing(targetPath) else {
            throw fault(
                entry, "is a hard link to \"\(String(decoding: target, as: UTF8.self))\", which is not in the layer")
        }
        let status = try optionalStatus(targetParent, targetName)
        guard let status, !status.isDirectory else {
            throw fault(
                entry, "is a hard link to \"\(String(decoding: target, as: UTF8.self))\", which is no file of the layer"
            )
        }
        try make(parent, name, entry) { directory, target, name in
            clinux_linkat(targetParent.number, target, directory, name)
        } with: {
            targetName
        }
    }

    private func hide(_ whiteout: Whiteout, in parent: FileDescriptor, _ entry: TarEntry) throws(OCIError) {
        switch whiteout {
        case .note: return
        case .opaque: try makeOpaque(parent, Array(".".utf8), entry)
        case .entry(let name):
            let answer = name.withTerminator { clinux_mknodat(parent.number, $0, CLINUX_S_IFCHR, 0, 0) }
            if answer == -EEXIST {
                // Whiteouts hide the layers below only: what this layer has under the name stays, and stays alone.
                if try isDirectory(parent, name) { try makeOpaque(parent, name, entry) }
                return
            }
            try SystemCall.check(answer, "make \"\(entry.path)\"")
            try SystemCall.check(
                name.withTerminator { clinux_fchownat(parent.number, $0, entry.uid, entry.gid) },
                "own \"\(entry.path)\"")
        }
    }

    private func makeOpaque(_ parent: FileDescriptor, _ name: [UInt8], _ entry: TarEntry) throws(OCIError) {
        try SystemCall.check(
            name.withTerminator { clinux_lsetxattrat(parent.number, $0, "trusted.overlay.opaque", "y", 1) },
            "mark \"\(entry.path)\" opaque")
    }

    /// Makes something under a name, after removing what stands there already.
    @discardableResult
    private func make(
        _ parent: FileDescriptor, _ name: [UInt8], _ entry: TarEntry,
        _ call: (_ directory: Int32, _ other: UnsafePointer<CChar>, _ name: UnsafePointer<CChar>) -> Int32,
        with other: () -> [UInt8]
    ) throws(OCIError) -> Int32 {
        let other = other()
        func attempt() -> Int32 {
            other.withTerminator { other in name.withTerminator { call(parent.number, other, $0) } }
        }
        var answer = attempt()
        if answer == -EEXIST {
            try remove(parent, name, try status(parent, name))
            answer = attempt()
        }
        return try SystemCall.check(answer, "make \"\(entry.path)\"")
    }

    private func remove(_ parent: FileDescriptor, _ name: [UInt8], _ status: FileStatus) throws(OCIError) {
        if status.isDirectory { folders.forget() }
        if status.links == 1, !status.isDirectory, !status.isWhiteout { size -= status.size }
        try TreeRemover.remove(name, in: parent)
    }

    private func status(_ parent: FileDescriptor, _ name: [UInt8]) throws(OCIError) -> FileStatus {
        try FileStatus(name, in: parent)
    }

    private func optionalStatus(_ parent: FileDescriptor, _ name: [UInt8]) throws(OCIError) -> FileStatus? {
        do { return try FileStatus(name, in: parent) } catch {
            guard error.errno == ENOENT else { throw error }
            return nil
        }
    }

    private func isDirectory(_ parent: FileDescriptor, _ name: [UInt8]) throws(OCIError) -> Bool {
        try optionalStatus(parent, name)?.isDirectory ?? false
    }
}
