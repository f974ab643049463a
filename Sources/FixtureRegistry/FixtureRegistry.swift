import FixtureImages
import OCI

/// An OCI distribution server with the fixture images, for one run of the suite.
///
/// Every repository is served below any first path component, the case: `ADDRESS/CASE/nginx:latest`. A case's images
/// carry its labels, so their digests and IDs are its own; the layers are shared. Components between the case and the
/// image are modes: see `Mode`. The server keeps what is pushed in memory.
public final class FixtureRegistry: Sendable {
    /// How a registry is set up.
    public struct Configuration: Sendable {
        /// The images.
        public var catalog: FixtureCatalog
        /// The run's token, which becomes a label of every image.
        public var run: String
        /// The address to listen on.
        public var host: String
        /// The port to listen on; 0 takes a free one.
        public var port: Int

        /// A configuration by parts.
        public init(catalog: FixtureCatalog, run: String, host: String = "127.0.0.1", port: Int = 0) {
            self.catalog = catalog
            self.run = run
            self.host = host
            self.port = port
        }
    }

    /// `127.0.0.1:5123`: where images are had without ceremony.
    public let address: String
    /// The same images behind Basic authentication. Docker learns how to authenticate from `GET /v2/` alone, so a path
    /// cannot ask for it: it takes a port of its own.
    public let basicAddress: String
    /// The same images behind bearer tokens.
    public let bearerAddress: String

    private let responder: Responder
    private let control: Control
    private let servers: [Task<Void, any Error>]

    /// Starts the servers; they run until `shutdown`.
    ///
    /// - Throws: NIO's `IOError` where the address cannot be had.
    public static func start(_ configuration: Configuration) async throws -> FixtureRegistry {
        let state = RegistryState()
        let images = CaseImages(catalog: configuration.catalog, run: configuration.run, state: state)
        let responder = Responder(images: images, state: state)
        var addresses: [String] = []
        var servers: [Task<Void, any Error>] = []
        do {
            for (mode, port) in [(nil, configuration.port), (Mode.authBasic, 0), (Mode.authBearer, 0)] {
                let listener = try await Listener.bind(host: configuration.host, port: port)
                let address = "\(configuration.host):\(listener.channel.localAddress?.port ?? port)"
                addresses.append(address)
                servers.append(
                    Task {
                        try await Listener.run(
                            listener, Connection(responder: responder, listenerMode: mode, address: address))
                    })
            }
        } catch {
            for server in servers { server.cancel() }
            throw error
        }
        return FixtureRegistry(addresses: addresses, responder: responder, servers: servers)
    }

    private init(addresses: [String], responder: Responder, servers: [Task<Void, any Error>]) {
        address = addresses[0]
        basicAddress = addresses[1]
        bearerAddress = addresses[2]
        self.responder = responder
        control = Control(images: responder.images, state: responder.state)
        self.servers = servers
    }

    /// What the case's clients asked for so far, oldest first.
    public func requests(case name: String) -> [LoggedRequest] { responder.state.requests(case: name) }

    /// Makes a fixture's tag stand for other content in one case; variant 1 is the first.
    ///
    /// - Returns: false where there is no such fixture image.
    public func retag(case name: String, image: String, variant: Int) -> Bool {
        control.retag(case: name, image: image, variant: variant)
    }

    /// Drops what is remembered of a finished case.
    public func forget(case name: String) { responder.state.forget(case: name) }

    /// Closes the listeners and every connection, and returns when they are closed.
    public func shutdown() async {
        for server in servers { server.cancel() }
        for server in servers { _ = await server.result }
    }
}
