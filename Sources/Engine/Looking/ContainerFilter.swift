import OCI

/// Which containers `docker ps --filter` lets through: of one name one value must fit, of different names all.
struct ContainerFilter {
    private let filters: FilterArguments
    private let statuses: Set<ContainerState.Status>
    private let exitCodes: Set<Int32>
    private let health: Set<Health.Status>
    private let before: Timestamp?
    private let since: Timestamp?
    /// IDs of images that an ancestor filter names. No image here has a parent: layers in common make none (moby, a
    /// parent is what a build or commit wrote down).
    private let ancestors: Set<Digest>?
    private let isTask: Bool?
    private let published: [ContainerPortRange]
    private let exposed: [ContainerPortRange]

    /// Whether the filters ask for containers that do not run.
    var impliesAll: Bool { !statuses.isEmpty || !exitCodes.isEmpty || before != nil || since != nil }

    init(_ filters: FilterArguments, engine: Engine) async throws(EngineError) {
        self.filters = filters
        statuses = Set(
            try filters["status"].map { text throws(EngineError) in
                guard let status = ContainerState.Status(rawValue: text) else {
                    throw EngineError(.invalidArgument, "invalid filter 'status=\(text)'")
                }
                return status
            })
        exitCodes = Set(
            try filters["exited"].map { text throws(EngineError) in
                guard let code = Int32(text) else {
                    throw EngineError(.invalidArgument, "invalid filter 'exited=\(text)'")
                }
                return code
            })
        health = Set(
            try filters["health"].map { text throws(EngineError) in
                guard let status = Health.Status(rawValue: text) else {
                    throw EngineError(.invalidArgument, "unrecognised filter value for health: \(text)")
                }
                return status
            })
        before = try filters["before"].first.map { name throws(EngineError) in
            try engine.container(name).definition.created
        }
        since = try filters["since"].first.map { name throws(EngineError) in
            try engine.container(name).definition.created
        }
        isTask = try filters.flag("is-task")
        published = try filters["publish"].map { text throws(EngineError) in try ContainerPortRange(text) }
        exposed = try filters["expose"].map { text throws(EngineError) in try ContainerPortRange(text) }
        if filters["ancestor"].isEmpty {
            ancestors = nil
        } else {
            var found: Set<Digest> = []
            for name in filters["ancestor"] {
                do { found.insert(try await engine.imageStore.image(name).id) } catch {
                    // A name that is no image has no containers.
                    guard error.code == .notFound || error.code == .invalidArgument else { throw EngineError(error) }
                }
            }
            ancestors = found
        }
    }

    /// - Parameter ports: what `docker ps` shows of the container's ports.
    func accepts(_ container: Container, ports: [ListedPort]) -> Bool {
        let definition = container.definition
        let record = container.read { $0.record }
        let state = record.state
        return (statuses.isEmpty || statuses.contains(state.status))
            && (exitCodes.isEmpty
                || (state.finishedAt != nil && !state.isRunning && exitCodes.contains(state.exitCode)))
            && (health.isEmpty || health.contains(state.health?.status ?? .none))
            && (before.map { definition.created < $0 } ?? true)
            && (since.map { definition.created > $0 } ?? true)
            && (ancestors.map { definition.image.map($0.contains) ?? false } ?? true)
            && (isTask.map { $0 == false } ?? true)
            && acceptsNames(container, record) && filters.acceptsLabels(definition.configuration.labels)
            && acceptsPorts(ports) && acceptsVolumes(definition)
    }

    private func acceptsNames(_ container: Container, _ record: ContainerRecord) -> Bool {
        let ids = filters["id"]
        let names = filters["name"]
        let networks = filters["network"]
        let isolations = filters["isolation"]
        return (ids.isEmpty || ids.contains { container.id.hasPrefix($0) })
            && (names.isEmpty || names.contains { Self.name(record.name, fits: $0) })
            && (networks.isEmpty || networks.contains { $0 == record.hostConfiguration.networkMode })
            && (isolations.isEmpty || isolations.contains { $0 == record.hostConfiguration.isolation })
    }

    /// docker takes the value as a regular expression over the name with and without its slash.
    private static func name(_ name: String, fits pattern: String) -> Bool {
        guard let expression = try? Regex(pattern) else { return name.contains(pattern) }
        return name.firstMatch(of: expression) != nil || "/\(name)".firstMatch(of: expression) != nil
    }

    /// Host ports count for `publish`, ports inside for `expose`; one of either is enough (moby daemon/list.go).
    private func acceptsPorts(_ ports: [ListedPort]) -> Bool {
        guard !published.isEmpty || !exposed.isEmpty else { return true }
        return ports.contains { port in
            published.contains { $0.contains(port.hostPort, port.networkProtocol) }
                || exposed.contains { $0.contains(port.containerPort, port.networkProtocol) }
        }
    }

    private func acceptsVolumes(_ definition: ContainerDefinition) -> Bool {
        let wanted = filters["volume"]
        return wanted.isEmpty
            || wanted.contains { value in
                definition.mountPoints.contains { mount in
                    mount.point.name == value || mount.point.destination == value || mount.point.source == value
                }
            }
    }
}

/// `80`, `80/tcp`, `8000-8080/udp` of the filters `publish` and `expose`.
struct ContainerPortRange {
    private let numbers: ClosedRange<UInt16>
    private let networkProtocol: String

    init(_ text: String) throws(EngineError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let ends = parts[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = UInt16(ends[0]), let last = UInt16(ends[ends.count - 1]), first <= last else {
            throw EngineError(.invalidArgument, "invalid port specification: \"\(text)\"")
        }
        numbers = first...last
        networkProtocol = parts.count > 1 ? parts[1] : "tcp"
    }

    func contains(_ port: UInt16, _ networkProtocol: String) -> Bool {
        numbers.contains(port) && self.networkProtocol == networkProtocol
    }
}
