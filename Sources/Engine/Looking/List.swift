import OCI

extension Engine {
    private static let listFilters: Set<String> = [
        "ancestor", "before", "exited", "expose", "health", "id", "is-task", "isolation", "label", "name", "network",
        "publish", "since", "status", "volume",
    ]

    /// The containers, latest first.
    ///
    /// - Throws: `invalidArgument` for filters that do not exist, or values that cannot be.
    public func list(_ options: ContainerListOptions = .init()) async throws(EngineError) -> [ContainerListing] {
        try options.filters.check(Self.listFilters)
        let filter = try await ContainerFilter(options.filters, engine: self)
        let showsAll = options.all || options.limit > 0 || filter.impliesAll
        var chosen = containers.all.filter { container in
            (showsAll || container.state.isRunning) && filter.accepts(container, ports: ports(of: container))
        }
        chosen.sort { ($0.definition.created, $0.id) > ($1.definition.created, $1.id) }
        if options.limit > 0 { chosen = Array(chosen.prefix(options.limit)) }
        let now = Timestamp.now
        let references = await imageStore.references()
        var names: [Digest: Set<String>] = [:]
        for (reference, id) in references { names[id, default: []].insert(reference.familiar) }
        let linkNames = linkNames()
        var listings: [ContainerListing] = []
        for container in chosen {
            var listing = listing(of: container, now, names)
            listing.linkNames = linkNames[container.id] ?? []
            if options.size { listing.size = await size(of: container) }
            listings.append(listing)
        }
        return listings
    }

    private func listing(of container: Container, _ now: Timestamp, _ names: [Digest: Set<String>]) -> ContainerListing
    {
        let definition = container.definition
        let record = container.read { $0.record }
        let image = definition.image ?? .sha256(of: [])
        return ContainerListing(
            id: container.id, name: record.name,
            image: shownImage(definition.configuration.image, image, names), imageID: image,
            command: Self.command(definition.commandLine), created: definition.created, ports: ports(of: container),
            labels: definition.configuration.labels, state: record.state.status,
            status: record.state.statusText(at: now), networkMode: record.hostConfiguration.networkMode,
            annotations: record.hostConfiguration.annotations, endpoints: endpoints(of: container),
            mounts: definition.mountPoints.map(\.point), size: nil)
    }

    /// The name as the user gave it, or the ID where that name now means another image.
    private func shownImage(_ name: String, _ id: Digest, _ names: [Digest: Set<String>]) -> String {
        let mine = names[id] ?? []
        let last = name.split(separator: "/").last ?? ""
        let full = last.contains(":") || name.contains("@") ? name : "\(name):latest"
        if mine.contains(full) || mine.contains(name) { return name }
        // An ID, a digest or a name in a longer form than docker shows is left as it is; a name that moved is not.
        let isMoved = names.contains { $0.key != id && ($0.value.contains(full) || $0.value.contains(name)) }
        return isMoved || (mine.isEmpty && !name.contains("@") && !name.hasPrefix("sha256:")) ? id.description : name
    }

    private static func command(_ words: [String]) -> String {
        words.enumerated().map { index, word in index > 0 && word.contains(" ") ? "'\(word)'" : word }
            .joined(separator: " ")
    }

    /// The ports that are exposed or published, as `docker ps` lists them.
    func ports(of container: Container) -> [ListedPort] {
        let (lease, isRunning) = container.read { ($0.record.lease?.lease, $0.record.state.isRunning) }
        guard isRunning, let lease else { return [] }
        var ports: [ListedPort] = []
        for text in container.definition.configuration.exposedPorts {
            guard let port = try? ContainerPort(text),
                !lease.published.contains(where: {
                    $0.containerPort == port.number && $0.transport.rawValue == port.networkProtocol
                })
            else { continue }
            ports.append(ListedPort(containerPort: port.number, networkProtocol: port.networkProtocol))
        }
        ports += lease.published.map { port in
            ListedPort(
                hostIP: port.hostAddress, containerPort: port.containerPort, hostPort: port.hostPort,
                networkProtocol: port.transport.rawValue)
        }
        return ports.sorted {
            ($0.containerPort, $0.networkProtocol, $0.hostIP, $0.hostPort)
                < ($1.containerPort, $1.networkProtocol, $1.hostIP, $1.hostPort)
        }
    }

    /// What a container's own layer and the whole take.
    func size(of container: Container) async -> ContainerSize {
        let writable = DirectorySize.bytes(of: container.upperDirectory)
        var image: Int64 = 0
        if let id = container.definition.image { image = await imageStore.image(id: id)?.size ?? 0 }
        return ContainerSize(writable: writable, root: writable + image)
    }
}
