import NIOSSL

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The certificates kept for one registry in `certs.d/HOST[:PORT]`, as dockerd reads them: every `*.crt` is an authority,
/// `NAME.cert` with `NAME.key` is who this client says it is.
enum HostCertificates {
    /// The TLS configuration for a host; `nil` where the folder holds nothing for it.
    ///
    /// - Throws: `refused` for a file that cannot be read, or a certificate without its key.
    static func configuration(
        folder: String, authority: String, isInsecure: Bool
    ) throws(RegistryError) -> TLSConfiguration? {
        // A registry's name has neither; whatever has leads elsewhere.
        guard !folder.isEmpty, !authority.contains("/"), authority != "..", authority != "." else { return nil }
        let directory = "\(folder)/\(authority)"
        let manager = FileManager.default
        guard manager.fileExists(atPath: directory) else { return nil }
        let names: [String]
        do { names = try manager.contentsOfDirectory(atPath: directory).sorted() } catch {
            throw RegistryError(.refused, "the certificates of \(directory) cannot be read: \(error)")
        }
        var tls = TLSConfiguration.makeClientConfiguration()
        if isInsecure { tls.certificateVerification = .none }
        var isEmpty = true
        do {
            for name in names where name.hasSuffix(".crt") {
                let certificates = try NIOSSLCertificate.fromPEMFile("\(directory)/\(name)")
                tls.additionalTrustRoots.append(.certificates(certificates))
                isEmpty = false
            }
            for name in names where name.hasSuffix(".cert") {
                let key = name.dropLast(5) + ".key"
                guard names.contains(String(key)) else {
                    throw RegistryError(
                        .refused,
                        "missing key \(key) for client certificate \(name) in \(directory); "
                            + "CA certificates must use the extension .crt")
                }
                tls.certificateChain = try NIOSSLCertificate.fromPEMFile("\(directory)/\(name)").map {
                    .certificate($0)
                }
                tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: "\(directory)/\(key)", format: .pem))
                isEmpty = false
            }
        } catch let error as RegistryError {
            throw error
        } catch {
            throw RegistryError(.refused, "the certificates of \(directory) cannot be read: \(error)")
        }
        for name in names where name.hasSuffix(".key") && !names.contains(name.dropLast(4) + ".cert") {
            throw RegistryError(
                .refused, "missing client certificate \(name.dropLast(4)).cert for key \(name) in \(directory)")
        }
        return isEmpty ? nil : tls
    }
}
