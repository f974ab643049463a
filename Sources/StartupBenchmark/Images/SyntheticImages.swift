import FixtureImages
import OCI

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Images that only a benchmark needs, made of the fixtures and of text that compresses about as a distribution does:
/// `layers` has a gigabyte in many layers, `lines` a file `/lines` to print. Built once, kept in the cache.
struct SyntheticImages: Sendable {
    /// Raised whenever other bytes are written for the same fixtures.
    private static let formatVersion = 1
    static let names = ["layers", "lines"]

    /// 20 layers of 50 MiB, each a few large files and many small ones.
    static let layerCount = 20
    static let filesOfLayer: [(count: Int, bytes: Int)] = [(2, 16 << 20), (16, 512 << 10), (160, 64 << 10)]
    /// `/lines`: lines of 100 bytes.
    static let lineBytes = 100
    static let linesBytes = 64_000_000

    /// The fixtures with these images beside them, in a layout of its own.
    ///
    /// - Parameters:
    ///   - wanted: those that are asked for; what is there already may hold more.
    ///   - folder: the cache; what was made of other fixtures is removed from it.
    static func catalog(_ fixtures: FixtureCatalog, _ wanted: Set<String>, in folder: String) throws -> FixtureCatalog {
        var text = "format \(formatVersion)\n"
        for manifest in try fixtures.layout.index().manifests { text += "\(manifest.digest)\n" }
        let key = "images-\(Digest.sha256(of: Array(text.utf8)).hexadecimal.prefix(16))"
        let (all, lines) = ("\(folder)/\(key)-all", "\(folder)/\(key)-lines")
        if File.exists("\(all)/index.json") { return try FixtureCatalog(ImageLayout(opening: all)) }
        let path = wanted.contains("layers") ? all : lines
        if !File.exists("\(path)/index.json") {
            try File.makeFolder(folder)
            let temporary = "\(folder)/.building-\(key)-\(ProcessInfo.processInfo.processIdentifier)"
            do {
                try build(fixtures, hasLayers: path == all, temporary)
                try File.rename(temporary, to: path)
            } catch {
                if File.exists(temporary) { try FileManager.default.removeItem(atPath: temporary) }
                throw error
            }
            for other in try FileManager.default.contentsOfDirectory(atPath: folder)
            where other.hasPrefix("images-") && !other.hasPrefix(key) {
                try FileManager.default.removeItem(atPath: "\(folder)/\(other)")
            }
        }
        return try FixtureCatalog(ImageLayout(opening: path))
    }

    private static func build(_ fixtures: FixtureCatalog, hasLayers: Bool, _ folder: String) throws {
        let layout = try ImageLayout(creating: folder)
        var index = try fixtures.layout.index()
        try linkBlobs(of: fixtures.layout, to: layout)
        if hasLayers {
            var layers: [ImageLayout.StoredLayer] = []
            for number in 0..<layerCount {
                try Task.checkCancellation()
                layers.append(try storeLayer(number, in: layout))
            }
            index.manifests.append(try image("layers:latest", on: "probe", layers, fixtures, in: layout))
        }
        let lines = try layout.storeLayer(level: 1) { writer throws(OCIError) in try writeLines(to: writer) }
        index.manifests.append(try image("lines:latest", on: "busybox", [lines], fixtures, in: layout))
        try layout.write(index)
    }

    private static func linkBlobs(of source: ImageLayout, to target: ImageLayout) throws {
        let folder = "\(source.folder)/blobs/sha256"
        for blob in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let (from, to) = ("\(folder)/\(blob)", "\(target.folder)/blobs/sha256/\(blob)")
            if link(from, to) != 0 { try FileManager.default.copyItem(atPath: from, toPath: to) }
        }
    }

    private static func image(
        _ reference: String, on base: String, _ layers: [ImageLayout.StoredLayer], _ fixtures: FixtureCatalog,
        in layout: ImageLayout
    ) throws -> Descriptor {
        guard let name = fixtures.name(of: base) else { throw BenchmarkFault("there is no fixture image \(base)") }
        let descriptor = try fixtures.layout.index().manifests.first { manifest in
            manifest.annotations.contains { $0.value == name }
        }
        guard let descriptor, case .manifest(var manifest) = try fixtures.layout.document(descriptor).content else {
            throw BenchmarkFault("the fixture image \(name) has no manifest")
        }
        var configuration = try fixtures.layout.configuration(manifest.config)
        for layer in layers {
            configuration.diffIDs.append(layer.diffID)
            configuration.history.append(.init(createdBy: "ADD text", comment: "drydock benchmark"))
            manifest.layers.append(layer.descriptor)
        }
        manifest.config = try layout.store(configuration.bytes, mediaType: .imageConfiguration)
        let document = manifest.document
        var stored = try layout.store(document.bytes, mediaType: document.mediaType)
        stored.platform = configuration.platform
        stored.annotations = [Annotation(Annotation.referenceName, reference)]
        return stored
    }

    private static func storeLayer(_ number: Int, in layout: ImageLayout) throws -> ImageLayout.StoredLayer {
        var text = FillText(seed: UInt64(number + 1))
        return try layout.storeLayer(level: 1) { writer throws(OCIError) in
            try writer.add(TarEntry(path: "layer\(number)/", kind: .directory, mode: 0o755))
            var file = 0
            for (count, bytes) in filesOfLayer {
                for _ in 0..<count {
                    file += 1
                    try write("layer\(number)/file\(file)", bytes: bytes, to: writer) { text.next($0) }
                }
            }
        }
    }

    private static func writeLines(to writer: TarWriter) throws(OCIError) {
        var line = 0
        try write("lines", bytes: linesBytes, to: writer) { count in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(count)
            while bytes.count < count {
                line += 1
                var one = Array("line \(line) ".utf8)
                while one.count < lineBytes - 1 { one.append(UInt8(ascii: "a") + UInt8(one.count % 26)) }
                bytes += one + [UInt8(ascii: "\n")]
            }
            return bytes
        }
    }

    /// Writes a file in pieces that are whole numbers of lines.
    private static func write(
        _ path: String, bytes: Int, to writer: TarWriter, _ next: (Int) -> [UInt8]
    ) throws(OCIError) {
        try writer.begin(TarEntry(path: path, size: Int64(bytes)))
        var left = bytes
        while left > 0 {
            let piece = next(min(left, 64_000))
            let result = piece.withUnsafeBytes { buffer in
                Result { () throws(OCIError) in
                    try writer.append(UnsafeRawBufferPointer(rebasing: buffer[..<min(left, piece.count)]))
                }
            }
            try result.get()
            left -= min(left, piece.count)
        }
    }
}

/// Text of made-up words, each seed another, which gzip shrinks to about two fifths.
struct FillText {
    private var generator: SplitMix64
    private let words: [[UInt8]]

    init(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        words = (0..<4096).map { _ in
            (0..<Int.random(in: 2...9, using: &generator)).map { _ in
                UInt8(ascii: "a") + UInt8.random(in: 0..<26, using: &generator)
            } + [0x20]
        }
        self.generator = generator
    }

    /// The next so many bytes.
    mutating func next(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 16)
        while bytes.count < count {
            var bits = generator.next()
            for _ in 0..<5 {
                bytes += words[Int(bits & 0xFFF)]
                bits >>= 12
            }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
