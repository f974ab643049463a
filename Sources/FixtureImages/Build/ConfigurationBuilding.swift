import OCI
import RawJSON

extension ImageConfiguration {
    static let fixtureDate = "2025-01-01T00:00:00Z"

    init(_ image: ImageDefinition, chain: [(LayerDefinition, ImageLayout.StoredLayer)], lock: PackageLock) throws {
        var execution = Execution()
        var lines: [String] = []
        if let config = image.config {
            execution = try Execution(config, lock: lock)
            lines = Self.instructions(execution)
        }
        let layers = chain.map { layer, _ in
            History(created: Self.fixtureDate, createdBy: "ADD layer \(layer.name)", comment: "drydock fixture")
        }
        self.init(
            platform: Platform(architecture: lock.architecture), created: Self.fixtureDate, author: "Drydock",
            execution: execution, diffIDs: chain.map(\.1.diffID),
            history: layers + lines.map { History(created: Self.fixtureDate, createdBy: $0, isEmptyLayer: true) })
    }

    /// What a Dockerfile would have said, for the image's history.
    private static func instructions(_ execution: Execution) -> [String] {
        func words(_ list: [String]) -> String { JSONValue.array(list.map(JSONValue.string)).text() }
        var lines = execution.environment.map { "ENV \($0)" }
        lines += execution.labels.map { "LABEL \($0.name)=\($0.value)" }
        lines += execution.exposedPorts.map { "EXPOSE \($0)" }
        if !execution.volumes.isEmpty { lines.append("VOLUME \(words(execution.volumes))") }
        if !execution.workingDirectory.isEmpty { lines.append("WORKDIR \(execution.workingDirectory)") }
        if !execution.user.isEmpty { lines.append("USER \(execution.user)") }
        if let signal = execution.stopSignal { lines.append("STOPSIGNAL \(signal)") }
        if let check = execution.healthCheck { lines.append("HEALTHCHECK \(words(check.test))") }
        if let entrypoint = execution.entrypoint { lines.append("ENTRYPOINT \(words(entrypoint))") }
        if let command = execution.command { lines.append("CMD \(words(command))") }
        return lines
    }
}

extension ImageConfiguration.Execution {
    fileprivate init(_ config: ConfigDefinition, lock: PackageLock) throws {
        self.init()
        user = config.user ?? ""
        exposedPorts = config.expose ?? []
        environment = try (config.env ?? []).map { try Self.expand($0, lock) }
        entrypoint = config.entrypoint
        command = config.cmd
        volumes = config.volumes ?? []
        workingDirectory = config.workdir ?? ""
        labels = (config.labels ?? [:]).sorted { $0.key < $1.key }.map { Annotation($0.key, $0.value) }
        stopSignal = config.stopsignal
        healthCheck = config.healthcheck.map { check in
            ImageConfiguration.HealthCheck(
                test: check.test, interval: Self.nanoseconds(check.interval), timeout: Self.nanoseconds(check.timeout),
                retries: check.retries ?? 0)
        }
    }

    private static func nanoseconds(_ seconds: Double?) -> Int64 { Int64((seconds ?? 0) * 1_000_000_000) }

    private static func expand(_ text: String, _ lock: PackageLock) throws -> String {
        let opening = "${version:"
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, parts[1].hasPrefix(opening), parts[1].hasSuffix("}") else { return text }
        let name = String(parts[1].dropFirst(opening.count).dropLast())
        guard let version = lock.upstreamVersion(of: name) else {
            throw FixtureError("environment \(parts[0]) wants the version of package \(name), which was not fetched")
        }
        return "\(parts[0])=\(version)"
    }
}
