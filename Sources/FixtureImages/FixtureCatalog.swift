import OCI

/// The fixture images that were built, and the form each case gets of them.
public struct FixtureCatalog: Sendable {
    /// Where the manifests and blobs stand.
    public let layout: ImageLayout
    /// The images by `NAME:TAG`, in the order of their definition.
    public let names: [String]
    private let manifests: [String: ImageManifest]
    private let configurations: [String: ImageConfiguration]

    /// The cache folder of the fixture images: `$DRYDOCK_CACHE/fixtures`, else `drydock/fixtures` in `$XDG_CACHE_HOME` or
    /// `~/.cache`.
    public static func defaultFolder(environment: [String: String]) -> String {
        func present(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let cache =
            present("DRYDOCK_CACHE") ?? present("XDG_CACHE_HOME").map { "\($0)/drydock" }
            ?? "\(present("HOME") ?? "")/.cache/drydock"
        return "\(cache)/fixtures"
    }

    /// Opens the newest build in the cache folder.
    ///
    /// - Throws: `FixtureError` with the way out where there is none, `OCIError` where it is damaged.
    public init(opening folder: String) throws {
        guard File.exists("\(folder)/current/index.json") else {
            throw FixtureError("there are no fixture images in \(folder): run `drydock fixtures build`")
        }
        try self.init(ImageLayout(opening: "\(folder)/current"))
    }

    /// Takes the images of a layout, each tagged `NAME:TAG`.
    public init(_ layout: ImageLayout) throws(OCIError) {
        self.layout = layout
        var names: [String] = []
        var manifests: [String: ImageManifest] = [:]
        var configurations: [String: ImageConfiguration] = [:]
        for descriptor in try layout.index().manifests {
            guard let name = descriptor.annotations.first(where: { $0.name == Annotation.referenceName })?.value,
                case .manifest(let manifest) = try layout.document(descriptor).content
            else { continue }
            names.append(name)
            manifests[name] = manifest
            configurations[name] = try layout.configuration(manifest.config)
        }
        self.names = names
        self.manifests = manifests
        self.configurations = configurations
    }

    /// The full name of a fixture image, `nginx:latest` for `nginx`; nil where there is none of that name.
    public func name(of reference: String) -> String? {
        let full = reference.contains(":") ? reference : "\(reference):latest"
        return manifests[full] == nil ? nil : full
    }

    /// The form of an image that one case gets.
    ///
    /// - Throws: `notFound` with the names there are.
    public func caseImage(_ reference: String, for identity: CaseIdentity) throws(OCIError) -> CaseImage {
        guard let name = name(of: reference), let manifest = manifests[name], let plain = configurations[name] else {
            throw OCIError(
                .notFound, "there is no fixture image \(reference); there are \(names.joined(separator: ", "))")
        }
        var configuration = plain
        configuration.execution.labels += identity.labels
        if let platform = identity.platform { configuration.platform = platform }
        let generated = try identity.ownLayer.map { token throws(OCIError) in try GeneratedLayer(for: token) }
        if let generated {
            configuration.diffIDs.append(generated.diffID)
            configuration.history.append(
                ImageConfiguration.History(
                    created: ImageConfiguration.fixtureDate, createdBy: "ADD layer of the case",
                    comment: "drydock fixture"))
        }
        let bytes = configuration.bytes
        let config = Descriptor(of: bytes, mediaType: .imageConfiguration)
        let own = ImageManifest(
            mediaType: manifest.mediaType, config: config,
            layers: manifest.layers + [generated?.descriptor].compactMap(\.self))
        return CaseImage(
            name: name, configuration: bytes, platform: configuration.platform, manifest: own, generatedLayer: generated
        )
    }
}

/// For whom an image is: its labels make the configuration, and with it the image ID, the case's own.
public struct CaseIdentity: Sendable, Hashable {
    /// The label that holds the case's token.
    public static let caseLabel = "io.drydock.case"
    /// The label that holds the run's token.
    public static let runLabel = "io.drydock.run"
    /// The label that holds the variant, where it is not the first.
    public static let variantLabel = "io.drydock.variant"

    /// The case's token.
    public var `case`: String
    /// The run's token.
    public var run: String
    /// Which content a tag stands for; 1 unless it was re-tagged.
    public var variant: Int
    /// A platform to claim instead of the one the image was built for.
    public var platform: Platform?
    /// Where set, the image gets one more layer made from this text; a registry serves it, an archive cannot hold it.
    public var ownLayer: String?

    /// An identity by parts.
    public init(case: String, run: String, variant: Int = 1, platform: Platform? = nil, ownLayer: String? = nil) {
        self.case = `case`
        self.run = run
        self.variant = variant
        self.platform = platform
        self.ownLayer = ownLayer
    }

    var labels: [Annotation] {
        var labels = [Annotation(Self.caseLabel, `case`), Annotation(Self.runLabel, run)]
        if variant != 1 { labels.append(Annotation(Self.variantLabel, String(variant))) }
        return labels
    }
}

/// A fixture image as one case sees it: own configuration and manifest, shared layers.
public struct CaseImage: Sendable {
    /// `NAME:TAG`.
    public let name: String
    /// The bytes of its configuration.
    public let configuration: [UInt8]
    /// What it claims to run on.
    public let platform: Platform
    /// Its manifest; `manifest.digest` is what a pull reports.
    public let manifest: Document
    /// The configuration's descriptor; its digest is the image ID in most stores.
    public let config: Descriptor
    /// Its layers, lowest first.
    public let layers: [Descriptor]
    /// The layer made for the case alone, where it has one.
    public let generatedLayer: GeneratedLayer?

    init(
        name: String, configuration: [UInt8], platform: Platform, manifest: ImageManifest,
        generatedLayer: GeneratedLayer?
    ) {
        self.name = name
        self.configuration = configuration
        self.platform = platform
        self.manifest = manifest.document
        self.generatedLayer = generatedLayer
        config = manifest.config
        layers = manifest.layers
    }

    /// The image ID: the digest of the configuration.
    public var id: Digest { config.digest }

    /// The image as `POST /images/load` takes it, under these references.
    public func archive(tags: [String], in catalog: FixtureCatalog) -> DockerArchive {
        DockerArchive(
            images: [DockerArchive.Image(configuration: configuration, layers: layers, tags: tags)],
            layout: catalog.layout)
    }
}
