import CLinux
import Glibc
import ImageStore
import LinuxKernel

/// The places over which docker mounts its own things, as a layer between image and container, so that making them is no
/// change of the container's (moby daemon/initlayer). One folder for each image, made at the first use.
struct InitLayer {
    private enum Kind {
        case folder, file
        case link(String)
    }

    private static let places: [(path: String, kind: Kind)] = [
        ("dev/pts", .folder), ("dev/shm", .folder), ("proc", .folder), ("sys", .folder),
        (".dockerenv", .file), ("dev/console", .file), ("etc/hostname", .file), ("etc/hosts", .file),
        ("etc/resolv.conf", .file), ("etc/mtab", .link("/proc/mounts")),
    ]

    private let image: MergedRoot
    private let layer: FileDescriptor
    /// Folders of the image that the layer repeats, with what they look like there.
    private var repeated: [(path: String, status: clinux_stat)] = []

    /// The folder of an image's layer below `root`; two callers at once get the same.
    static func directory(for image: Image, below root: String) throws(SystemError) -> String {
        let path = "\(root)/\(image.topLayer?.hexadecimal ?? "empty")"
        var status = clinux_stat()
        if clinux_fstatat(AT_FDCWD, path, 0, &status) == 0 { return path }
        let unfinished = "\(root)/.\(Identifiers.make())"
        try Folder.make(unfinished)
        var layer = InitLayer(
            image: try MergedRoot(layers: image.lowerDirectories), layer: try FileDescriptor.directory(unfinished))
        try layer.fill()
        let answer = clinux_renameat(AT_FDCWD, unfinished, AT_FDCWD, path)
        guard answer == -EEXIST || answer == -ENOTEMPTY else {
            try SystemCall.check(answer, "rename \(unfinished)")
            return path
        }
        // Another was faster.
        do { try TreeRemover.remove(path: unfinished) } catch {
            throw SystemError(action: "remove \(unfinished): \(error)", errno: EIO)
        }
        return path
    }

    private init(image: MergedRoot, layer: FileDescriptor) {
        self.image = image
        self.layer = layer
    }

    private mutating func fill() throws(SystemError) {
        for place in Self.places { try make(place.path, place.kind) }
        // A folder of both layers looks as the upper one says: as in the image. Last, since what is made in it touches it.
        for (path, status) in repeated.reversed() {
            try SystemCall.check(
                clinux_fchownat(layer.number, path, status.uid, status.gid), "change the owner of \(path)")
            try SystemCall.check(
                clinux_fchmodat(layer.number, path, status.mode & 0o7777), "change the permissions of \(path)")
            let (seconds, nanoseconds) = (status.modified_seconds, status.modified_nanoseconds)
            try SystemCall.check(
                clinux_utimensat(layer.number, path, seconds, nanoseconds, seconds, nanoseconds),
                "set the times of \(path)")
        }
    }

    /// Makes a place with what leads to it; one that the image has, or that is behind a link of it, is left to the image.
    private mutating func make(_ path: String, _ kind: Kind) throws(SystemError) {
        let names = path.split(separator: "/").map(String.init)
        var folders: [(path: String, status: clinux_stat?)] = []
        for index in names.indices {
            let parent = index == 0 ? "." : names[..<index].joined(separator: "/")
            let here = names[...index].joined(separator: "/")
            let known = try status(of: names[index], in: parent)
            if index == names.count - 1 {
                guard known == nil else { return }
            } else {
                if let known, known.mode & S_IFMT != S_IFDIR { return }
                folders.append((here, known))
            }
        }
        for (folder, status) in folders {
            let answer = clinux_mkdirat(layer.number, folder, 0o755)
            if answer == -EEXIST { continue }
            try SystemCall.check(answer, "make the folder \(folder)")
            if let status { repeated.append((folder, status)) }
        }
        switch kind {
        case .folder: try SystemCall.check(clinux_mkdirat(layer.number, path, 0o755), "make the folder \(path)")
        case .file:
            try SystemCall.check(clinux_mknodat(layer.number, path, S_IFREG | 0o755, 0, 0), "make \(path)")
        case .link(let target): try SystemCall.check(clinux_symlinkat(target, layer.number, path), "make \(path)")
        }
    }

    /// What the image has of that name; nil for nothing.
    private func status(of name: String, in parent: String) throws(SystemError) -> clinux_stat? {
        guard let folder = try image.folder(parent) else { return nil }
        var status = clinux_stat()
        let answer = clinux_fstatat(folder.number, name, 0, &status)
        if answer == -ENOENT { return nil }
        try SystemCall.check(answer, "look at \(parent)/\(name) of the image")
        return status
    }
}
