import OCI

/// A path of an archive made safe: its components below the root, as bytes.
struct EntryPath: Hashable {
    /// The components, none of them empty, `.` or `..`.
    private(set) var components: [ArraySlice<UInt8>]

    /// Resolves `.`, `..` and doubled slashes by text alone.
    ///
    /// - Parameter shown: the path as errors show it.
    /// - Throws: `invalidArchive` for a path that leads above the root, has a NUL byte, or is too deep.
    init(_ bytes: [UInt8], shown: String, maximumDepth: Int) throws(OCIError) {
        components = []
        guard !bytes.contains(0) else {
            throw OCIError(.invalidArchive, "tar entry \"\(shown)\" has a NUL byte in its path")
        }
        for component in bytes.split(separator: UInt8(ascii: "/")) {
            if component.elementsEqual([UInt8(ascii: ".")]) { continue }
            if component.elementsEqual("..".utf8) {
                guard components.popLast() != nil else {
                    throw OCIError(.invalidArchive, "tar entry \"\(shown)\" leads outside of the image")
                }
                continue
            }
            guard component.count <= 255 else {
                throw OCIError(
                    .limitExceeded,
                    "tar entry \"\(shown)\" has a name of \(component.count) bytes; at most 255 are read")
            }
            components.append(component)
        }
        guard components.count <= maximumDepth else {
            throw OCIError(
                .limitExceeded,
                "tar entry \"\(shown.prefix(200))…\" is \(components.count) folders deep; at most \(maximumDepth) are read"
            )
        }
    }

    /// That path, taken from this one on.
    func appending(_ other: EntryPath) -> EntryPath {
        var result = self
        result.components += other.components
        return result
    }

    /// The last component; nil for the root itself.
    var name: [UInt8]? { components.last.map { Array($0) } }

    /// The path of the folder it stands in, as one text: empty for the root.
    var parent: [UInt8] { Array(components.dropLast().joined(separator: [UInt8(ascii: "/")])) }

    /// The whole path as one text.
    var joined: [UInt8] { Array(components.joined(separator: [UInt8(ascii: "/")])) }
}

/// What a name in a layer asks to be hidden (OCI image-spec, layer.md, Whiteouts).
enum Whiteout: Hashable {
    /// The entry of that name in the layers below.
    case entry([UInt8])
    /// All that the layers below have in this folder.
    case opaque
    /// Notes of the AUFS file system, which mean nothing here.
    case note

    private static let prefix = Array(".wh.".utf8)
    private static let opaqueName = Array(".wh..wh..opq".utf8)

    /// - Throws: `invalidArchive` for a whiteout of nothing, `.` or `..`.
    init?(name: [UInt8], shown: String) throws(OCIError) {
        guard name.starts(with: Self.prefix) else { return nil }
        if name == Self.opaqueName {
            self = .opaque
            return
        }
        let hidden = Array(name.dropFirst(Self.prefix.count))
        if hidden.starts(with: Self.prefix) {
            self = .note
            return
        }
        guard !hidden.isEmpty, hidden != Array(".".utf8), hidden != Array("..".utf8) else {
            throw OCIError(.invalidArchive, "tar entry \"\(shown)\" is a whiteout of nothing")
        }
        self = .entry(hidden)
    }
}
