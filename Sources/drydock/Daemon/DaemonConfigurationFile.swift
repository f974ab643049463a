#if os(Linux)
    import Yams

    #if canImport(FoundationEssentials)
        import FoundationEssentials
    #else
        import Foundation
    #endif

    /// The daemon's YAML file: the names of its flags without the dashes before them.
    enum DaemonConfigurationFile {
        /// Read where it exists and no other is named.
        static let defaultPath = "/etc/drydock/daemon.yaml"
        private static let maximumBytes = 1 << 20

        /// The settings of a file.
        ///
        /// - Parameter path: nil for the usual one, which need not exist.
        static func read(_ path: String?) throws -> DaemonSettings {
            guard let path = path ?? existingDefault else { return DaemonSettings() }
            guard let bytes = FileManager.default.contents(atPath: path), bytes.count <= maximumBytes else {
                throw Fault(description: "cannot read the configuration file \(path), or it is larger than 1 MiB")
            }
            do { return try parse(String(decoding: bytes, as: UTF8.self)) } catch {
                throw Fault(description: "\(path): \(error)")
            }
        }

        private static var existingDefault: String? {
            FileManager.default.fileExists(atPath: defaultPath) ? defaultPath : nil
        }

        /// The settings of a text.
        static func parse(_ text: String) throws -> DaemonSettings {
            var settings = DaemonSettings()
            guard let document = try Yams.compose(yaml: text) else { return settings }
            guard let mapping = document.mapping else {
                throw Fault(description: "a mapping of settings is expected, such as `log-level: debug`")
            }
            let fields = Dictionary(uniqueKeysWithValues: DaemonSettings.fields.map { ($0.name, $0) })
            for (key, value) in mapping {
                let name = key.string ?? ""
                guard let field = fields[name] else {
                    throw Fault(
                        description:
                            "unknown setting \"\(name)\"; there are \(fields.keys.sorted().joined(separator: ", "))")
                }
                switch field.kind {
                case .text(let path):
                    guard let text = value.string else { throw Fault(description: "\(name) takes a text") }
                    settings[keyPath: path] = text
                case .list(let path):
                    let list = value.array(of: String.self)
                    settings[keyPath: path] = list.isEmpty ? value.string.map { [$0] } ?? [] : list
                case .flag(let path):
                    guard let flag = value.bool else { throw Fault(description: "\(name) takes true or false") }
                    settings[keyPath: path] = flag
                }
            }
            return settings
        }
    }
#endif
