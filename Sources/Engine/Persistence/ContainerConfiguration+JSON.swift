import RawJSON

// Field names are those of the Engine API, so that a configuration on disk reads like `docker inspect`.

extension ContainerConfiguration: JSONRecord {
    static let fields: [JSONField<ContainerConfiguration>] = [
        JSONField("Hostname", \.hostname),
        JSONField("Domainname", \.domainname),
        JSONField("User", \.user),
        JSONField("AttachStdin", \.attachStdin),
        JSONField("AttachStdout", \.attachStdout),
        JSONField("AttachStderr", \.attachStderr),
        JSONField("ExposedPorts", \.exposedPorts),
        JSONField("Tty", \.tty),
        JSONField("OpenStdin", \.openStdin),
        JSONField("StdinOnce", \.stdinOnce),
        JSONField("Env", \.environment),
        JSONField("Cmd", \.command),
        JSONField("Entrypoint", \.entrypoint),
        JSONField("Healthcheck", \.healthCheck),
        JSONField("ArgsEscaped", \.argumentsEscaped),
        JSONField("Image", \.image),
        JSONField("Volumes", \.volumes),
        JSONField("WorkingDir", \.workingDirectory),
        JSONField("NetworkDisabled", \.networkDisabled),
        JSONField("MacAddress", \.macAddress),
        JSONField("OnBuild", \.onBuild),
        JSONField("Labels", \.labels),
        JSONField("StopSignal", \.stopSignal),
        JSONField("StopTimeout", \.stopTimeout),
        JSONField("Shell", \.shell),
    ]
}

extension ContainerConfiguration.HealthCheck: JSONRecord {
    static let fields: [JSONField<ContainerConfiguration.HealthCheck>] = [
        JSONField("Test", \.test),
        JSONField("Interval", \.interval),
        JSONField("Timeout", \.timeout),
        JSONField("StartPeriod", \.startPeriod),
        JSONField("StartInterval", \.startInterval),
        JSONField("Retries", \.retries),
    ]
}
