import DockerAPI
import NIOSSL

/// What TLS needs on this side: whom to trust, and who we are. All in PEM.
public struct EndpointTLS: Sendable, Hashable {
    /// Certificates of the authorities to trust; `nil` trusts the system's.
    public var authorities: [UInt8]?
    /// The client's certificate and those that signed it.
    public var certificate: [UInt8]?
    /// The client's private key.
    public var key: [UInt8]?
    /// Whether any server certificate will do (`docker --tls` without `--tlsverify`).
    public var skipsVerification: Bool

    /// TLS from its parts.
    public init(
        authorities: [UInt8]? = nil, certificate: [UInt8]? = nil, key: [UInt8]? = nil, skipsVerification: Bool = false
    ) {
        self.authorities = authorities
        self.certificate = certificate
        self.key = key
        self.skipsVerification = skipsVerification
    }

    func context(for endpoint: EndpointURL) throws(DockerClientError) -> NIOSSLContext {
        guard (certificate == nil) == (key == nil) else {
            throw .tls(endpoint, .material("a certificate and its key belong together, and one of them is missing"))
        }
        do {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            // Nothing is to come after we close. Where half-closure is allowed NIOSSL does not see the peer's close_notify
            // then, so each connection would last as long as this.
            configuration.shutdownTimeout = .milliseconds(10)
            if skipsVerification { configuration.certificateVerification = .none }
            if let authorities {
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authorities))
            }
            if let certificate, let key {
                configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(certificate).map {
                    .certificate($0)
                }
                configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem))
            }
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .tls(endpoint, .material(String(describing: error)))
        }
    }
}
