#if os(Linux)
    import DockerAPI
    import EngineHTTP

    /// The addresses of the settings, each with what protects it.
    enum DaemonListeners {
        /// - Throws: `Fault` where an address is none, or would be open to everybody.
        static func make(_ settings: DaemonSettings) throws -> [Listener] {
            try (settings.hosts ?? [DaemonSettings.defaultHost]).map { text in
                let endpoint: EndpointURL
                do { endpoint = try EndpointURL(parsing: text) } catch { throw Fault(description: "--host \(error)") }
                switch endpoint.transport {
                case .unix(let path):
                    guard path.hasPrefix("/") else {
                        throw Fault(description: "--host \(text): the path of the socket must begin with /")
                    }
                    return Listener(endpoint, group: settings.group)
                case .tcp: return Listener(endpoint, protection: try protection(settings, text))
                }
            }
        }

        private static func protection(_ settings: DaemonSettings, _ host: String) throws -> Listener.Protection {
            if settings.tlsVerify == true {
                guard let authorities = settings.tlsAuthorities, let certificate = settings.tlsCertificate,
                    let key = settings.tlsKey
                else { throw Fault(description: "--tlsverify needs --tlscacert, --tlscert and --tlskey") }
                return .mutualTLS(TLSFiles(authorities: authorities, certificate: certificate, key: key))
            }
            guard settings.insecureTCP == true else {
                throw Fault(
                    description:
                        "--host \(host) would make everybody who reaches it root: protect it with --tlsverify, "
                        + "--tlscacert, --tlscert and --tlskey, or on loopback say --insecure-tcp")
            }
            return .none
        }
    }
#endif
