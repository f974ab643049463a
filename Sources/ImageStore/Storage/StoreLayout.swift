import CLinux
import Glibc
import OCI

/// Where everything of the store stands, and how it gets there: written aside, then renamed.
///
/// ```
/// content/sha256/HEX        configurations, manifests, layers' archives as they came
/// layers/HEX/diff           a layer unpacked, under its chain ID
/// layers/HEX/layer.json     what is known of it
/// images/HEX.json           an image: its layers
/// references.json           names to images
/// tmp/                      what is not finished; emptied when the store opens
/// ```
struct StoreLayout: Sendable {
    let root: String

    init(root: String) throws(OCIError) {
        self.root = root
        for folder in ["", "/content", "/content/sha256", "/content/sha512", "/layers", "/images", "/tmp"] {
            try File.makeFolder(root + folder)
        }
        // What images hold is nobody's business but root's: set-id files of any owner lie there (CVE-2021-41091).
        for folder in ["/layers", "/tmp", "/content"] {
            try SystemCall.check(
                clinux_fchmodat(CLINUX_AT_FDCWD, root + folder, 0o700), "protect \(root)\(folder)")
        }
    }

    var references: String { "\(root)/references.json" }
    var temporary: String { "\(root)/tmp" }
    func content(_ digest: Digest) -> String { "\(root)/content/\(digest.algorithm.rawValue)/\(digest.hexadecimal)" }
    func layer(_ chainID: Digest) -> String { "\(root)/layers/\(chainID.hexadecimal)" }
    func diff(_ chainID: Digest) -> String { "\(layer(chainID))/diff" }
    func image(_ id: Digest) -> String { "\(root)/images/\(id.hexadecimal).json" }

    /// A new folder for unfinished work.
    func makeTemporary() throws(OCIError) -> String {
        let path = "\(temporary)/\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
        try SystemCall.check(clinux_mkdirat(CLINUX_AT_FDCWD, path, 0o700), "make \(path)")
        return path
    }

    /// Writes a small file so that it is there whole or not at all, and on the disk.
    func write(_ bytes: [UInt8], to path: String) throws(OCIError) {
        let aside = "\(temporary)/\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
        let sink = FileSink(try File(creating: aside, mode: 0o600))
        try sink.write(bytes)
        try sink.finish()
        try move(aside, to: path)
    }

    /// Renames over what is there and writes the folder's entry out.
    func move(_ source: String, to destination: String) throws(OCIError) {
        try File.rename(source, to: destination)
        let slash = destination.lastIndex(of: "/") ?? destination.startIndex
        let folder = try FileDescriptor.directory(String(destination[..<slash]))
        try SystemCall.check(clinux_fsync(folder.number), "sync \(destination[..<slash])")
    }

    /// Takes a folder out of sight at once and tells where it is now, to be removed at leisure.
    func discard(_ path: String) throws(OCIError) -> String {
        let aside = "\(temporary)/\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
        try move(path, to: aside)
        return aside
    }

    func remove(_ path: String) throws(OCIError) { try TreeRemover.remove(path: path) }

    /// The names in one of the store's folders.
    func names(in folder: String) throws(OCIError) -> [String] {
        try TreeRemover.names(in: try FileDescriptor.directory("\(root)/\(folder)"))
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// Empties `tmp`.
    func sweep() throws(OCIError) {
        for name in try names(in: "tmp") { try remove("\(temporary)/\(name)") }
    }
}
