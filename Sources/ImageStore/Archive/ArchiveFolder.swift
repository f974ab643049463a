import OCI
import RawJSON

/// An archive of images taken apart into a folder: files as they are named, nothing else.
struct ArchiveFolder: Sendable {
    let path: String

    /// What the archive's files are named by, so that no name can lead anywhere.
    private let files: [String: String]

    init(path: String, files: [String: String]) {
        self.path = path
        self.files = files
    }

    func file(_ name: String) -> String? {
        let components = TarEntry(path: name).components?.joined(separator: "/")
        return components.flatMap { files[$0] }.map { "\(path)/\($0)" }
    }

    func contents(_ name: String, limit: Int) throws(OCIError) -> [UInt8] {
        guard let file = file(name) else { throw OCIError(.notFound, "the archive has no file \"\(name)\"") }
        return try File.contents(of: file, limit: limit)
    }
}

/// Takes the outer tar apart; the members' content goes into numbered files.
final class ArchiveExtractor: ByteSink {
    private var decoder: TarDecoder
    private let path: String
    private var files: [String: String] = [:]
    private var current: FileDescriptor?
    private var shown = ""

    init(into path: String, limits: TarLimits) {
        self.path = path
        decoder = TarDecoder(limits: limits)
    }

    var folder: ArchiveFolder { ArchiveFolder(path: path, files: files) }

    func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
        do {
            try decoder.decode(bytes) { event in
                switch event {
                case .entry(let entry): try begin(entry)
                case .content(let piece): try current?.write(piece, shown: shown)
                case .hole(let count): try current?.skip(count, shown: shown)
                case .entryEnd: current = nil
                }
            }
        } catch let error as OCIError {
            throw error
        } catch {
            throw OCIError(.invalidArchive, "\(error)")
        }
    }

    func finish() throws(OCIError) { try decoder.finish() }

    private func begin(_ entry: TarEntry) throws(OCIError) {
        current = nil
        guard let components = entry.components else {
            throw OCIError(.invalidArchive, "tar entry \"\(entry.path)\" leads outside of the archive")
        }
        let name = components.joined(separator: "/")
        switch entry.kind {
        case .file:
            let number = "\(files.count)"
            shown = name
            current = try FileDescriptor.newFile("\(path)/\(number)")
            files[name] = number
        case .symbolicLink(let target), .hardLink(let target):
            // Docker before 25 wrote a layer that occurs twice as a link to the first.
            let isRelative: Bool = if case .symbolicLink = entry.kind { true } else { false }
            let full = isRelative ? components.dropLast().joined(separator: "/") + "/" + target : target
            guard let resolved = Self.resolve(full), let number = files[resolved] else {
                throw OCIError(
                    .invalidArchive, "tar entry \"\(name)\" links to \"\(target)\", which is not in the archive")
            }
            files[name] = number
        case .directory: break
        default: throw OCIError(.invalidArchive, "tar entry \"\(name)\" is neither file nor folder")
        }
    }

    private static func resolve(_ path: String) -> String? {
        var components: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." {
                guard components.popLast() != nil else { return nil }
            } else {
                components.append(part)
            }
        }
        return components.joined(separator: "/")
    }
}
