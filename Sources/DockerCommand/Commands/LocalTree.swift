import OCI
import RawJSON

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

/// The `X-Docker-Container-Path-Stat` header: base64 of a JSON object with `name`, `size`, `mode`, `mtime`, `linkTarget`.
enum PathStat {
    static func decode(_ header: String) throws(CommandFailure) -> JSONValue {
        guard let data = Data(base64Encoded: header), let value = try? JSONValue.parse(Array(data)) else {
            throw CommandFailure("unable to decode container path stat header: \(header)")
        }
        return value
    }
}

/// Local files as archives and back.
enum LocalTree {
    /// How much one copy may hold: archives are built in memory.
    static let maximumBytes = 256 << 20

    /// Go's `os.FileMode` has its own bit for directories.
    static func isDirectoryMode(_ mode: Int64) -> Bool { mode & (1 << 31) != 0 }

    static func name(_ path: String) -> String { String(PathName.clean(path).split(separator: "/").last ?? "/") }

    /// Whether a path is a directory; `nil` where nothing is there.
    static func isDirectory(_ path: String) -> Bool? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT == S_IFDIR : nil
    }

    static func archive(
        _ root: String, as name: String, followsLinks: Bool, keepsOwners: Bool
    ) throws(CommandFailure) -> TarArchive {
        var members: [TarArchive.Member] = []
        var total = 0
        try add(root, name, followsLinks, keepsOwners, &members, &total)
        return TarArchive(members: members)
    }

    private static func add(
        _ path: String, _ name: String, _ followsLinks: Bool, _ keepsOwners: Bool,
        _ members: inout [TarArchive.Member], _ total: inout Int
    ) throws(CommandFailure) {
        var status = stat()
        guard (followsLinks ? stat(path, &status) : lstat(path, &status)) == 0 else {
            throw CommandFailure("lstat \(path): \(FileStream.Handle.reason(errno))")
        }
        var entry = TarEntry(path: name, mode: UInt32(status.st_mode) & 0o7777)
        entry.uid = keepsOwners ? status.st_uid : 0
        entry.gid = keepsOwners ? status.st_gid : 0
        #if canImport(Darwin)
            entry.modificationTime = Int64(status.st_mtimespec.tv_sec)
        #else
            entry.modificationTime = Int64(status.st_mtim.tv_sec)
        #endif
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            entry.kind = .directory
            entry.path = name + "/"
            members.append(.init(entry))
            let children: [String]
            do { children = try FileManager.default.contentsOfDirectory(atPath: path).sorted() } catch {
                throw CommandFailure("open \(path): \(error)")
            }
            // Only the root of a copy is followed, as docker does.
            for child in children {
                try add(path + "/" + child, name + "/" + child, false, keepsOwners, &members, &total)
            }
        case S_IFLNK:
            do {
                entry.kind = .symbolicLink(target: try FileManager.default.destinationOfSymbolicLink(atPath: path))
            } catch {
                throw CommandFailure("readlink \(path): \(error)")
            }
            members.append(.init(entry))
        case S_IFREG:
            guard let data = FileManager.default.contents(atPath: path) else {
                throw CommandFailure("open \(path): permission denied")
            }
            total += data.count
            guard total <= maximumBytes else {
                throw CommandFailure("\(path): a copy holds at most \(maximumBytes) bytes")
            }
            members.append(.init(entry, content: Array(data)))
        default: break
        }
    }

    /// Writes an archive below `target`, its first component renamed where the target is not an existing directory.
    static func extract(_ archive: TarArchive, to target: String, named: String, isContents: Bool)
        throws(CommandFailure)
    {
        let existing = isDirectory(target)
        guard existing != nil || isDirectory(PathName.clean(target + "/..")) == true else {
            throw CommandFailure(
                "invalid output path: directory \(GoValue.quote(PathName.clean(target + "/.."))) does not exist")
        }
        let rootIsDirectory = archive.members.first?.entry.kind == .directory
        guard existing != false || !rootIsDirectory else { throw CommandFailure("cannot copy directory") }
        guard existing != nil || rootIsDirectory || !named.hasSuffix("/") else {
            throw CommandFailure("no such directory")
        }
        for member in archive.members {
            guard let parts = member.entry.components else {
                throw CommandFailure("\(member.entry.path): a path that leaves the archive is refused")
            }
            let keepsRoot = existing == true && !isContents
            let below = keepsRoot ? parts[...] : parts.dropFirst()
            try write(member, to: ([target] + below).joined(separator: "/"))
        }
    }

    private static func write(_ member: TarArchive.Member, to path: String) throws(CommandFailure) {
        do {
            switch member.entry.kind {
            case .directory:
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
                chmod(path, mode_t(member.entry.mode))
            case .symbolicLink(let link):
                unlink(path)
                try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: link)
            case .file:
                try Data(member.content).write(to: URL(filePath: path))
                chmod(path, mode_t(member.entry.mode))
            default: throw CommandFailure("\(member.entry.path): only files, directories and symbolic links are copied")
            }
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure("\(path): \(error)")
        }
    }
}
