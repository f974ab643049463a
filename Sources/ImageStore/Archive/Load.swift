import DockerAPI
import NIOCore
import OCI
import RawJSON

/// What loading an archive tells, in docker's order.
public enum LoadEvent: Sendable, Hashable {
    /// A layer's progress, under the first twelve digits of its chain ID.
    case layer(id: String, LayerProgress)
    /// `Loaded image: nginx:latest`
    case loaded(name: String)
    /// `Loaded image ID: sha256:…`, for an image without a name.
    case loadedID(Digest)
    /// `The image nginx:latest already exists, renaming the old one with ID sha256:… to empty string`
    case renamed(name: String, from: Digest)
}

/// One image as an archive describes it.
struct ArchivedImage: Sendable {
    var configuration: [UInt8]
    /// Files of the archive that hold the layers, lowest first.
    var layerFiles: [String]
    var tags: [String]
    var documents: [Document]
}

extension ImageStore {
    /// Loads images from an archive of `docker save`, podman, skopeo or an OCI image layout, plain or compressed.
    ///
    /// - Parameter archive: its bytes, in order; read to the end.
    /// - Throws: `corrupt`, `unsupported`, `limitExceeded`; then nothing of the archive is left.
    public func load(
        _ archive: some AsyncSequence<ByteBuffer, any Error> & Sendable, report: @escaping @Sendable (LoadEvent) -> Void
    ) async throws(ImageStoreError) {
        do {
            let path = try layout.makeTemporary()
            do {
                try await load(archive, aside: path, report)
                try await workers.files.run { [layout] in try layout.remove(path) }
            } catch {
                let failure = error
                try await workers.files.run { [layout] in try layout.remove(path) }
                throw failure
            }
        } catch {
            throw ImageStoreError.wrap(error)
        }
    }

    private func load(
        _ archive: some AsyncSequence<ByteBuffer, any Error> & Sendable, aside path: String,
        _ report: @escaping @Sendable (LoadEvent) -> Void
    ) async throws {
        let incoming = try await receive(archive, at: "\(path)/archive")
        try File.makeFolder("\(path)/files")
        let limits = configuration.limits
        let folder = try await workers.unpacking.run {
            let file = try File(reading: incoming)
            var tar = limits.tar
            tar.archiveBytes = limits.archiveBytes(compressed: try file.size())
            let extractor = ArchiveExtractor(into: "\(path)/files", limits: tar)
            let unfolded = Decompressor(next: extractor)
            try file.copy(to: unfolded)
            try unfolded.finish()
            return extractor.folder
        }
        try layout.remove(incoming)
        for image in try ArchiveReader(folder: folder).images() {
            let id = try await bring(image, from: folder) { report(.layer(id: $0, $1)) }
            try name(id, image.tags, report)
        }
    }

    func receive(_ archive: some AsyncSequence<ByteBuffer, any Error> & Sendable, at path: String) async throws
        -> String
    {
        let file = try FileDescriptor.newFile(path)
        let limit = configuration.limits.tar.archiveBytes
        var total: Int64 = 0
        for try await piece in archive {
            total += Int64(piece.readableBytes)
            guard total <= limit else {
                throw ImageStoreError(.limitExceeded, "the archive is larger than \(limit) bytes")
            }
            try await workers.files.run {
                try piece.withUnsafeReadableBytes { try file.write($0, shown: path) }
            }
        }
        return path
    }

    private func bring(
        _ image: ArchivedImage, from folder: ArchiveFolder, report: @escaping @Sendable (String, LayerProgress) -> Void
    ) async throws -> Digest {
        let configuration = try ImageConfiguration(parsing: image.configuration)
        guard configuration.diffIDs.count == image.layerFiles.count else {
            throw ImageStoreError(
                .corrupt,
                "invalid manifest, layers length mismatch: expected \(configuration.diffIDs.count), got \(image.layerFiles.count)"
            )
        }
        let id = Digest.sha256(of: image.configuration)
        guard images[id] == nil else { return id }
        let chain = LayerRecord.chainIDs(configuration.diffIDs)
        var sources: [LayerSource] = []
        for (index, name) in image.layerFiles.enumerated() {
            guard let path = folder.file(name) else {
                throw ImageStoreError(.corrupt, "invalid archive: layer \"\(name.prefix(200))\" is not in it")
            }
            sources.append(
                try await source(
                    path, chainID: chain[index], diffID: configuration.diffIDs[index],
                    parent: index == 0 ? nil : chain[index - 1]))
        }
        try await establish(sources, configuration: image.configuration, documents: image.documents, report: report)
        return id
    }

    /// A layer that comes from a file of this host instead of a registry.
    func source(_ path: String, chainID: Digest, diffID: Digest, parent: Digest?) async throws -> LayerSource {
        let files = workers.files
        let blob = try await files.run {
            let sink = DigestSink()
            try File(reading: path).copy(to: sink)
            return Descriptor(mediaType: .layerTar, digest: sink.digest, size: sink.byteCount)
        }
        return LayerSource(chainID: chainID, diffID: diffID, parent: parent, blob: blob) { _, consume in
            var offset: Int64 = 0
            while true {
                try Task.checkCancellation()
                let start = offset
                let piece = try await files.run { try File(reading: path).read(at: start, count: 1 << 20) }
                guard !piece.isEmpty else { return }
                offset += Int64(piece.count)
                try await consume(ByteBuffer(bytes: piece))
            }
        }
    }

    private func name(_ id: Digest, _ tags: [String], _ report: (LoadEvent) -> Void) throws {
        for tag in tags {
            let reference = try ImageReference(parsing: tag).withDefaultTag
            if let old = names.image(reference), old != id { report(.renamed(name: reference.familiar, from: old)) }
            try setTag(reference, of: id)
            report(.loaded(name: reference.familiar))
        }
        if tags.isEmpty { report(.loadedID(id)) }
    }
}

/// Reads what an archive says of its images: docker's `manifest.json`, else the index of an OCI layout.
struct ArchiveReader {
    let folder: ArchiveFolder
    private static let maximumImages = 1024

    func images() throws -> [ArchivedImage] {
        if folder.file("manifest.json") != nil { return try dockerImages() }
        if folder.file("index.json") != nil { return try layoutImages() }
        throw ImageStoreError(
            .corrupt,
            "invalid archive: does not contain a manifest.json: neither docker's format nor an OCI image layout")
    }

    private func dockerImages() throws -> [ArchivedImage] {
        let value = try parse("manifest.json")
        guard let list = value.array, list.count <= Self.maximumImages else {
            throw ImageStoreError(.corrupt, "invalid archive: manifest.json is no list of images")
        }
        return try list.map { entry in
            guard let config = entry["Config"]?.string else {
                throw ImageStoreError(.corrupt, "invalid archive: manifest.json names no Config")
            }
            guard let layers = entry["Layers"]?.array, layers.count <= Document.maximumLayers else {
                throw ImageStoreError(.corrupt, "invalid archive: manifest.json has no Layers, or too many")
            }
            return ArchivedImage(
                configuration: try folder.contents(config, limit: ImageConfiguration.maximumBytes),
                layerFiles: try layers.map { layer in
                    guard let name = layer.string else {
                        throw ImageStoreError(.corrupt, "invalid archive: a layer has no name")
                    }
                    return name
                },
                tags: (entry["RepoTags"]?.array ?? []).compactMap(\.string), documents: [])
        }
    }

    private func layoutImages() throws -> [ArchivedImage] {
        let bytes = try folder.contents("index.json", limit: Document.maximumBytes)
        guard case .index(let index) = try Document(parsing: bytes, mediaType: nil).content else {
            throw ImageStoreError(.corrupt, "invalid archive: index.json is no index")
        }
        return try index.manifests.compactMap { descriptor in
            let tags = descriptor.annotations
            let full = tags.first { $0.name == "io.containerd.image.name" }?.value
            let short = tags.first { $0.name == Annotation.referenceName }?.value
            // A bare tag names no repository, so it is no name for an image here.
            let name = full ?? short.flatMap { $0.contains(":") || $0.contains("/") ? $0 : nil }
            return try image(descriptor, tags: name.map { [$0] } ?? [])
        }
    }

    private func image(_ descriptor: Descriptor, tags: [String]) throws -> ArchivedImage? {
        let document = try document(descriptor)
        switch document.content {
        case .manifest(let manifest):
            let config = try blob(manifest.config, limit: ImageConfiguration.maximumBytes)
            return ArchivedImage(
                configuration: config, layerFiles: manifest.layers.map { Self.path($0.digest) }, tags: tags,
                documents: [document])
        case .index(let index):
            let wanted = Platform.host
            let choice = index.manifests.first { $0.platform?.satisfies(wanted) ?? true }
            guard let choice else {
                throw ImageStoreError(.notFound, "no matching manifest for \(wanted) in the archive's index")
            }
            guard case .manifest = try self.document(choice).content else {
                throw ImageStoreError(
                    .unsupported, "an index in the archive leads to another index, which is not followed")
            }
            var found = try image(choice, tags: tags)
            found?.documents.append(document)
            return found
        }
    }

    private func document(_ descriptor: Descriptor) throws -> Document {
        try Document(parsing: blob(descriptor, limit: Document.maximumBytes), mediaType: descriptor.mediaType)
    }

    private func blob(_ descriptor: Descriptor, limit: Int) throws -> [UInt8] {
        let memory = MemorySink(limit: limit)
        let checked = VerifyingSink(descriptor, next: memory)
        try checked.write(try folder.contents(Self.path(descriptor.digest), limit: limit))
        try checked.finish()
        return memory.bytes
    }

    private func parse(_ name: String) throws -> JSONValue {
        do { return try JSONValue.parse(try folder.contents(name, limit: Document.maximumBytes)) } catch let error
            as JSONParseError
        {
            throw ImageStoreError(.corrupt, "invalid archive: \(name): \(error)")
        }
    }

    private static func path(_ digest: Digest) -> String { "blobs/\(digest.algorithm.rawValue)/\(digest.hexadecimal)" }
}
