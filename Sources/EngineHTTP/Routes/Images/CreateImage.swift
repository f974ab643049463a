import Engine
import NIOCore

extension Route {
    /// `POST /images/create`: a pull, or with `fromSrc` an import.
    static func createImage(_ engine: Engine) -> Route {
        Route(.POST, "/images/create", input: .stream, abandoning: .cancels) { call in
            if let name = call.query.text("fromImage") { return try pull(engine, call, name) }
            return try importing(engine, call)
        }
    }

    private static func pull(_ engine: Engine, _ call: Call, _ name: String) throws -> Reply {
        let reference = withTag(name, call.query["tag"] ?? "")
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
        request.name = call.query.text("repo").map { withTag($0, call.query["tag"] ?? "") }
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
    static func withTag(_ name: String, _ tag: String) -> String {
        tag.isEmpty ? name : tag.contains(":") ? "\(name)@\(tag)" : "\(name):\(tag)"
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
