import OCI

/// What `POST /containers/create` asks for.
public struct ContainerCreation: Sendable, Hashable {
    /// The wanted name; nil makes one up.
    public var name: String?
    /// The wanted platform of the image; nil is the host's.
    public var platform: Platform?
    /// What it runs.
    public var configuration: ContainerConfiguration
    /// What the host lends it.
    public var hostConfiguration: HostConfiguration
    /// Wishes for its networks, by name.
    public var endpoints: [String: EndpointSettings]

    /// A request by parts.
    public init(
        name: String? = nil, platform: Platform? = nil, configuration: ContainerConfiguration,
        hostConfiguration: HostConfiguration = HostConfiguration(), endpoints: [String: EndpointSettings] = [:]
    ) {
        self.name = name
        self.platform = platform
        self.configuration = configuration
        self.hostConfiguration = hostConfiguration
        self.endpoints = endpoints
    }
}

/// What creating a container gave.
public struct CreatedContainer: Sendable, Hashable {
    /// Its ID.
    public var id: String
    /// What the user should know.
    public var warnings: [String]
    /// Where the time went.
    public var phases: [Phase]
}

/// Where time went, for `Server-Timing`.
public struct Phase: Sendable, Hashable {
    /// `rootfs`, `network`, `cgroup`, `clone`, `init`, `exec`, …
    public var name: String
    /// How long.
    public var nanoseconds: Int64

    /// A phase by parts.
    public init(_ name: String, nanoseconds: Int64) {
        self.name = name
        self.nanoseconds = nanoseconds
    }
}

/// What `docker wait` waits for.
public enum WaitCondition: String, Sendable, Hashable, CaseIterable {
    /// It does not run, or ends.
    case notRunning = "not-running"
    /// It ends the next time.
    case nextExit = "next-exit"
    /// It is gone.
    case removed
}

/// What `docker wait` learned.
public struct WaitResult: Sendable, Hashable {
    /// The exit code.
    public var exitCode: Int32
    /// Why it could not be waited for; nil where all went well.
    public var error: String?
}

/// What `docker top` shows.
public struct ProcessTable: Sendable, Hashable {
    /// The columns' titles.
    public var titles: [String]
    /// For each process its cells.
    public var processes: [[String]]
}

/// What `docker update` changes; nil leaves as it is.
public struct ContainerUpdate: Sendable, Hashable {
    /// Limits; a field of 0, "" or nil leaves the limit as it is.
    public var resources: Resources
    /// The policy.
    public var restartPolicy: RestartPolicy?

    /// A change by parts.
    public init(resources: Resources = Resources(), restartPolicy: RestartPolicy? = nil) {
        self.resources = resources
        self.restartPolicy = restartPolicy
    }
}

/// What a prune took away.
public struct PruneReport: Sendable, Hashable {
    /// IDs or names of what is gone.
    public var deleted: [String]
    /// Bytes that came free.
    public var reclaimed: Int64
}

/// `filters` of a request: for each name the values, one of which must match.
public struct FilterArguments: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// Values by name.
    public var values: [String: [String]]

    /// Filters by name.
    public init(_ values: [String: [String]] = [:]) { self.values = values }

    /// Filters written as a literal.
    public init(dictionaryLiteral elements: (String, [String])...) {
        values = Dictionary(elements, uniquingKeysWith: +)
    }

    /// The values of a name; none where it is absent.
    public subscript(name: String) -> [String] { values[name] ?? [] }
}
