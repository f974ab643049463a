#if os(Linux)
    /// What a daemon is started with: flags before variables before the configuration file before the defaults.
    struct DaemonSettings: Equatable {
        static let defaultHost = "unix:///run/drydock/drydock.sock"
        static let defaultRoot = "/var/lib/drydock"

        var hosts: [String]?
        var root: String?
        var pidFile: String?
        var group: String?
        var insecureTCP: Bool?
        var tlsVerify: Bool?
        var tlsAuthorities: String?
        var tlsCertificate: String?
        var tlsKey: String?
        var registryMirrors: [String]?
        var insecureRegistries: [String]?
        var bridge: String?
        var bridgeSubnet: String?
        var ipv6: Bool?
        var cgroupParent: String?
        var logDriver: String?
        var labels: [String]?
        var logLevel: String?
        var shim: String?

        /// One setting: its name on the command line and in the file, and in the environment (`DRYDOCK_LOG_LEVEL`).
        struct Field: Sendable {
            enum Kind: Sendable {
                case text(any WritableKeyPath<DaemonSettings, String?> & Sendable)
                case list(any WritableKeyPath<DaemonSettings, [String]?> & Sendable)
                case flag(any WritableKeyPath<DaemonSettings, Bool?> & Sendable)
            }

            let name: String
            let kind: Kind

            var variable: String { "DRYDOCK_" + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined() }
        }

        static let fields = [
            Field(name: "host", kind: .list(\.hosts)), Field(name: "root", kind: .text(\.root)),
            Field(name: "pidfile", kind: .text(\.pidFile)), Field(name: "group", kind: .text(\.group)),
            Field(name: "insecure-tcp", kind: .flag(\.insecureTCP)),
            Field(name: "tlsverify", kind: .flag(\.tlsVerify)),
            Field(name: "tlscacert", kind: .text(\.tlsAuthorities)),
            Field(name: "tlscert", kind: .text(\.tlsCertificate)), Field(name: "tlskey", kind: .text(\.tlsKey)),
            Field(name: "registry-mirror", kind: .list(\.registryMirrors)),
            Field(name: "insecure-registry", kind: .list(\.insecureRegistries)),
            Field(name: "bridge", kind: .text(\.bridge)),
            Field(name: "bridge-subnet", kind: .text(\.bridgeSubnet)), Field(name: "ipv6", kind: .flag(\.ipv6)),
            Field(name: "cgroup-parent", kind: .text(\.cgroupParent)),
            Field(name: "log-driver", kind: .text(\.logDriver)), Field(name: "label", kind: .list(\.labels)),
            Field(name: "log-level", kind: .text(\.logLevel)), Field(name: "shim", kind: .text(\.shim)),
        ]

        /// These settings, and where one is absent the other's.
        func over(_ other: DaemonSettings) -> DaemonSettings {
            var result = self
            for field in Self.fields {
                switch field.kind {
                case .text(let path): result[keyPath: path] = self[keyPath: path] ?? other[keyPath: path]
                case .list(let path): result[keyPath: path] = self[keyPath: path] ?? other[keyPath: path]
                case .flag(let path): result[keyPath: path] = self[keyPath: path] ?? other[keyPath: path]
                }
            }
            return result
        }

        /// The settings of the environment; lists are parted by commas.
        static func environment(_ variables: [String: String]) throws -> DaemonSettings {
            var settings = DaemonSettings()
            for field in fields {
                guard let text = variables[field.variable], !text.isEmpty else { continue }
                switch field.kind {
                case .text(let path): settings[keyPath: path] = text
                case .list(let path): settings[keyPath: path] = text.split(separator: ",").map(String.init)
                case .flag(let path):
                    guard
                        let flag = ["1": true, "true": true, "yes": true, "0": false, "false": false, "no": false][
                            text.lowercased()]
                    else { throw Fault(description: "\(field.variable) takes 1 or 0, not \"\(text)\"") }
                    settings[keyPath: path] = flag
                }
            }
            return settings
        }

        /// The names of settings that differ and only take effect at the next start.
        func restartNeeded(by other: DaemonSettings) -> [String] {
            Self.fields.filter { $0.name != "log-level" }.filter { field in
                switch field.kind {
                case .text(let path): self[keyPath: path] != other[keyPath: path]
                case .list(let path): self[keyPath: path] != other[keyPath: path]
                case .flag(let path): self[keyPath: path] != other[keyPath: path]
                }
            }.map(\.name)
        }
    }
#endif
