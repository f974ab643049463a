import RawJSON

extension ImageConfiguration {
    /// What a container made from the image starts with: the `config` member (OCI image-spec, config.md, Properties).
    public struct Execution: Sendable, Hashable {
        /// `user`, `uid`, `user:group` or `uid:gid`; empty is root.
        public var user = ""
        /// Ports the image listens on: `80/tcp`.
        public var exposedPorts: [String] = []
        /// `NAME=value` pairs.
        public var environment: [String] = []
        /// The words before the command; nil where there is none.
        public var entrypoint: [String]?
        /// The command, or the arguments of the entry point; nil where there is none.
        public var command: [String]?
        /// Directories that become volumes.
        public var volumes: [String] = []
        /// The directory the process starts in.
        public var workingDirectory = ""
        /// Labels, in document order.
        public var labels: [Annotation] = []
        /// The signal that asks the process to end: `SIGTERM`, `SIGQUIT`.
        public var stopSignal: String?
        /// How to ask whether the container is well; a field the specification reserves for Docker's image format 1.2.
        public var healthCheck: HealthCheck?

        /// Nothing set.
        public init() {}
    }

    /// `Healthcheck` of Docker's image format 1.2; times in nanoseconds, 0 inherits the runtime's default.
    public struct HealthCheck: Sendable, Hashable {
        /// `["CMD", …]`, `["CMD-SHELL", line]`, `["NONE"]`, or empty to inherit.
        public var test: [String]
        /// Nanoseconds between two checks.
        public var interval: Int64
        /// Nanoseconds after which a check has failed.
        public var timeout: Int64
        /// Nanoseconds at the start during which failures do not count.
        public var startPeriod: Int64
        /// How many failures in a row make the container unhealthy.
        public var retries: Int64

        /// A check by parts.
        public init(
            test: [String], interval: Int64 = 0, timeout: Int64 = 0, startPeriod: Int64 = 0, retries: Int64 = 0
        ) {
            self.test = test
            self.interval = interval
            self.timeout = timeout
            self.startPeriod = startPeriod
            self.retries = retries
        }
    }
}

extension ImageConfiguration.Execution {
    init(_ reader: DocumentReader) throws(OCIError) {
        user = try reader.optionalString("User") ?? ""
        exposedPorts = try reader.nameSet("ExposedPorts")
        environment = try reader.optionalStrings("Env") ?? []
        entrypoint = try reader.optionalStrings("Entrypoint")
        command = try reader.optionalStrings("Cmd")
        volumes = try reader.nameSet("Volumes")
        workingDirectory = try reader.optionalString("WorkingDir") ?? ""
        labels = try reader.stringMap("Labels").map { Annotation($0.0, $0.1) }
        stopSignal = try reader.optionalString("StopSignal")
        healthCheck = try reader.optional("Healthcheck").map { value throws(OCIError) in
            ImageConfiguration.HealthCheck(
                test: try value.optionalStrings("Test") ?? [], interval: try value.optionalInteger("Interval") ?? 0,
                timeout: try value.optionalInteger("Timeout") ?? 0,
                startPeriod: try value.optionalInteger("StartPeriod") ?? 0,
                retries: try value.optionalInteger("Retries") ?? 0)
        }
    }

    var json: JSONValue {
        var object = JSONObject()
        if !user.isEmpty { object["User"] = .string(user) }
        object["ExposedPorts"] = Self.set(exposedPorts)
        if !environment.isEmpty { object["Env"] = .array(environment.map(JSONValue.string)) }
        object["Entrypoint"] = entrypoint.map { .array($0.map(JSONValue.string)) }
        object["Cmd"] = command.map { .array($0.map(JSONValue.string)) }
        object["Volumes"] = Self.set(volumes)
        if !workingDirectory.isEmpty { object["WorkingDir"] = .string(workingDirectory) }
        object["Labels"] = Annotation.json(labels)
        object["StopSignal"] = stopSignal.map(JSONValue.string)
        object["Healthcheck"] = healthCheck?.json
        return .object(object)
    }

    private static func set(_ names: [String]) -> JSONValue? {
        guard !names.isEmpty else { return nil }
        return .object(JSONObject(members: names.sorted().map { JSONObject.Member(name: $0, value: [:]) }))
    }
}

extension ImageConfiguration.HealthCheck {
    fileprivate var json: JSONValue {
        var object: JSONObject = ["Test": .array(test.map(JSONValue.string))]
        for (name, value) in [
            ("Interval", interval), ("Timeout", timeout), ("StartPeriod", startPeriod), ("Retries", retries),
        ]
        where value != 0 {
            object[name] = .number(JSONNumber(value))
        }
        return .object(object)
    }
}
