import OCI
import Yams

/// The fixture images as `Conformance/fixtures/images.yaml` describes them: layers that stand on one another, and
/// images that name their topmost layer.
public struct FixtureDefinitions: Sendable {
    /// The layers, each after the one it stands on.
    public let layers: [LayerDefinition]
    /// The images, in the file's order.
    public let images: [ImageDefinition]
    /// The text they were read from, which is part of what a build is keyed by.
    public let source: String
    /// The folder the file stands in; `from:` paths are relative to it.
    public let folder: String

    /// Reads `images.yaml` in `folder`.
    ///
    /// - Throws: `FixtureError` that names the file and the member at fault.
    public init(folder: String) throws {
        self.folder = folder
        let path = "\(folder)/images.yaml"
        source = String(decoding: try File.contents(of: path, limit: 1 << 20), as: UTF8.self)
        let file: DefinitionFile
        do { file = try YAMLDecoder().decode(DefinitionFile.self, from: source) } catch let error as DecodingError {
            throw FixtureError("\(path): \(Self.describe(error))")
        } catch {
            throw FixtureError("\(path): \(error)")
        }
        layers = file.layers
        images = file.images
        try check(path)
    }

    /// The chain of layers that ends in the named one, lowest first.
    public func chain(to name: String) -> [LayerDefinition] {
        var chain: [LayerDefinition] = []
        var wanted: String? = name
        for layer in layers.reversed() where layer.name == wanted {
            chain.insert(layer, at: 0)
            wanted = layer.above
        }
        return chain
    }

    private func check(_ path: String) throws {
        var seen: Set<String> = []
        for layer in layers {
            if let above = layer.above, !seen.contains(above) {
                throw FixtureError(
                    "\(path): layer \(layer.name) stands above \(above), which no earlier layer is called")
            }
            guard seen.insert(layer.name).inserted else {
                throw FixtureError("\(path): two layers are called \(layer.name)")
            }
            for entry in layer.entries ?? [] { try entry.check(path, layer: layer.name) }
        }
        var references: Set<String> = []
        for image in images {
            guard seen.contains(image.layer) else {
                throw FixtureError(
                    "\(path): image \(image.reference) is made of layer \(image.layer), which is not defined")
            }
            guard references.insert(image.reference).inserted, image.reference.split(separator: ":").count == 2 else {
                throw FixtureError("\(path): image \(image.reference) is not a unique NAME:TAG")
            }
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context): "\(place(context)): \(key.stringValue) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            "\(place(context)): \(context.debugDescription)"
        @unknown default: "\(error)"
        }
    }

    private static func place(_ context: DecodingError.Context) -> String {
        context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: " ")
    }
}

private struct DefinitionFile: Decodable {
    let layers: [LayerDefinition]
    let images: [ImageDefinition]
}

/// One layer: Debian packages and files of our own.
public struct LayerDefinition: Sendable, Decodable {
    /// The layer's name.
    public let name: String
    /// The layer it stands on; nil for the lowest.
    public let above: String?
    /// Debian packages whose files it holds, with all they depend on that no lower layer has.
    public let packages: [String]?
    /// Packages that count as installed: neither they nor what only they depend on come in.
    public let exclude: [String]?
    /// A program of the packages that answers `--list` with the names it goes by; each becomes a link beside it.
    public let applets: String?
    /// Path prefixes of packages' files that are left out.
    public let omit: [String]?
    /// Directories, files and links of our own; they replace packages' files.
    public let entries: [EntryDefinition]?
}

/// One directory, file or link of a layer. A path that ends in `/` is a directory.
public struct EntryDefinition: Sendable, Decodable {
    /// Where it stands in the image.
    public let path: String
    /// The file's content, written in place.
    public let content: String?
    /// The file's content, from a file beside `images.yaml`.
    public let from: String?
    /// The file's content, from a program that was built for the images: `probe`.
    public let program: String?
    /// The target of a symbolic link.
    public let link: String?
    /// The mode in octal; 0755 for directories, 0644 for files.
    public let mode: String?
    /// The owner's number.
    public let uid: UInt32?
    /// The group's number.
    public let gid: UInt32?

    func check(_ file: String, layer: String) throws {
        let contents = [content, from, program, link].compactMap(\.self).count
        guard contents == (path.hasSuffix("/") ? 0 : 1) else {
            throw FixtureError(
                "\(file): layer \(layer), entry \(path): a directory has no content; a file has one of content, from, program, link"
            )
        }
        guard !path.hasPrefix("/"), TarEntry(path: path).components?.isEmpty == false else {
            throw FixtureError("\(file): layer \(layer), entry \(path): a path is relative and has no ..")
        }
        if let mode, UInt32(mode, radix: 8).map({ $0 <= 0o7777 }) != true {
            throw FixtureError("\(file): layer \(layer), entry \(path): mode \(mode) is not octal")
        }
    }
}

/// One image: its topmost layer and how it runs.
public struct ImageDefinition: Sendable, Decodable {
    /// `NAME:TAG`.
    public let reference: String
    /// The topmost layer.
    public let layer: String
    /// How it runs.
    public let config: ConfigDefinition?
}

/// How an image runs, in the words of a Dockerfile. `${version:PACKAGE}` in `env` stands for a package's version.
public struct ConfigDefinition: Sendable, Decodable {
    /// `NAME=value` pairs.
    public let env: [String]?
    /// The words before the command.
    public let entrypoint: [String]?
    /// The command.
    public let cmd: [String]?
    /// The user.
    public let user: String?
    /// The working directory.
    public let workdir: String?
    /// Ports: `80/tcp`.
    public let expose: [String]?
    /// Directories that become volumes.
    public let volumes: [String]?
    /// Labels.
    public let labels: [String: String]?
    /// The signal that asks to stop.
    public let stopsignal: String?
    /// How to ask whether it is well.
    public let healthcheck: HealthCheckDefinition?
}

/// How to ask whether a container is well; times in seconds.
public struct HealthCheckDefinition: Sendable, Decodable {
    /// `[CMD, …]` or `[CMD-SHELL, line]`.
    public let test: [String]
    /// Seconds between two checks.
    public let interval: Double?
    /// Seconds after which a check has failed.
    public let timeout: Double?
    /// Failures in a row that make the container unhealthy.
    public let retries: Int64?
}

/// Why the fixture images cannot be built or found, and the way out.
public struct FixtureError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One sentence.
    public let description: String
    /// An error that says this.
    public init(_ description: String) { self.description = description }
}
