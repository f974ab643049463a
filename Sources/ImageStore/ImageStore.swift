import DockerAPI
import Logging
import NIOPosix
import OCI
import RawJSON
import RegistryClient

/// The images of this host: pulled, loaded or imported, unpacked once, shared by all containers.
///
/// ```swift
/// let store = try await ImageStore.open(ImageStoreConfiguration(root: "/var/lib/drydock/images"), registry: client) { [] }
/// for try await event in store.pull("nginx:latest", platform: nil, credentials: nil) { … }
/// let image = try await store.image("nginx")          // image.lowerDirectories, image.configuration
/// try await store.remove("nginx", force: false)
/// ```
///
/// All of it is safe to be called at once, and to be killed at any instant: what is not finished is gone when the store
/// opens the next time. Errors are `ImageStoreError`, worded as docker words them.
public actor ImageStore {
    let configuration: ImageStoreConfiguration
    let layout: StoreLayout
    let registry: RegistryClient
    let workers: Workers
    let logger: Logger
    /// The containers that stand on images, asked for at each removal.
    let containers: @Sendable () async -> [ContainerUse]

    var images: [Digest: ImageRecord] = [:]
    var configurations: [Digest: (bytes: [UInt8], parsed: ImageConfiguration)] = [:]
    var layers: [Digest: LayerRecord] = [:]
    var names = ReferenceTable()
    /// Layers that work in progress relies on, by how many times.
    var pins: [Digest: Int] = [:]
    /// Layers on their way, by chain ID.
    var jobs: [Digest: SharedJob] = [:]
    /// Whether content was left that may be nobody's, because work was in progress.
    var hasGarbage = false

    private init(
        configuration: ImageStoreConfiguration, layout: StoreLayout, registry: RegistryClient, logger: Logger,
        containers: @escaping @Sendable () async -> [ContainerUse]
    ) {
        self.configuration = configuration
        self.layout = layout
        self.registry = registry
        self.logger = logger
        self.containers = containers
        workers = Workers(configuration)
    }

    /// Opens a store, made where there is none; what a killed process left unfinished is removed.
    ///
    /// - Parameters:
    ///   - registry: where images are pulled from; the store does not shut it down.
    ///   - containers: tells which containers stand on which images, whenever something is to be removed.
    public static func open(
        _ configuration: ImageStoreConfiguration, registry: RegistryClient, logger: Logger = Logger(label: "images"),
        containers: @escaping @Sendable () async -> [ContainerUse]
    ) async throws(ImageStoreError) -> ImageStore {
        do {
            let store = ImageStore(
                configuration: configuration, layout: try StoreLayout(root: configuration.root), registry: registry,
                logger: logger, containers: containers)
            try await store.recover()
            return store
        } catch {
            throw ImageStoreError.wrap(error)
        }
    }

    /// Ends the store's threads; pulls must be over.
    public func shutdown() async throws { try await workers.shutdown() }

    // MARK: - Looking

    /// The image of a name, an ID, or the start of an ID.
    ///
    /// - Throws: `notFound` (`No such image: nosuch:latest`), `invalidArgument` (`invalid reference format`).
    public func image(_ text: String) throws(ImageStoreError) -> Image { image(try record(text)) }

    /// The image of that ID, where it is here.
    public func image(id: Digest) -> Image? { images[id].map(image) }

    /// All images, latest first.
    public func list() -> [Image] {
        images.values.map(image).sorted { left, right in
            let (first, second) = (left.configuration.created ?? "", right.configuration.created ?? "")
            return first == second ? left.id.hexadecimal < right.id.hexadecimal : first > second
        }
    }

    /// Images by name, for filters and listings: every tag and digest with its image's ID.
    public func references() -> [ImageReference: Digest] { names.all }

    /// How an image came to be, latest first.
    public func history(_ text: String) throws(ImageStoreError) -> [HistoryLine] {
        let image = try image(text)
        var layers = image.layers[...]
        let lines = image.configuration.history.map { entry in
            HistoryLine(
                id: "<missing>", created: entry.created, createdBy: entry.createdBy ?? "", comment: entry.comment ?? "",
                size: entry.isEmptyLayer ? 0 : layers.popFirst()?.size ?? 0, tags: [])
        }
        return lines.reversed().enumerated().map { index, line in
            guard index == 0 else { return line }
            return HistoryLine(
                id: image.id.description, created: line.created, createdBy: line.createdBy, comment: line.comment,
                size: line.size, tags: image.tags)
        }
    }

    /// What the images take, each layer counted once, for `GET /system/df`.
    public func usage() async -> ImageUsage {
        let used = Set(await containers().map(\.image))
        var holders: [Digest: Int] = [:]
        for record in images.values { for layer in Set(record.layers) { holders[layer, default: 0] += 1 } }
        var shared: [Digest: Int64] = [:]
        for record in images.values {
            shared[record.id] = record.layers.reduce(0) { sum, layer in
                sum + ((holders[layer] ?? 0) > 1 ? layers[layer]?.size ?? 0 : 0)
            }
        }
        let all = holders.keys.reduce(0) { $0 + (layers[$1]?.size ?? 0) }
        let kept = Set(images.values.filter { used.contains($0.id) }.flatMap(\.layers))
        return ImageUsage(
            layersSize: all, sharedSizes: shared,
            reclaimable: all - kept.reduce(0) { $0 + (layers[$1]?.size ?? 0) })
    }

    // MARK: - Naming

    /// Gives an image a further name, taking it from another image if need be.
    ///
    /// - Parameter name: `repository:tag`; without a tag it gets `latest`.
    public func tag(_ source: String, as name: String) throws(ImageStoreError) {
        let record = try record(source)
        do {
            let reference = try ImageReference(parsing: name)
            guard reference.digest == nil else {
                throw ImageStoreError(.invalidArgument, "refusing to create a tag with a digest reference")
            }
            try setTag(reference.withDefaultTag, of: record.id)
        } catch {
            throw ImageStoreError.wrap(error)
        }
    }

    func setTag(_ reference: ImageReference, of id: Digest) throws {
        var changed = names
        changed.set(reference, to: id)
        try write(changed)
        guard reference.digest == nil, var record = images[id] else { return }
        record.lastTagged = Self.now()
        try write(record)
    }

    // MARK: - Records

    func record(_ text: String) throws(ImageStoreError) -> ImageRecord {
        if let record = recordByID(text) { return record }
        let reference: ImageReference
        do { reference = try ImageReference(parsing: text) } catch {
            guard case .identifier = error else { throw ImageStoreError.wrap(error) }
            throw ImageStoreError(.notFound, "No such image: \(text)")
        }
        if let id = names.image(reference), let record = images[id] { return record }
        if reference.digest == nil, reference.tag == nil || text.hasPrefix("sha256:"), let record = recordByPrefix(text)
        {
            return record
        }
        throw ImageStoreError(.notFound, "No such image: \(reference.withDefaultTag.familiar)")
    }

    private func recordByID(_ text: String) -> ImageRecord? {
        let hexadecimal = text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text
        guard hexadecimal.utf8.count == 64 else { return nil }
        return images.first { $0.key.hexadecimal == hexadecimal }?.value
    }

    private func recordByPrefix(_ text: String) -> ImageRecord? {
        let prefix = text.hasPrefix("sha256:") ? text.dropFirst(7) : text[...]
        let matches = images.filter { $0.key.hexadecimal.hasPrefix(prefix) }
        return matches.count == 1 ? matches.first?.value : nil
    }

    func image(_ record: ImageRecord) -> Image {
        let references = names.references(to: record.id)
        let configuration = configurations[record.id]
        return Image(
            id: record.id,
            configuration: configuration?.parsed ?? ImageConfiguration(platform: .host, diffIDs: []),
            configurationBytes: configuration?.bytes ?? [],
            layers: record.layers.compactMap { chainID in
                layers[chainID].map { layer in
                    Layer(
                        chainID: chainID, diffID: layer.diffID, directory: layout.diff(chainID), size: layer.size)
                }
            },
            tags: references.filter { $0.digest == nil }.map(\.familiar),
            digests: references.filter { $0.digest != nil }.map(\.familiar), lastTagged: record.lastTagged)
    }

    func write(_ table: ReferenceTable) throws {
        try layout.write(table.json.bytes(), to: layout.references)
        names = table
    }

    func write(_ record: ImageRecord) throws {
        try layout.write(record.json.bytes(), to: layout.image(record.id))
        images[record.id] = record
    }

    static func now() -> Int64 { clockNanoseconds() }
}
