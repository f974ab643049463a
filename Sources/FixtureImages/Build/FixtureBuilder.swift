import OCI

/// Builds the fixture images into an OCI image layout.
///
/// The layout is keyed by everything that goes in: definitions, package versions, programs. A build that is there
/// already is kept; a new one appears at once, complete.
public struct FixtureBuilder: Sendable {
    /// What to build.
    public let definitions: FixtureDefinitions
    /// The packages to build from.
    public let lock: PackageLock
    /// Where the programs named in the definitions stand: `["probe": "/…/probe"]`.
    public let programs: [String: String]
    /// The folder that gets `images-KEY/` and the link `current`.
    public let output: String

    /// A builder by parts.
    public init(definitions: FixtureDefinitions, lock: PackageLock, programs: [String: String], output: String) {
        self.definitions = definitions
        self.lock = lock
        self.programs = programs
        self.output = output
    }

    /// Raised whenever the builder writes other bytes for the same input.
    static let formatVersion = 1

    /// Builds what is not there yet and answers the layout's folder.
    public func build(progress: (String) -> Void) throws -> String {
        let inputs = try ProgramFiles(programs: programs, definitions: definitions)
        let name = "images-\(key(inputs).hexadecimal.prefix(16))"
        let folder = "\(output)/\(name)"
        if !File.exists("\(folder)/index.json") {
            try File.makeFolder(output)
            let temporary = "\(output)/.building-\(name)-\(ProcessIdentity.number)"
            try Folder.remove(temporary)
            do {
                try write(ImageLayout(creating: temporary), inputs, progress)
                try Folder.remove(folder)
                try File.rename(temporary, to: folder)
            } catch {
                try Folder.remove(temporary)
                throw error
            }
        }
        try Folder.pointLink("\(output)/current", to: name)
        try Folder.removeOldBuilds(in: output, keeping: name)
        return folder
    }

    private func key(_ inputs: ProgramFiles) -> Digest {
        var text = "format \(Self.formatVersion)\narchitecture \(lock.architecture)\n\(definitions.source)\n"
        for package in lock.packages { text += "\(package.layer) \(package.name) \(package.version)\n" }
        for (name, digest) in inputs.digests { text += "\(name) \(digest)\n" }
        return .sha256(of: Array(text.utf8))
    }

    private func write(_ layout: ImageLayout, _ inputs: ProgramFiles, _ progress: (String) -> Void) throws {
        var stored: [String: ImageLayout.StoredLayer] = [:]
        var paths: [String: Set<String>] = [:]
        for layer in definitions.layers {
            let lower = layer.above.flatMap { paths[$0] } ?? []
            var tree = try self.tree(layer, inputs)
            tree.addParents(lower: lower)
            let complete = tree
            let result = try layout.storeLayer(level: 9) { writer throws(OCIError) in try complete.write(to: writer) }
            stored[layer.name] = result
            paths[layer.name] = lower.union(tree.paths)
            progress(
                "layer \(layer.name): \(tree.members.count) files, \(result.descriptor.size / 1024) KiB compressed")
        }
        var index = ImageIndex(manifests: [])
        for image in definitions.images {
            let chain = definitions.chain(to: image.layer).compactMap { layer in stored[layer.name].map { (layer, $0) }
            }
            let configuration = try ImageConfiguration(image, chain: chain, lock: lock)
            let config = try layout.store(configuration.bytes, mediaType: .imageConfiguration)
            let manifest = ImageManifest(config: config, layers: chain.map(\.1.descriptor)).document
            var descriptor = try layout.store(manifest.bytes, mediaType: manifest.mediaType)
            descriptor.platform = configuration.platform
            descriptor.annotations = [Annotation(Annotation.referenceName, image.reference)]
            index.manifests.append(descriptor)
            progress("image \(image.reference): \(manifest.digest)")
        }
        try layout.write(index)
    }

    private func tree(_ layer: LayerDefinition, _ inputs: ProgramFiles) throws -> LayerTree {
        var tree = LayerTree()
        let packages = lock.packages.filter { $0.layer == layer.name }
        let resolved = Set(packages.map(\.name))
        for name in layer.packages ?? [] where !resolved.contains(name) {
            throw FixtureError("layer \(layer.name): package \(name) was not fetched")
        }
        for package in packages {
            let bytes = try File.contents(of: package.tar, limit: 512 << 20)
            try tree.add(package: TarArchive(parsing: bytes), name: package.name, omit: layer.omit ?? [])
        }
        if let program = layer.applets { tree.addApplets(lock.applets[layer.name] ?? [], of: program) }
        for entry in layer.entries ?? [] { try tree.add(entry, inputs) }
        return tree
    }
}

/// The files that definitions take in, read once.
struct ProgramFiles {
    let contents: [String: [UInt8]]
    var digests: [(String, Digest)] { contents.sorted { $0.key < $1.key }.map { ($0.key, .sha256(of: $0.value)) } }

    init(programs: [String: String], definitions: FixtureDefinitions) throws {
        var contents: [String: [UInt8]] = [:]
        for entry in definitions.layers.flatMap({ $0.entries ?? [] }) {
            if let name = entry.program {
                guard let path = programs[name] else {
                    throw FixtureError(
                        "\(entry.path) is the program \(name), which was not given; pass --program \(name)=PATH")
                }
                contents["program \(name)"] = try File.contents(of: path, limit: 64 << 20)
            }
            if let name = entry.from {
                contents["file \(name)"] = try File.contents(of: "\(definitions.folder)/\(name)", limit: 64 << 20)
            }
        }
        self.contents = contents
    }
}

extension LayerTree {
    fileprivate mutating func addApplets(_ names: [String], of program: String) {
        guard let slash = program.lastIndex(of: "/") else { return }
        let target = String(program[program.index(after: slash)...])
        for name in names {
            let path = "\(program[...slash])\(name)"
            if members[path] != nil { continue }
            put(path, TarArchive.Member(TarEntry(path: path, kind: .symbolicLink(target: target), mode: 0o777)))
        }
    }

    fileprivate mutating func add(_ entry: EntryDefinition, _ inputs: ProgramFiles) throws {
        let path = (TarEntry(path: entry.path).components ?? []).joined(separator: "/")
        let isDirectory = entry.path.hasSuffix("/")
        let kind: TarEntry.Kind = isDirectory ? .directory : entry.link.map { .symbolicLink(target: $0) } ?? .file
        let plainMode: UInt32 = kind == .file ? 0o644 : kind == .directory ? 0o755 : 0o777
        let content =
            entry.content.map { Array($0.utf8) } ?? entry.from.flatMap { inputs.contents["file \($0)"] }
            ?? entry.program.flatMap { inputs.contents["program \($0)"] } ?? []
        put(
            path,
            TarArchive.Member(
                TarEntry(
                    path: path, kind: kind, mode: entry.mode.flatMap { UInt32($0, radix: 8) } ?? plainMode,
                    uid: entry.uid ?? 0, gid: entry.gid ?? 0), content: content))
    }
}
