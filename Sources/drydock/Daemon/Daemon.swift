#if os(Linux)
    import CLinux
    import DockerAPI
    import Engine
    import EngineHTTP
    import Glibc
    import Logging

    /// A daemon from its settings to its end.
    struct Daemon: Sendable {
        private let settings: DaemonSettings
        private let isEphemeral: Bool
        /// Reads the settings again, for SIGHUP.
        private let reread: @Sendable () throws -> DaemonSettings
        private let listeners: [Listener]
        private let configuration: EngineConfiguration

        /// A daemon that can run here.
        ///
        /// - Throws: `Fault`, with what is amiss and the way out.
        init(
            _ settings: DaemonSettings, isEphemeral: Bool, reread: @escaping @Sendable () throws -> DaemonSettings
        ) throws {
            self.settings = settings
            self.isEphemeral = isEphemeral
            self.reread = reread
            guard settings.pidFile?.hasPrefix("/") != false else {
                throw Fault(description: "--pidfile takes an absolute path")
            }
            guard geteuid() == 0 else {
                throw Fault(description: "drydock daemon must run as root, since it makes containers: use sudo")
            }
            listeners = try DaemonListeners.make(settings)
            for listener in listeners { try EngineServer.check(listener) }
            configuration = try Self.configuration(settings)
        }

        /// Runs until it is cancelled, or with `--ephemeral` until standard input ends.
        func run() async throws {
            try DaemonLog.begin(settings.logLevel)
            let logger = Logger(label: "daemon")
            // More heaps than threads that run at once only scatter what is kept: eight for each processor are the default.
            let arenas = clinux_limit_arenas(Int32(clamping: sysconf(Int32(_SC_NPROCESSORS_ONLN))))
            if arenas < 0 { logger.warning("cannot limit the heaps: \(String(cString: strerror(-arenas)))") }
            let lock = try DaemonLock.take(
                root: configuration.root, hosts: listeners.map { $0.endpoint.description })
            defer { withExtendedLifetime(lock) {} }
            let identity = ServerIdentity(version: Suite.version)
            // Listens first: the engine is opened while the first clients connect and ask what they talk to.
            let server = EngineServer(
                router: Router(Routes.withoutEngine, identity: identity, isWhole: false), identity: identity,
                logger: Logger(label: "http"))
            let engine: Engine
            do {
                for listener in listeners { try await server.listen(on: listener) }
                engine = try await opened()
            } catch {
                await server.close(grace: .seconds(1))
                throw error
            }
            do { try PIDFile.write(settings.pidFile) } catch {
                await server.close(grace: .seconds(1))
                try await engine.shutdown()
                throw error
            }
            server.serve(Router(Routes.all(engine, identity: identity), identity: identity))
            for listener in listeners { logger.info("listening on \(listener.endpoint)") }
            // Nobody's folder is kept busy by a daemon that was started in it.
            if chdir("/") != 0 { logger.warning("cannot leave the folder it was started in") }
            Readiness.tell()
            let tidying = Self.tidying(server, logger)
            let reloading = Reloading(settings: settings, reread: reread, logger: logger)
            await DaemonEnd.wait(endsWithInput: isEphemeral)
            logger.info("ending")
            reloading.cancel()
            tidying.cancel()
            // The work that is left must not be cancelled with the task that waited.
            try await Task.detached { [self] in try await end(engine, server) }.value
        }

        /// Gives memory back when there has been no request for a while, at first after the start: that of what was freed,
        /// and that of the program's text, most of which runs once.
        private static func tidying(_ server: EngineServer, _ logger: Logger) -> Task<Void, any Error> {
            Task {
                var tidied: Int?
                while true {
                    let count = server.requestCount
                    try await Task.sleep(for: .seconds(2))
                    guard server.requestCount == count, tidied != count else { continue }
                    tidied = count
                    let answer = clinux_give_back_memory()
                    if answer < 0 { logger.debug("cannot give back memory: \(String(cString: strerror(-answer)))") }
                }
            }
        }

        /// Takes everything off the host that is not under the root.
        func cleanUp() async throws {
            try DaemonLog.begin(settings.logLevel)
            let lock = try DaemonLock.take(root: configuration.root, hosts: [])
            try await opened().cleanUp()
            withExtendedLifetime(lock) {}
        }

        private func opened() async throws -> Engine {
            do { return try await Engine.open(configuration, logger: Logger(label: "engine")) } catch {
                throw Fault(description: "cannot start on \(configuration.root): \(error.message)")
            }
        }

        private func end(_ engine: Engine, _ server: EngineServer) async throws {
            await server.close(grace: .seconds(10))
            PIDFile.remove(settings.pidFile)
            guard isEphemeral else { return try await engine.shutdown() }
            try await engine.cleanUp()
            try Folder.remove(configuration.root)
        }

        private static func configuration(_ settings: DaemonSettings) throws -> EngineConfiguration {
            let shim = settings.shim ?? "\(Executable.folder)/drydock-shim"
            guard access(shim, X_OK) == 0 else {
                throw Fault(
                    description: "there is no \(shim), which launches containers. Build it with `make build`, "
                        + "put it beside drydock, or name it with --shim")
            }
            let root = settings.root ?? DaemonSettings.defaultRoot
            guard root.hasPrefix("/"), root != "/" else {
                throw Fault(description: "--root takes an absolute path of a folder of its own, not \"\(root)\"")
            }
            var configuration = EngineConfiguration(root: root, shimPath: shim, version: Suite.version)
            if let bridge = settings.bridge { configuration.bridgeName = bridge }
            configuration.subnet = settings.bridgeSubnet
            configuration.ipv6 = settings.ipv6 ?? false
            if let parent = settings.cgroupParent { configuration.cgroupParent = parent }
            if let driver = settings.logDriver { configuration.logDriver = driver }
            configuration.labels = settings.labels ?? []
            configuration.registry.mirrors = settings.registryMirrors ?? []
            configuration.registry.insecureRegistries = settings.insecureRegistries ?? []
            return configuration
        }
    }
#endif
