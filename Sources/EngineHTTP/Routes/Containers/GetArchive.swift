import Engine
import NIOHTTP1

extension Route {
    /// `GET /containers/{id}/archive`
    static func getArchive(_ engine: Engine) -> Route {
        Route(.GET, "/containers/{id}/archive", abandoning: .cancels) { call in
            let (status, bytes) = try await engine.archive(call.name, path: try call.archivePath())
            return .stream("application/x-tar", headers: status.headers) { writer in
                for try await piece in bytes { try await writer.write(piece) }
            }
        }
    }
}

extension Call {
    /// The `path` of the archive operations.
    func archivePath() throws(BadRequest) -> String {
        guard let path = query.text("path") else { throw BadRequest("bad parameter: path cannot be empty") }
        return path
    }
}
