import OCI

/// Writes a layer's tar archive into a folder as it comes, with whiteouts in overlay's own form.
final class LayerUnpacker: ByteSink {
    private var decoder: TarDecoder
    private let tree: TreeWriter

    /// - Parameter directory: an open folder that is empty and that nobody else writes to.
    init(into directory: FileDescriptor, limits: UnpackLimits, compressedBytes: Int64) {
        var tar = limits.tar
        tar.archiveBytes = limits.archiveBytes(compressed: compressedBytes)
        tar.fileBytes = min(tar.fileBytes, tar.archiveBytes)
        decoder = TarDecoder(limits: tar)
        tree = TreeWriter(root: directory, maximumDepth: limits.depth)
    }

    init(tree: TreeWriter, limits: TarLimits) {
        decoder = TarDecoder(limits: limits)
        self.tree = tree
    }

    /// The bytes of all files and link targets, hard links counted once.
    var size: Int64 { tree.size }

    func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
        do {
            try decoder.decode(bytes) { event in
                switch event {
                case .entry(let entry): try tree.begin(entry)
                case .content(let piece): try tree.append(piece)
                case .hole(let count): try tree.skip(count)
                case .entryEnd: try tree.end()
                }
            }
        } catch let error as OCIError {
            throw error
        } catch {
            throw OCIError(.invalidArchive, "\(error)")
        }
    }

    func finish() throws(OCIError) {
        try decoder.finish()
        try tree.finish()
    }
}
