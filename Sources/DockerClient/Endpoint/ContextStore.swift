import Crypto
import DockerAPI
import RawJSON

/// Docker's contexts on disk: `contexts/meta/ID/meta.json` and `contexts/tls/ID/docker/{ca,cert,key}.pem`, where ID is
/// the SHA-256 of the context's name.
struct ContextStore {
    let directory: String
    let read: (_ path: String) throws(EndpointResolverError) -> [UInt8]?

    func endpoint(
        of name: String, origin: ResolvedEndpoint.Origin
    ) throws(EndpointResolverError) -> ResolvedEndpoint {
        let id = Self.identifier(of: name)
        let path = "\(directory)/contexts/meta/\(id)/meta.json"
        guard let bytes = try read(path) else { throw .unknownContext(name, origin: origin, path: path) }
        let document: JSONValue
        do {
            document = try JSONValue.parse(bytes)
        } catch {
            throw .malformedFile(path: path, reason: error.description)
        }
        guard let docker = document["Endpoints"]?["docker"], docker.object != nil else {
            throw .malformedFile(path: path, reason: "the context \"\(name)\" has no docker endpoint")
        }
        let endpoint: EndpointURL
        do {
            let host = docker["Host"]?.string ?? ""
            endpoint = host.isEmpty ? .dockerDefault : try EndpointURL(parsing: host)
        } catch {
            throw .host(error, origin: origin)
        }
        let tls = try self.tls(id, skipsVerification: docker["SkipTLSVerify"]?.bool ?? false)
        return ResolvedEndpoint(endpoint: endpoint, tls: tls, apiVersion: nil, httpHeaders: [], origin: origin)
    }

    private func tls(_ id: String, skipsVerification: Bool) throws(EndpointResolverError) -> EndpointTLS? {
        let folder = "\(directory)/contexts/tls/\(id)/docker"
        let tls = EndpointTLS(
            authorities: try read("\(folder)/ca.pem"), certificate: try read("\(folder)/cert.pem"),
            key: try read("\(folder)/key.pem"), skipsVerification: skipsVerification)
        let hasMaterial = tls.authorities != nil || tls.certificate != nil || tls.key != nil
        return hasMaterial || skipsVerification ? tls : nil
    }

    static func identifier(of name: String) -> String {
        SHA256.hash(data: Array(name.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
