import DockerAPI
import Logging
import NIOHTTP1
import OCI

/// Pulls from OCI and Docker registries (OCI distribution-spec 1.1; Docker Registry HTTP API V2).
///
/// ```swift
/// let client = RegistryClient()
/// let repository = client.repository(of: try ImageReference(parsing: "nginx:latest"), credentials: nil)
/// let image = try await repository.resolve(platform: nil)
/// for layer in image.manifest.layers {
///     try await repository.blob(layer) { piece in … }
/// }
/// ```
public final class RegistryClient: Sendable {
    let transport: Transport
    let configuration: RegistryConfiguration
    let logger: Logger

    /// A client; `shutdown` must be called before it goes.
    public init(
        configuration: RegistryConfiguration = RegistryConfiguration(), logger: Logger = Logger(label: "registry")
    ) {
        self.configuration = configuration
        self.logger = logger
        transport = Transport(configuration: configuration, logger: logger)
    }

    /// Closes all connections.
    public func shutdown() async throws { try await transport.shutdown() }

    /// The repository of a reference, to be asked with these credentials; one per pull, since it remembers tokens and
    /// which mirror answered.
    public func repository(of reference: ImageReference, credentials: RegistryCredentials?) -> RemoteRepository {
        RemoteRepository(reference: reference.withDefaultTag, credentials: credentials, client: self)
    }

    /// Tries credentials, as `POST /auth` does.
    ///
    /// - Parameter server: `https://index.docker.io/v1/`, `127.0.0.1:5000`; empty is Docker Hub.
    /// - Returns: a refresh token to be kept instead of the password, where the registry gives one, else "".
    public func logIn(to server: String, credentials: RegistryCredentials) async throws(RegistryError) -> String {
        var domain = server
        for scheme in ["https://", "http://"] where domain.hasPrefix(scheme) { domain.removeFirst(scheme.count) }
        domain = String(domain.prefix { $0 != "/" })
        if domain.isEmpty || domain == "index.docker.io" { domain = ImageReference.defaultDomain }
        var last = RegistryError(.refused, "\"\(server)\" is no registry")
        for endpoint in RegistryEndpoint.candidates(for: domain, configuration: configuration) where !endpoint.isMirror
        {
            let authorizer = Authorizer(
                transport: transport, configuration: configuration, credentials: credentials, scope: nil)
            let caller = RegistryCaller(
                endpoint: endpoint, authorizer: authorizer, transport: transport, configuration: configuration)
            do {
                _ = try await caller.document(path: "", limit: 1 << 20)
                return await authorizer.identityToken ?? ""
            } catch {
                last = error
                guard error.code == .unreachable else { break }
            }
        }
        throw last
    }
}

/// What a reference led to.
public struct ResolvedImage: Sendable, Hashable {
    /// What the tag or digest names: the manifest, or the index that it was chosen from.
    public let target: Document
    /// The manifest for the platform.
    public let manifestDocument: Document
    /// The same, parsed.
    public let manifest: ImageManifest

    /// The digest that docker prints and keeps as `RepoDigests`.
    public var digest: Digest { target.digest }
}

/// What `GET /distribution/{name}/json` tells.
public struct RemoteDescription: Sendable, Hashable {
    /// The manifest or index.
    public let descriptor: Descriptor
    /// The platforms it serves.
    public let platforms: [Platform]
}
