import Conformance
import DockerClient

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// docker's own CLI, for `--driver cli`.
enum DockerBinary {
    /// The absolute path of the binary that was named, or of the first one in PATH.
    static func find(_ named: String?, environment: [String: String]) throws -> String {
        if let named {
            guard FileManager.default.isExecutableFile(atPath: named) else {
                throw Fault(description: "--docker \(named) is not an executable file")
            }
            return named.hasPrefix("/") ? named : "\(FileManager.default.currentDirectoryPath)/\(named)"
        }
        let folders = (environment["PATH"] ?? "").split(separator: ":")
        guard let path = folders.map({ "\($0)/docker" }).first(where: FileManager.default.isExecutableFile) else {
            throw Fault(
                description: "--driver cli needs docker's CLI, and there is no docker in PATH. Name one with --docker")
        }
        return path
    }

    /// The variables that lead docker's CLI to the same endpoint.
    static func environment(
        _ options: EndpointOptions, _ resolved: ResolvedEndpoint, _ environment: [String: String]
    ) -> [String: String] {
        var variables = ["DOCKER_HOST": "\(resolved.endpoint)"]
        for name in ["DOCKER_CERT_PATH", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_API_VERSION"] {
            variables[name] = environment[name]
        }
        if options.tlsVerify { variables["DOCKER_TLS_VERIFY"] = "1" }
        if options.tls { variables["DOCKER_TLS"] = "1" }
        return variables
    }
}
