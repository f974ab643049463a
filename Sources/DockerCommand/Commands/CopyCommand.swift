import DockerClient
import OCI
import RawJSON

/// `docker cp`: a tar archive into a container or out of it.
enum CopyCommand {
    /// One side of the copy.
    private struct Place {
        /// The container, or `nil` for the local side.
        var container: String?
        var path: String

        init(_ text: String) {
            path = text
            guard !text.hasPrefix("/"), !text.hasPrefix("."), let colon = text.firstIndex(of: ":") else { return }
            container = String(text[..<colon])
            path = String(text[text.index(after: colon)...])
        }
    }

    static let run: @Sendable (CommandContext) async throws -> Int32 = { context in
        let source = Place(context.arguments[0]), target = Place(context.arguments[1])
        switch (source.container, target.container) {
        case (nil, let container?): try await copyIn(context, source.path, container, target.path)
        case (let container?, nil): try await copyOut(context, container, source.path, target.path)
        case (.some, .some): throw CommandFailure("copying between containers is not supported")
        case (nil, nil): throw CommandFailure("must specify at least one container source")
        }
        return 0
    }

    // MARK: Into the container

    private static func copyIn(
        _ context: CommandContext, _ source: String, _ container: String, _ targetPath: String
    ) async throws {
        let path = "/containers/\(CommandContext.escape(container))/archive"
        var target = targetPath.isEmpty || !targetPath.hasPrefix("/") ? "/" + targetPath : targetPath
        var stat = try await self.stat(context, path, target)
        if let link = stat?["linkTarget"]?.string, !link.isEmpty {
            target = link.hasPrefix("/") ? link : PathName.clean(parent(target) + "/" + link)
            stat = try await self.stat(context, path, target)
        }
        let isDirectory = stat?["mode"]?.int64.map(LocalTree.isDirectoryMode) == true
        let body: EngineRequest.Body
        if source == "-" {
            guard isDirectory else {
                throw CommandFailure("destination \"\(container):\(targetPath)\" must be a directory")
            }
            body = try FileStream.source("-", context.io)
        } else {
            let isContents = source == "." || source.hasSuffix("/.")
            let local = context.io.resolve(source)
            guard let isLocalDirectory = LocalTree.isDirectory(local) else {
                throw CommandFailure("lstat \(local): no such file or directory")
            }
            if !isDirectory {
                guard !isLocalDirectory || stat == nil else { throw CommandFailure("cannot copy directory") }
                guard stat != nil || isLocalDirectory || !targetPath.hasSuffix("/") else {
                    throw CommandFailure("no such directory")
                }
            }
            // A directory that exists takes the source in; else the source takes the target's name.
            let name = isDirectory ? (isContents ? "." : LocalTree.name(local)) : LocalTree.name(target)
            if !isDirectory { target = parent(target) }
            let archive = try LocalTree.archive(
                local, as: name, followsLinks: context.flags.bool("follow-link"),
                keepsOwners: context.flags.bool("archive"))
            do { body = .bytes(try archive.bytes()) } catch { throw CommandFailure("\(error)") }
        }
        var query: CommandContext.Query = [("path", target), ("noOverwriteDirNonDir", "true")]
        if context.flags.bool("archive") { query.append(("copyUIDGID", "true")) }
        try await context.call(
            "PUT", path, query: query, headers: [("Content-Type", "application/octet-stream")], body: body,
            headDeadline: unboundedWait)
    }

    /// What stands at a path in the container, or `nil`.
    private static func stat(_ context: CommandContext, _ path: String, _ target: String) async throws -> JSONValue? {
        do {
            let response = try await context.call("HEAD", path, query: [("path", target)])
            return try response.head.first("X-Docker-Container-Path-Stat").flatMap(PathStat.decode)
        } catch let failure as DaemonFailure where failure.status == 404 {
            return nil
        }
    }

    private static func parent(_ path: String) -> String { PathName.clean(path + "/..") }

    // MARK: Out of the container

    private static func copyOut(
        _ context: CommandContext, _ container: String, _ sourcePath: String, _ target: String
    ) async throws {
        let path = "/containers/\(CommandContext.escape(container))/archive"
        var source = sourcePath.isEmpty || !sourcePath.hasPrefix("/") ? "/" + sourcePath : sourcePath
        if context.flags.bool("follow-link"), let link = try await stat(context, path, source)?["linkTarget"]?.string,
            !link.isEmpty
        {
            source = link.hasPrefix("/") ? link : PathName.clean(parent(source) + "/" + link)
        }
        let stream = try await context.open("GET", path, query: [("path", source)], headDeadline: unboundedWait)
        if target == "-" {
            for try await bytes in stream { try await context.io.writeOutput(bytes) }
            return
        }
        let isContents = source.hasSuffix("/.")
        do {
            let archive = try TarArchive(parsing: try await stream.collect(upTo: LocalTree.maximumBytes))
            try LocalTree.extract(archive, to: context.io.resolve(target), named: target, isContents: isContents)
        } catch let error as OCIError {
            throw CommandFailure("\(error)")
        }
    }
}
