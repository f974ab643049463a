/// docker's options before the command: which daemon, and how to reach it. They are read here and obeyed by whoever
/// resolves the endpoint.
public struct GlobalOptions: Sendable, Hashable {
    /// `-H`, `--host`; docker takes one.
    public var hosts: [String] = []
    /// `-c`, `--context`.
    public var context: String?
    /// `--config`: the directory of `config.json`.
    public var configDirectory: String?
    /// `-D`, `--debug`.
    public var debug = false
    /// `-l`, `--log-level`.
    public var logLevel: String?
    /// `--tls`; `nil` where it was not given.
    public var tls: Bool?
    /// `--tlsverify`; `nil` where it was not given.
    public var tlsVerify: Bool?
    /// `--tlscacert`.
    public var tlsCACertificate: String?
    /// `--tlscert`.
    public var tlsCertificate: String?
    /// `--tlskey`.
    public var tlsKey: String?

    /// No options.
    public init() {}

    init(_ flags: ParsedFlags) {
        hosts = flags.list("host")
        context = flags.isSet("context") ? flags.string("context") : nil
        configDirectory = flags.isSet("config") ? flags.string("config") : nil
        debug = flags.bool("debug")
        logLevel = flags.isSet("log-level") ? flags.string("log-level") : nil
        tls = flags.isSet("tls") ? flags.bool("tls") : nil
        tlsVerify = flags.isSet("tlsverify") ? flags.bool("tlsverify") : nil
        tlsCACertificate = flags.isSet("tlscacert") ? flags.string("tlscacert") : nil
        tlsCertificate = flags.isSet("tlscert") ? flags.string("tlscert") : nil
        tlsKey = flags.isSet("tlskey") ? flags.string("tlskey") : nil
    }

    static let flags: [FlagSpec] = [
        .string("--config", "Directory of the client's configuration files"),
        .string("-c, --context", "Name of the context whose daemon is used"),
        .bool("-D, --debug", "Enable debug mode"),
        .list("-H, --host", "Daemon socket to connect to"),
        .string("-l, --log-level", default: "info", "Level of logging: debug, info, warn, error, fatal"),
        .bool("--tls", "Use TLS; implied by --tlsverify"),
        .string("--tlscacert", "Trust certificates signed by this CA only"),
        .string("--tlscert", "Path of the TLS certificate"),
        .string("--tlskey", "Path of the TLS key"),
        .bool("--tlsverify", "Use TLS and verify the daemon"),
        .bool("-v, --version", "Print the version and quit"),
    ]
}
