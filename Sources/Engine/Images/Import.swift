import ImageStore
import NIOCore
import OCI
import RawJSON

extension Engine {
    /// Makes an image from an archive of a root file system.
    public func importImage(
        _ archive: some AsyncSequence<ByteBuffer, any Error> & Sendable, _ request: ImageImport
    ) async throws(EngineError) -> Digest {
        var execution = ImageConfiguration.Execution()
        for change in request.changes { try ImageChange.apply(change, to: &execution) }
        do {
            let id = try await imageStore.importImage(
                archive, name: request.name, message: request.message.isEmpty ? "Imported from -" : request.message,
                execution: execution, platform: request.platform ?? .host, created: Timestamp.now.description)
            eventBus.publish(
                .image, "import", actor: id.description, attributes: [Event.Attribute("name", id.description)])
            return id
        } catch {
            throw EngineError(error)
        }
    }
}

/// A Dockerfile instruction of `docker import --change`.
enum ImageChange {
    static func apply(_ line: String, to execution: inout ImageConfiguration.Execution) throws(EngineError) {
        let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true).map(String.init)
        guard let instruction = parts.first?.uppercased(), parts.count == 2 else {
            throw EngineError(.invalidArgument, "file with no instructions")
        }
        let value = parts[1].drop { $0 == " " }
        switch instruction {
        case "CMD": execution.command = try command(String(value))
        case "ENTRYPOINT": execution.entrypoint = try command(String(value))
        case "ENV": execution.environment += assignments(String(value)).map { "\($0)=\($1)" }
        case "LABEL": execution.labels += assignments(String(value)).map { Annotation($0, $1) }
        case "USER": execution.user = String(value)
        case "WORKDIR": execution.workingDirectory = Paths.clean("\(execution.workingDirectory)/\(value)")
        case "EXPOSE":
            for port in value.split(separator: " ") {
                execution.exposedPorts.append(try ContainerPort(String(port)).text)
            }
        case "VOLUME": execution.volumes += try words(String(value))
        case "STOPSIGNAL": execution.stopSignal = String(value)
        default: throw EngineError(.invalidArgument, "\(parts[0]) is not a valid change command")
        }
    }

    private static func command(_ text: String) throws(EngineError) -> [String] {
        try list(text) ?? ["/bin/sh", "-c", text]
    }

    private static func words(_ text: String) throws(EngineError) -> [String] {
        try list(text) ?? text.split(separator: " ").map(String.init)
    }

    /// The JSON form; nil where it is not one.
    private static func list(_ text: String) throws(EngineError) -> [String]? {
        guard text.hasPrefix("[") else { return nil }
        guard let values = try? JSONValue.parse(text).array else { return nil }
        return values.compactMap(\.string)
    }

    /// `A=b C="d e"`, or the old form `A b`.
    private static func assignments(_ text: String) -> [(String, String)] {
        guard text.prefix(while: { $0 != " " }).contains("=") else {
            let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
            return [(parts[0], parts.count > 1 ? parts[1] : "")]
        }
        var result: [(String, String)] = []
        var name = ""
        var value = ""
        var quote: Character?
        var isValue = false
        func done() { if !name.isEmpty { result.append((name, value)) } }
        for character in text + " " {
            if let open = quote {
                if character == open { quote = nil } else if isValue { value.append(character) }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == " " {
                done()
                (name, value, isValue) = ("", "", false)
            } else if character == "=", !isValue {
                isValue = true
            } else if isValue {
                value.append(character)
            } else {
                name.append(character)
            }
        }
        return result
    }
}
