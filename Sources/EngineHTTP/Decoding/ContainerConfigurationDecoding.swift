import Engine

extension ContainerConfiguration {
    /// The names of docker's `Config`; a request with none of them has no configuration.
    static let wireNames: Set<String> = [
        "Hostname", "Domainname", "User", "AttachStdin", "AttachStdout", "AttachStderr", "ExposedPorts", "Tty",
        "OpenStdin", "StdinOnce", "Env", "Cmd", "Healthcheck", "ArgsEscaped", "Image", "Volumes", "WorkingDir",
        "Entrypoint", "NetworkDisabled", "MacAddress", "OnBuild", "Labels", "StopSignal", "StopTimeout", "Shell",
    ]

    /// Reads docker's `Config`.
    init(_ fields: JSONFields) throws(BadRequest) {
        self.init()
        hostname = try fields.text("Hostname") ?? ""
        domainname = try fields.text("Domainname") ?? ""
        user = try fields.text("User") ?? ""
        attachStdin = try fields.flag("AttachStdin") ?? false
        attachStdout = try fields.flag("AttachStdout") ?? false
        attachStderr = try fields.flag("AttachStderr") ?? false
        exposedPorts = try fields.names("ExposedPorts") ?? []
        tty = try fields.flag("Tty") ?? false
        openStdin = try fields.flag("OpenStdin") ?? false
        stdinOnce = try fields.flag("StdinOnce") ?? false
        environment = try fields.texts("Env")
        command = try fields.words("Cmd")
        entrypoint = try fields.words("Entrypoint")
        healthCheck = try fields.fields("Healthcheck").map(HealthCheck.init)
        argumentsEscaped = try fields.flag("ArgsEscaped") ?? false
        image = try fields.text("Image") ?? ""
        volumes = try fields.names("Volumes") ?? []
        workingDirectory = try fields.text("WorkingDir") ?? ""
        networkDisabled = try fields.flag("NetworkDisabled") ?? false
        macAddress = try fields.text("MacAddress").flatMap { $0.isEmpty ? nil : $0 }
        onBuild = try fields.texts("OnBuild")
        labels = try fields.table("Labels") ?? [:]
        stopSignal = try fields.text("StopSignal").flatMap { $0.isEmpty ? nil : $0 }
        stopTimeout = try fields.integer("StopTimeout", as: Int.self)
        shell = try fields.words("Shell")
    }
}

extension ContainerConfiguration.HealthCheck {
    /// Reads docker's `HealthConfig`.
    init(_ fields: JSONFields) throws(BadRequest) {
        self.init()
        test = try fields.texts("Test") ?? []
        interval = try fields.integer("Interval") ?? 0
        timeout = try fields.integer("Timeout") ?? 0
        startPeriod = try fields.integer("StartPeriod") ?? 0
        startInterval = try fields.integer("StartInterval") ?? 0
        retries = try fields.integer("Retries", as: Int.self) ?? 0
    }
}

extension EndpointSettings {
    /// Reads docker's `EndpointSettings`, as far as a client may give them.
    init(_ fields: JSONFields) throws(BadRequest) {
        self.init()
        if let addresses = try fields.fields("IPAMConfig") {
            hasRequestedAddresses = true
            requestedIPv4 = try addresses.text("IPv4Address") ?? ""
            requestedIPv6 = try addresses.text("IPv6Address") ?? ""
        }
        links = try fields.texts("Links")
        aliases = try fields.texts("Aliases")
        driverOptions = try fields.table("DriverOpts")
        gatewayPriority = try fields.integer("GwPriority", as: Int.self) ?? 0
        macAddress = try fields.text("MacAddress") ?? ""
    }
}
