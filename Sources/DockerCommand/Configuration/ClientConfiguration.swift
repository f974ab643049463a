import RawJSON

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// docker's `config.json`: what it says of formats, detach keys and registries.
///
/// The endpoint's part (`currentContext`, `HttpHeaders`) is read where the endpoint is resolved.
struct ClientConfiguration: Sendable {
    /// The folder of `config.json`; `nil` where neither variable nor home names one.
    let directory: String?
    /// The file's object; empty without a file.
    let content: JSONValue
    /// Why the file could not be read, to be told as a warning; docker's CLI goes on without it.
    let warning: String?

    /// Reads `config.json` of `--config`, `DOCKER_CONFIG` or `~/.docker`.
    init(directory option: String?, environment: [String: String]) {
        func set(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        directory = option ?? set("DOCKER_CONFIG") ?? set("HOME").map { $0 + "/.docker" }
        guard let path = directory.map({ $0 + "/config.json" }), let data = FileManager.default.contents(atPath: path),
            !data.isEmpty
        else {
            (content, warning) = ([:], nil)
            return
        }
        do {
            content = try JSONValue.parse(Array(data))
            warning = nil
        } catch {
            (content, warning) = ([:], "WARNING: Error parsing config file (\(path)): \(error.description)")
        }
    }

    /// A string of the file; empty where there is none.
    func text(_ name: String) -> String { content[name]?.string ?? "" }
}

extension CommandContext {
    /// `--format`, or where it is absent and the listing is not `--quiet`, the format that `config.json` names.
    func format(_ field: String) -> String {
        let format = flags.string("format")
        return format.isEmpty && !flags.bool("quiet") ? configuration.text(field) : format
    }

    /// `--detach-keys`, else `detachKeys` of `config.json`; empty where neither says.
    var detachKeys: String {
        let keys = flags.string("detach-keys")
        return keys.isEmpty ? configuration.text("detachKeys") : keys
    }
}
