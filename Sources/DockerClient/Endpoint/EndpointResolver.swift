import DockerAPI
import RawJSON

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Finds the daemon as docker's CLI 28 finds it: `--context`, `--host`, `DOCKER_HOST`, `DOCKER_CONTEXT`, the
/// `currentContext` of `config.json`, then `unix:///var/run/docker.sock`.
///
/// A function of its inputs: environment and files are read through what it is given.
public struct EndpointResolver: Sendable {
    /// Reads a file whole; answers `nil` where there is none.
    public typealias FileReader = @Sendable (_ path: String) throws -> [UInt8]?

    /// What was given on the command line.
    public struct Options: Sendable {
        /// `--host`.
        public var host: String?
        /// `--context`.
        public var context: String?
        /// `--config`: the folder of `config.json` and of the contexts.
        public var configurationDirectory: String?
        /// `--tls`; `nil` where not given.
        public var tls: Bool?
        /// `--tlsverify`; `nil` where not given. Given at all, it turns TLS on.
        public var tlsVerify: Bool?
        /// `--tlscacert`.
        public var authoritiesPath: String?
        /// `--tlscert`.
        public var certificatePath: String?
        /// `--tlskey`.
        public var keyPath: String?

        /// Options by parts.
        public init(
            host: String? = nil, context: String? = nil, tls: Bool? = nil, tlsVerify: Bool? = nil,
            authoritiesPath: String? = nil, certificatePath: String? = nil, keyPath: String? = nil,
            configurationDirectory: String? = nil
        ) {
            self.host = host
            self.context = context
            self.tls = tls
            self.tlsVerify = tlsVerify
            self.authoritiesPath = authoritiesPath
            self.certificatePath = certificatePath
            self.keyPath = keyPath
            self.configurationDirectory = configurationDirectory
        }
    }

    static let defaultContext = "default"

    let options: Options
    let environment: [String: String]
    let readFile: FileReader

    /// A resolver over this environment and these files.
    public init(options: Options = .init(), environment: [String: String], readFile: @escaping FileReader) {
        self.options = options
        self.environment = environment
        self.readFile = readFile
    }

    /// A resolver over the environment and files of this process.
    public init(options: Options = .init()) {
        self.init(options: options, environment: ProcessInfo.processInfo.environment) { path in
            do {
                return Array(try Data(contentsOf: URL(filePath: path)))
            } catch let error as CocoaError where error.code == .fileReadNoSuchFile || error.code == .fileNoSuchFile {
                return nil
            }
        }
    }

    /// Finds the endpoint.
    ///
    /// - Throws: `EndpointResolverError`, which names the option, variable or file at fault.
    public func resolve() throws(EndpointResolverError) -> ResolvedEndpoint {
        let configuration = try configurationFile()
        let (context, origin) = try chooseContext(configuration)
        var resolved =
            context == Self.defaultContext
            ? try fromHost(origin: origin)
            : try ContextStore(directory: configurationDirectory, read: read).endpoint(of: context, origin: origin)
        resolved.apiVersion = try apiVersion()
        resolved.httpHeaders = (configuration["HttpHeaders"]?.object?.members ?? []).compactMap { member in
            member.value.string.map { (member.name, $0) }
        }
        return resolved
    }

    private func chooseContext(
        _ configuration: JSONValue
    ) throws(EndpointResolverError) -> (name: String, origin: ResolvedEndpoint.Origin) {
        if let context = nonEmpty(options.context) {
            guard options.host == nil else { throw .hostAndContext }
            return (context, .contextOption(context))
        }
        if options.host != nil { return (Self.defaultContext, .hostOption) }
        if variable("DOCKER_HOST") != nil { return (Self.defaultContext, .hostVariable) }
        if let context = variable("DOCKER_CONTEXT") { return (context, .contextVariable(context)) }
        if let context = nonEmpty(configuration["currentContext"]?.string) {
            return (context, .currentContext(context))
        }
        return (Self.defaultContext, .unspecified)
    }

    private func fromHost(origin: ResolvedEndpoint.Origin) throws(EndpointResolverError) -> ResolvedEndpoint {
        let usesTLS =
            options.tlsVerify != nil || (options.tls ?? (variable("DOCKER_TLS") != nil))
            || variable("DOCKER_TLS_VERIFY") != nil
        // An empty --host is docker's default, whatever DOCKER_HOST says.
        let text = options.host.map { nonEmpty($0) } ?? variable("DOCKER_HOST")
        let endpoint: EndpointURL
        if let text {
            do { endpoint = try EndpointURL(parsing: text) } catch { throw .host(error, origin: origin) }
        } else {
            endpoint = usesTLS ? .dockerTLSDefault : .dockerDefault
        }
        // Over a Unix socket docker's CLI ignores TLS, but still fails where its files are missing.
        let tls = usesTLS ? try hostTLS() : nil
        return ResolvedEndpoint(endpoint: endpoint, tls: tls, apiVersion: nil, httpHeaders: [], origin: origin)
    }

    private func hostTLS() throws(EndpointResolverError) -> EndpointTLS {
        let directory = variable("DOCKER_CERT_PATH") ?? configurationDirectory
        let verify = options.tlsVerify ?? (variable("DOCKER_TLS_VERIFY") != nil)
        return EndpointTLS(
            authorities: try required(options.authoritiesPath ?? "\(directory)/ca.pem"),
            certificate: try optional(options.certificatePath, default: "\(directory)/cert.pem"),
            key: try optional(options.keyPath, default: "\(directory)/key.pem"),
            skipsVerification: !verify)
    }

    private func required(_ path: String) throws(EndpointResolverError) -> [UInt8] {
        guard let bytes = try read(path) else { throw .unreadableFile(path: path, reason: "no such file") }
        return bytes
    }

    /// A file that may be missing unless it was named.
    private func optional(_ named: String?, default path: String) throws(EndpointResolverError) -> [UInt8]? {
        if let named { return try required(named) }
        return try read(path)
    }

    private func apiVersion() throws(EndpointResolverError) -> APIVersion? {
        guard let text = variable("DOCKER_API_VERSION") else { return nil }
        guard let version = APIVersion(text.hasPrefix("v") ? String(text.dropFirst()) : text) else {
            throw .apiVersion(text)
        }
        return version
    }

    private func configurationFile() throws(EndpointResolverError) -> JSONValue {
        let path = "\(configurationDirectory)/config.json"
        guard let bytes = try read(path), !bytes.isEmpty else { return [:] }
        do {
            return try JSONValue.parse(bytes)
        } catch {
            throw .malformedFile(path: path, reason: error.description)
        }
    }

    private var configurationDirectory: String {
        nonEmpty(options.configurationDirectory) ?? variable("DOCKER_CONFIG") ?? "\(variable("HOME") ?? "")/.docker"
    }

    private func read(_ path: String) throws(EndpointResolverError) -> [UInt8]? {
        do { return try readFile(path) } catch { throw .unreadableFile(path: path, reason: String(describing: error)) }
    }

    /// A variable that is set to something: docker's CLI takes an empty one as unset.
    private func variable(_ name: String) -> String? { nonEmpty(environment[name]) }

    private func nonEmpty(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
}

extension EndpointURL {
    /// The port docker's CLI uses when TLS is asked for and no host is.
    static let dockerTLSDefault = EndpointURL(transport: .tcp(host: "localhost", port: 2376))
}
