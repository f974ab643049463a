import RawJSON

extension Mutation {
    static let images: [Mutation] = {
        let list = MutatedOperations("images", "GET /images/json")
        let inspect = MutatedOperations("image-inspect", "GET /images/{name}/json")
        let pull = MutatedOperations("pull", "POST /images/create")
        let remove = MutatedOperations("rmi", "DELETE /images/{name}")
        let tag = MutatedOperations("tag", "POST /images/{name}/tag")
        let history = MutatedOperations("history", "GET /images/{name}/history")
        let load = MutatedOperations("load", "POST /images/load")
        let save = MutatedOperations("save", "GET /images/get", "GET /images/{name}/get")
        let prune = MutatedOperations("image-prune", "POST /images/prune")
        let push = MutatedOperations("push", "POST /images/{name}/push")
        let distribution = MutatedOperations("distribution", "GET /distribution/{name}/json")
        let commit = MutatedOperations("commit", "POST /commit")
        return [
            list.missing(
                "*.Id", "*.RepoTags", "*.RepoDigests", "*.Created", "*.Size", "*.Labels", "*.ParentId", "*.Containers",
                "*.SharedSize"),
            list.mistyped("*.Created", "*.RepoTags"), list.null("*.RepoTags"), list.emptied(),
            list.text("*.Id", "without-sha256", "gives PLACE without sha256:") {
                $0.hasPrefix("sha256:") ? String($0.dropFirst(7)) : $0
            },
            list.ignoring("filters", "all", "shared-size"),
            inspect.missing(
                "Id", "RepoTags", "RepoDigests", "Created", "Size", "Architecture", "Os", "Config", "RootFS",
                "GraphDriver",
                "Config.Cmd", "Config.Env", "Config.Labels", "Config.ExposedPorts", "Metadata"),
            inspect.text("Id", "without-sha256", "gives PLACE without sha256:") {
                $0.hasPrefix("sha256:") ? String($0.dropFirst(7)) : $0
            },
            inspect.mistyped("Created", "Config.Cmd"), inspect.emptied("RepoTags"), inspect.emptied("RepoDigests"),
            pull.header("Content-Type", "text/plain"), pull.undone(200), pull.ignoring("tag"),
            pull.delivered(.atTheEnd, "at-the-end", "sends no progress before the end"),
            pull.messages("last-lost", "does not say the status of the pull") { value, _ in
                value["status"]?.string?.hasPrefix("Status:") ?? false ? [] : nil
            },
            pull.messages("digest-lost", "does not say the digest") { value, _ in
                value["status"]?.string?.hasPrefix("Digest:") ?? false ? [] : nil
            },
            pull.messages("error-lost", "keeps an error in mid-pull to itself") { value, _ in
                value["error"] == nil ? nil : []
            },
            pull.message("errorDetail", "errorDetail/missing", "gives an error without its detail") { _ in .remove },
            pull.message("error", "error/renamed", "calls an error message") { _ in .rename("message") },
            pull.message("id", "id/missing", "does not say which layer a progress is about") { _ in .remove },
            remove.emptied(), remove.missing("*.Untagged", "*.Deleted"), remove.undone(200, []),
            remove.ignoring("force", "noprune"),
            remove.forcing("force", "1"),
            remove.text("*.Deleted", "without-sha256", "gives PLACE without sha256:") {
                $0.hasPrefix("sha256:") ? String($0.dropFirst(7)) : $0
            },
            tag.undone(201), tag.status(201, 200), tag.ignoring("tag"),
            history.emptied(), history.missing("*.Id", "*.Created", "*.CreatedBy", "*.Size", "*.Tags", "*.Comment"),
            load.undone(200, ["stream": "Loaded image: nothing\n"]),
            load.message("stream", "stream/missing", "does not say what was loaded") { _ in .remove },
            load.header("Content-Type", "text/plain"), load.ignoring("quiet"),
            save.header("Content-Type", "application/octet-stream"),
            save.delivered(.shortened, "shortened", "loses the last bytes"),
            prune.missing("ImagesDeleted", "SpaceReclaimed"), prune.emptied("ImagesDeleted"),
            push.messages("aux-lost", "does not say what was pushed") { value, _ in value["aux"] == nil ? nil : [] },
            push.undone(200),
            distribution.missing(
                "Descriptor", "Platforms", "Descriptor.digest", "Descriptor.mediaType", "Descriptor.size"),
            distribution.emptied("Platforms"),
            commit.status(201, 200), commit.missing("Id"),
            commit.ignoring("repo", "tag", "comment", "author", "changes", "pause"),
            commit.text("Id", "without-sha256", "gives PLACE without sha256:") {
                $0.hasPrefix("sha256:") ? String($0.dropFirst(7)) : $0
            },
        ].flatMap(\.self)
    }()

    static let archives: [Mutation] = {
        let stat = MutatedOperations("archive-stat", "HEAD /containers/{id}/archive", "GET /containers/{id}/archive")
        let get = MutatedOperations("archive-get", "GET /containers/{id}/archive")
        let put = MutatedOperations("archive-put", "PUT /containers/{id}/archive")
        let export = MutatedOperations("export", "GET /containers/{id}/export")
        return [
            stat.header(missing: "X-Docker-Container-Path-Stat"), stat.header("X-Docker-Container-Path-Stat", "e30="),
            get.header("Content-Type", "application/octet-stream"),
            get.delivered(.shortened, "shortened", "loses the last bytes"),
            put.undone(200), put.ignoring("noOverwriteDirNonDir", "copyUIDGID"), put.forcing("copyUIDGID", "1"),
            put.status(404, 200), put.status(400, 200), put.status(403, 200),
            export.header("Content-Type", "text/plain"),
            export.delivered(.shortened, "shortened", "loses the last bytes"),
        ].flatMap(\.self)
    }()

    static let networksAndVolumes: [Mutation] = {
        let networks = MutatedOperations("networks", "GET /networks")
        let network = MutatedOperations("network-inspect", "GET /networks/{id}")
        let makeNetwork = MutatedOperations("network-create", "POST /networks/create")
        let connect = MutatedOperations("connect", "POST /networks/{id}/connect")
        let disconnect = MutatedOperations("disconnect", "POST /networks/{id}/disconnect")
        let removeNetwork = MutatedOperations("network-rm", "DELETE /networks/{id}")
        let pruneNetworks = MutatedOperations("network-prune", "POST /networks/prune")
        let volumes = MutatedOperations("volumes", "GET /volumes")
        let volume = MutatedOperations("volume-inspect", "GET /volumes/{name}")
        let makeVolume = MutatedOperations("volume-create", "POST /volumes/create")
        let removeVolume = MutatedOperations("volume-rm", "DELETE /volumes/{name}")
        let pruneVolumes = MutatedOperations("volume-prune", "POST /volumes/prune")
        return [
            networks.emptied(),
            networks.missing("*.Id", "*.Name", "*.Driver", "*.Scope", "*.IPAM", "*.Labels", "*.Internal"),
            networks.ignoring("filters"),
            network.missing(
                "Id", "Name", "Driver", "Scope", "IPAM", "Containers", "Options", "Labels", "Internal", "Created"),
            network.emptied("Containers"), network.null("IPAM.Config"), network.ignoring("verbose"),
            makeNetwork.status(201, 200), makeNetwork.missing("Id", "Warning"),
            makeNetwork.ignoring(body: "Labels", "Internal", "IPAM", "Options", "Driver", "Attachable", "EnableIPv6"),
            connect.undone(200), connect.ignoring(body: "EndpointConfig"), disconnect.undone(200),
            disconnect.ignoring(body: "Force"), removeNetwork.undone(), removeNetwork.status(204, 200),
            pruneNetworks.missing("NetworksDeleted"), pruneNetworks.undone(200, ["NetworksDeleted": nil]),
            volumes.emptied("Volumes"), volumes.null("Volumes"), volumes.ignoring("filters"),
            volumes.missing("Warnings", "Volumes"),
            volumes.missing("Volumes.*.Name", "Volumes.*.Mountpoint", "Volumes.*.Labels"),
            volume.missing("Name", "Driver", "Mountpoint", "Labels", "Options", "Scope", "CreatedAt"),
            makeVolume.status(201, 200), makeVolume.ignoring(body: "Name", "Driver", "DriverOpts", "Labels"),
            makeVolume.missing("Name", "Driver", "Mountpoint", "Scope", "CreatedAt", "Labels"),
            removeVolume.undone(), removeVolume.status(204, 200), removeVolume.forcing("force", "1"),
            removeVolume.ignoring("force"),
            pruneVolumes.missing("VolumesDeleted", "SpaceReclaimed"), pruneVolumes.emptied("VolumesDeleted"),
            pruneVolumes.undone(200, ["VolumesDeleted": nil, "SpaceReclaimed": 0]),
        ].flatMap(\.self)
    }()
}
