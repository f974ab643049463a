#if os(Linux)
    import ArgumentParser
    import CLinux
    import Logging

    #if canImport(FoundationEssentials)
        import FoundationEssentials
    #else
        import Foundation
    #endif

    /// `drydock daemon`.
    struct DaemonCommand: ParsableCommand, AsyncRunnable {
        static let configuration = CommandConfiguration(
            commandName: "daemon",
            abstract: "Run the reference runtime: real containers behind the Docker Engine API.",
            discussion: """
                Listens on --host (\(DaemonSettings.defaultHost) unless given) and keeps images, containers, volumes and \
                logs under --root (\(DaemonSettings.defaultRoot)). Whoever reaches the socket is root on this host.

                SIGTERM and Ctrl-C end the daemon; containers run on and are found again by the next one. SIGHUP \
                reads the configuration file again (the log level takes effect at once, the rest at the next start).

                Each setting may also stand in the environment (DRYDOCK_LOG_LEVEL=debug) or in the YAML file of \
                --config (log-level: debug; \(DaemonConfigurationFile.defaultPath) where it exists). Flags come first, \
                then the environment, then the file.

                Exit codes: 0; 1 it cannot run, with a sentence that says why; --status: 3 where no daemon runs.
                """)

        @Option(
            name: [.customShort("H"), .customLong("host")],
            help: ArgumentHelp("Where to listen: unix:///path or tcp://host:port; may be repeated.", valueName: "url"))
        var hosts: [String] = []
        @Option(help: ArgumentHelp("The folder of all data.", valueName: "folder"))
        var root: String?
        @Option(name: .customLong("pidfile"), help: ArgumentHelp("Write the process ID there.", valueName: "file"))
        var pidFile: String?
        @Option(
            name: .shortAndLong,
            help: ArgumentHelp("Who may use Unix sockets; else docker or drydock where it exists.", valueName: "group"))
        var group: String?
        @Flag(name: .customLong("insecure-tcp"), help: "Listen on tcp:// without TLS, on loopback alone.")
        var insecureTCP = false
        @Flag(name: .customLong("tlsverify"), help: "Listen on tcp:// with TLS, for clients with a certificate.")
        var tlsVerify = false
        @Option(name: .customLong("tlscacert"), help: ArgumentHelp("The clients' authorities.", valueName: "file"))
        var authorities: String?
        @Option(name: .customLong("tlscert"), help: ArgumentHelp("The server's certificate.", valueName: "file"))
        var certificate: String?
        @Option(name: .customLong("tlskey"), help: ArgumentHelp("The server's key.", valueName: "file"))
        var key: String?
        @Option(
            name: .customLong("registry-mirror"),
            help: ArgumentHelp("Ask it before Docker Hub; may be repeated.", valueName: "url"))
        var registryMirrors: [String] = []
        @Option(
            name: .customLong("insecure-registry"),
            help: ArgumentHelp("A registry, or a range of addresses, without TLS.", valueName: "host:port|cidr"))
        var insecureRegistries: [String] = []
        @Option(help: ArgumentHelp("The name of the bridge.", valueName: "name"))
        var bridge: String?
        @Option(help: ArgumentHelp("The range of the containers' addresses.", valueName: "cidr"))
        var bridgeSubnet: String?
        @Flag(
            name: .customLong("ipv6"),
            help: "Give containers IPv6 addresses too, and publish ports on [::] as well where the host has IPv6.")
        var ipv6 = false
        @Option(help: ArgumentHelp("The cgroup above those of the containers.", valueName: "path"))
        var cgroupParent: String?
        @Option(help: ArgumentHelp("Where output is logged unless said otherwise.", valueName: "json-file|none"))
        var logDriver: String?
        @Option(name: .customLong("label"), help: ArgumentHelp("A label of the daemon.", valueName: "key=value"))
        var labels: [String] = []
        @Option(help: ArgumentHelp("How much to tell on standard error.", valueName: "debug|info|warning|error"))
        var logLevel: String?
        @Option(help: ArgumentHelp("The YAML file with these settings.", valueName: "file"))
        var config: String?
        @Option(help: ArgumentHelp("The program that launches containers.", valueName: "path"))
        var shim: String?

        @Flag(help: "Stop all containers of the root, take everything off the host that is not under it, and end.")
        var cleanup = false
        @Flag(help: "Say whether a daemon runs on the root, and where it listens.")
        var status = false
        @Flag(help: "End the daemon of the root; its containers run on.")
        var stop = false
        @Flag(help: "End with standard input, clean up and remove the root; for runs that leave nothing behind.")
        var ephemeral = false

        var faultCode: Int32 { 1 }
        var interruption: Interruption { .cancel(saying: "") }

        func validate() throws {
            if [cleanup, status, stop, ephemeral].count(where: { $0 }) > 1 {
                throw ValidationError("--cleanup, --status, --stop and --ephemeral exclude each other")
            }
        }

        /// Every thread of the daemon, made later, has its turns as soon as it wakes, also beside busy containers.
        func prepare() {
            _ = clinux_schedule(clinux_nice(0), CLINUX_SHORT_TURN_NS)
        }

        func execute() async throws -> Int32 {
            let settings = try settings()
            let root = settings.root ?? DaemonSettings.defaultRoot
            if status { return try DaemonControl.status(root: root) }
            if stop { return try DaemonControl.stop(root: root) }
            let daemon = try Daemon(settings, isEphemeral: ephemeral) { try self.settings() }
            if cleanup {
                try await daemon.cleanUp()
            } else {
                try await daemon.run()
            }
            return 0
        }

        /// Flags before variables before the file.
        private func settings() throws -> DaemonSettings {
            let environment = try DaemonSettings.environment(ProcessInfo.processInfo.environment)
            return flags.over(environment).over(try DaemonConfigurationFile.read(config))
        }

        private var flags: DaemonSettings {
            let list = { (values: [String]) in values.isEmpty ? nil : values }
            return DaemonSettings(
                hosts: list(hosts), root: root, pidFile: pidFile, group: group, insecureTCP: insecureTCP ? true : nil,
                tlsVerify: tlsVerify ? true : nil, tlsAuthorities: authorities, tlsCertificate: certificate,
                tlsKey: key,
                registryMirrors: list(registryMirrors), insecureRegistries: list(insecureRegistries), bridge: bridge,
                bridgeSubnet: bridgeSubnet, ipv6: ipv6 ? true : nil, cgroupParent: cgroupParent, logDriver: logDriver,
                labels: list(labels),
                logLevel: logLevel, shim: shim)
        }
    }
#endif
