import OCI

/// The files of one layer before they are written, by path without slashes at the ends.
struct LayerTree {
    /// Every date in the images, so that a build depends on nothing but its input: 2025-01-01T00:00:00Z.
    static let modificationTime: Int64 = 1_735_689_600

    private(set) var members: [String: TarArchive.Member] = [:]

    /// Folders that Debian moved under usr/; packages built before that still ship the old paths.
    private static let mergedFolders: Set<String> = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"]

    mutating func put(_ path: String, _ member: TarArchive.Member) {
        var member = member
        member.entry.path = path
        member.entry.modificationTime = Self.modificationTime
        member.entry.userName = ""
        member.entry.groupName = ""
        members[path] = member
    }

    /// Lays down the files of a package, moved under usr/ and without those whose path starts with one of `omit`.
    mutating func add(package archive: TarArchive, name: String, omit: [String]) throws {
        for member in archive.members {
            guard let path = Self.merged(member.entry.path) else {
                throw FixtureError("package \(name) holds the path \(member.entry.path), which leaves its root")
            }
            if path.isEmpty || omit.contains(where: { path == $0 || path.hasPrefix("\($0)/") }) { continue }
            if case .symbolicLink = members[path]?.entry.kind, member.entry.kind == .directory { continue }
            var moved = member
            if case .hardLink(let target) = member.entry.kind, let path = Self.merged(target) {
                moved.entry.kind = .hardLink(target: path)
            }
            put(path, moved)
        }
    }

    static func merged(_ path: String) -> String? {
        guard var components = TarEntry(path: path).components else { return nil }
        if let first = components.first, mergedFolders.contains(first), components.count > 1 {
            components.insert("usr", at: 0)
        }
        // The bare folders become links, which the lowest layer defines.
        if components.count == 1, mergedFolders.contains(components[0]) { return "" }
        return components.joined(separator: "/")
    }

    /// Adds the folders above each path that neither this layer nor `lower` has.
    mutating func addParents(lower: Set<String>) {
        for path in Array(members.keys) {
            var parent = path[...]
            while let slash = parent.lastIndex(of: "/") {
                parent = parent[..<slash]
                let name = String(parent)
                if members[name] != nil || lower.contains(name) { continue }
                put(name, TarArchive.Member(TarEntry(path: name, kind: .directory, mode: 0o755)))
            }
        }
    }

    var paths: Set<String> { Set(members.keys) }

    /// Writes the files sorted by path; hard links come last, so that each finds its target.
    func write(to writer: TarWriter) throws(OCIError) {
        let order = members.values.sorted {
            let (left, right) = ($0.entry.kind.isHardLink, $1.entry.kind.isHardLink)
            return left == right ? $0.entry.path < $1.entry.path : right
        }
        for member in order {
            var entry = member.entry
            if case .directory = entry.kind { entry.path += "/" }
            try writer.add(entry, content: member.content)
        }
    }
}
