import OCI

extension ContainerConfiguration {
    /// This configuration with what the image says where it says nothing itself, as docker merges them
    /// (moby daemon/commit.go, `merge`).
    func merged(over image: ImageConfiguration.Execution) -> ContainerConfiguration {
        var result = self
        if result.user.isEmpty { result.user = image.user }
        result.exposedPorts.formUnion(image.exposedPorts)
        result.environment = Self.environment(environment ?? [], over: image.environment)
        for label in image.labels where result.labels[label.name] == nil { result.labels[label.name] = label.value }
        if result.entrypoint?.isEmpty ?? true {
            if result.command?.isEmpty ?? true { result.command = image.command }
            // An empty entry point of one empty word takes the image's away.
            result.entrypoint = image.entrypoint
        } else if result.entrypoint == [""] {
            result.entrypoint = nil
        }
        if result.command?.isEmpty ?? false { result.command = nil }
        if result.entrypoint?.isEmpty ?? false { result.entrypoint = nil }
        if result.workingDirectory.isEmpty { result.workingDirectory = image.workingDirectory }
        result.volumes.formUnion(image.volumes)
        if result.stopSignal?.isEmpty ?? true { result.stopSignal = image.stopSignal }
        result.healthCheck = Self.healthCheck(healthCheck, over: image.healthCheck)
        return result
    }

    /// The image's variables, then those given; a name of both keeps its place with the value given.
    private static func environment(_ given: [String], over image: [String]) -> [String] {
        let names = Set(given.map(name))
        return given + image.filter { !names.contains(name($0)) }
    }

    private static func name(_ variable: String) -> Substring { variable.prefix { $0 != "=" } }

    private static func healthCheck(
        _ given: HealthCheck?, over image: ImageConfiguration.HealthCheck?
    ) -> HealthCheck? {
        guard let image else { return given }
        var result = given ?? HealthCheck()
        if result.test.isEmpty { result.test = image.test }
        if result.interval == 0 { result.interval = image.interval }
        if result.timeout == 0 { result.timeout = image.timeout }
        if result.startPeriod == 0 { result.startPeriod = image.startPeriod }
        if result.retries == 0 { result.retries = Int(image.retries) }
        return result
    }
}
