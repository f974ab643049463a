import DockerAPI
import NIOSSL

/// An address to listen on, and who may come.
public struct Listener: Sendable {
    /// What protects a TCP port.
    public enum Protection: Sendable {
        /// Nothing but being on loopback.
        case none
        /// Both sides show certificates.
        case mutualTLS(TLSFiles)
    }

    /// The address.
    public let endpoint: EndpointURL
    /// For TCP: what protects it.
    public let protection: Protection
    /// For a Unix socket: the group that may use it; nil for `docker` or `drydock`, whichever there is.
    public let group: String?

    /// A listener by parts.
    public init(_ endpoint: EndpointURL, protection: Protection = .none, group: String? = nil) {
        self.endpoint = endpoint
        self.protection = protection
        self.group = group
    }
}

/// The certificates of a TCP port, as PEM files.
public struct TLSFiles: Sendable, Hashable {
    /// The authorities that clients' certificates are from.
    public var authorities: String
    /// The server's certificate.
    public var certificate: String
    /// Its key.
    public var key: String

    /// Files by their paths.
    public init(authorities: String, certificate: String, key: String) {
        self.authorities = authorities
        self.certificate = certificate
        self.key = key
    }

    /// The configuration, and the host names in the certificate.
    ///
    /// - Throws: `ListenFault`, naming the file.
    func load() throws(ListenFault) -> (NIOSSLContext, names: [String]) {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
            configuration.minimumTLSVersion = .tlsv12
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authorities))
            // The client's name is nobody's host, so only its chain is verified.
            configuration.certificateVerification = .noHostnameVerification
            let names = chain.first.map(Self.names) ?? []
            return (try NIOSSLContext(configuration: configuration), names)
        } catch {
            throw ListenFault(
                "cannot use the certificates --tlscacert \(authorities), --tlscert \(certificate), --tlskey \(key): "
                    + "\(error)")
        }
    }

    private static func names(of certificate: NIOSSLCertificate) -> [String] {
        certificate._subjectAlternativeNames().compactMap { name in
            switch name.nameType {
            case .dnsName: String(decoding: name.contents, as: UTF8.self).lowercased()
            case .ipAddress: IPText.text(Array(name.contents))
            default: nil
            }
        }
    }
}

/// Why an address cannot be listened on.
public struct ListenFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// One sentence that names the address and the way out.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
