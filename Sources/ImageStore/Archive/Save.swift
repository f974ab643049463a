import DockerAPI
import OCI
import RawJSON

extension ImageStore {
    /// Writes images as one tar archive that is both an OCI image layout and docker's own format (`docker save` of
    /// Docker 25 and later): readable by `docker load`, podman and skopeo.
    ///
    /// - Parameters:
    ///   - texts: names or IDs; a repository without a tag takes all of its tags along; an ID is saved without a name.
    ///   - sink: gets the archive's bytes, in order, on a thread that may block.
    /// - Throws: `notFound` before the first byte is written.
    public func save(_ texts: [String], to sink: any ByteSink & Sendable) async throws(ImageStoreError) {
        var items: [ArchiveItem] = []
        for text in texts { items = try add(text, to: items) }
        let chainIDs = items.flatMap { $0.layers.map(\.chainID) }
        pin(chainIDs)
        defer { unpin(chainIDs) }
        do {
            let archive = ImageArchive(items: items, layout: layout)
            try await workers.unpacking.run { try archive.write(to: sink) }
        } catch {
            throw ImageStoreError.wrap(error)
        }
    }

    private func add(_ text: String, to items: [ArchiveItem]) throws(ImageStoreError) -> [ArchiveItem] {
        let record = try record(text)
        var found: [(Digest, [String])] = []
        let reference = try? ImageReference(parsing: text)
        if let reference, names.image(reference) == record.id, reference.digest == nil {
            if reference.tag == nil {
                // As docker does it: a bare repository stands for all of its tags.
                let tags = names.all.filter { $0.key.name == reference.name && $0.key.digest == nil }
                found = tags.sorted { $0.key.description < $1.key.description }.map { ($0.value, [$0.key.familiar]) }
            } else {
                found = [(record.id, [reference.familiar])]
            }
        } else {
            found = [(record.id, [])]
        }
        var items = items
        for (id, tags) in found {
            if let index = items.firstIndex(where: { $0.id == id }) {
                items[index].tags += tags.filter { !items[index].tags.contains($0) }
            } else if let image = images[id], let configuration = configurations[id] {
                items.append(
                    ArchiveItem(
                        id: id, configuration: configuration.bytes, platform: configuration.parsed.platform,
                        layers: image.layers.compactMap { layers[$0] }, tags: tags))
            }
        }
        return items
    }
}

/// One image of an archive.
struct ArchiveItem: Sendable {
    var id: Digest
    var configuration: [UInt8]
    var platform: Platform
    var layers: [LayerRecord]
    /// Familiar names, each with a tag.
    var tags: [String]
}

/// Writes the archive: blobs first, then what names them.
struct ImageArchive: Sendable {
    let items: [ArchiveItem]
    let layout: StoreLayout

    func write(to sink: any ByteSink) throws(OCIError) {
        let writer = TarWriter(to: sink)
        for folder in ["blobs/", "blobs/sha256/"] {
            try writer.add(TarEntry(path: folder, kind: .directory, mode: 0o755))
        }
        var written: Set<Digest> = []
        var index: [Descriptor] = []
        var manifest: [JSONValue] = []
        for item in items {
            try add(item.configuration, item.id, to: writer, &written)
            for layer in item.layers where written.insert(layer.diffID).inserted { try add(layer, to: writer) }
            let document = self.manifest(item)
            try add(document.bytes, document.digest, to: writer, &written)
            index += entries(document, item)
            manifest.append(legacy(item))
        }
        try writer.add(TarEntry(path: "index.json"), content: ImageIndex(manifests: index).document.bytes)
        try writer.add(TarEntry(path: "manifest.json"), content: JSONValue.array(manifest).bytes())
        try writer.add(TarEntry(path: "oci-layout"), content: Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
        if let repositories { try writer.add(TarEntry(path: "repositories"), content: repositories) }
        try writer.finish()
    }

    private func add(_ bytes: [UInt8], _ digest: Digest, to writer: TarWriter, _ written: inout Set<Digest>)
        throws(OCIError)
    {
        guard written.insert(digest).inserted else { return }
        try writer.add(TarEntry(path: Self.path(digest)), content: bytes)
    }

    private func add(_ layer: LayerRecord, to writer: TarWriter) throws(OCIError) {
        try writer.begin(TarEntry(path: Self.path(layer.diffID), size: layer.archiveSize))
        let plain = Descriptor(mediaType: .layerTar, digest: layer.diffID, size: layer.archiveSize)
        let unfolded = Decompressor(next: VerifyingSink(plain, next: EntrySink(writer: writer)))
        try File(reading: layout.content(layer.blob)).copy(to: unfolded)
        try unfolded.finish()
    }

    private func manifest(_ item: ArchiveItem) -> Document {
        ImageManifest(
            config: Descriptor(
                mediaType: .imageConfiguration, digest: item.id, size: Int64(item.configuration.count)),
            layers: item.layers.map { Descriptor(mediaType: .layerTar, digest: $0.diffID, size: $0.archiveSize) }
        ).document
    }

    private func entries(_ document: Document, _ item: ArchiveItem) -> [Descriptor] {
        var descriptor = document.descriptor
        descriptor.platform = item.platform
        guard !item.tags.isEmpty else { return [descriptor] }
        return item.tags.map { tag in
            var named = descriptor
            let reference = tag.split(separator: ":").last.map(String.init) ?? ImageReference.defaultTag
            // containerd's name for the whole reference, by which docker and nerdctl find an image's name.
            let full = (try? ImageReference(parsing: tag))?.description ?? tag
            named.annotations = [
                Annotation("io.containerd.image.name", full), Annotation(Annotation.referenceName, reference),
            ]
            return named
        }
    }

    private func legacy(_ item: ArchiveItem) -> JSONValue {
        var sources = JSONObject()
        for layer in item.layers {
            sources[layer.diffID.description] = [
                "mediaType": .string(MediaType.layerTar.rawValue), "size": .number(JSONNumber(layer.archiveSize)),
                "digest": .string(layer.diffID.description),
            ]
        }
        return [
            "Config": .string(Self.path(item.id)),
            "RepoTags": item.tags.isEmpty ? .null : .array(item.tags.map(JSONValue.string)),
            "Layers": .array(item.layers.map { .string(Self.path($0.diffID)) }), "LayerSources": .object(sources),
        ]
    }

    /// The file by which docker before 1.10 found names, which some tools still read.
    private var repositories: [UInt8]? {
        var object = JSONObject()
        for item in items {
            guard let top = item.layers.last else { continue }
            for tag in item.tags {
                guard let reference = try? ImageReference(parsing: tag), let label = reference.tag else { continue }
                var repository = object[reference.familiarName]?.object ?? JSONObject()
                repository[label] = .string(top.chainID.hexadecimal)
                object[reference.familiarName] = .object(repository)
            }
        }
        return object.members.isEmpty ? nil : JSONValue.object(object).bytes()
    }

    private static func path(_ digest: Digest) -> String { "blobs/\(digest.algorithm.rawValue)/\(digest.hexadecimal)" }
}

/// The content of a writer's current entry, as a sink.
private final class EntrySink: ByteSink {
    private let writer: TarWriter
    init(writer: TarWriter) { self.writer = writer }
    func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) { try writer.append(bytes) }
    func finish() throws(OCIError) {}
}
