import Engine
import OCI

extension Route {
    /// `POST /images/create`: a pull, or with `fromSrc` an import.
    static func createImage(_ engine: Engine) -> Route {
        Route(.POST, "/images/create", input: .stream, abandoning: .cancels) { call in
            if let name = call.query.text("fromImage") { return try pull(engine, call, name) }
            return try importing(engine, call)
        }
    }

    private static func pull(_ engine: Engine, _ call: Call, _ name: String) throws -> Reply {
        let reference = try withTag(name, call.query["tag"] ?? "")
        let events = engine.pull(
            reference, platform: call.speaks(32) ? try call.platform() : nil, credentials: call.credentials())
        return .progress { tell in
            for try await event in events { if let line = event.line { try await tell(line) } }
        }
    }

    private static func importing(_ engine: Engine, _ call: Call) throws -> Reply {
        let source = call.query["fromSrc"] ?? ""
        guard source == "-" else {
            guard source.isEmpty else {
                throw EngineError(.notImplemented, "importing from a URL is not supported: send the archive, fromSrc=-")
            }
            throw BadRequest("fromImage or fromSrc must be given")
        }
        guard let upload = call.upload else { throw BadRequest("an archive must be sent") }
        var request = ImageImport()
        if let name = call.query.text("repo") { request.name = try withTag(name, call.query["tag"] ?? "") }
        request.message = call.query["message"] ?? ""
        request.changes = call.query.all("changes")
        request.platform = call.speaks(32) ? try call.platform() : nil
        let wanted = request
        return .progress { tell in
            let id = try await engine.importImage(upload, wanted)
            try await tell(ProgressLine.status(id.description))
        }
    }

    /// `nginx` and `1.27` make `nginx:1.27`, `nginx` and `sha256:…` make `nginx@sha256:…`.
    ///
    /// - Throws: `BadRequest`: `invalid tag format`.
    static func withTag(_ name: String, _ tag: String) throws(BadRequest) -> String {
        guard !tag.isEmpty else { return name }
        if (try? Digest(parsing: tag)) != nil { return "\(name)@\(tag)" }
        let isWord: (UInt8) -> Bool = { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
        }
        guard tag.utf8.count <= 128, let first = tag.utf8.first, isWord(first),
            tag.utf8.allSatisfy({ isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") })
        else { throw BadRequest("invalid tag format") }
        return "\(name):\(tag)"
    }
}

extension Reply {
    /// A stream of progress lines; what fails before the first line is an error by its status, later one the last line.
    static func progress(
        _ work: @escaping @Sendable (_ tell: @escaping @Sendable (String) async throws -> Void) async throws -> Void
    ) -> Reply {
        .lateStream("application/json") { writer in
            do {
                try await work { line in try await writer.write(line) }
            } catch let error as EngineError {
                guard await writer.hasBegun else { throw error }
                try await writer.write(ProgressLine.failure(error.message))
            }
        }
    }
}
