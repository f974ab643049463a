import Engine

extension Route {
    /// `PUT /containers/{id}/archive`
    static func putArchive(_ engine: Engine) -> Route {
        Route(.PUT, "/containers/{id}/archive", input: .stream) { call in
            guard let upload = call.upload else { throw BadRequest("an archive must be sent") }
            try await engine.extract(
                call.name, path: try call.archivePath(), keepsKind: call.query.flag("noOverwriteDirNonDir"),
                copiesOwner: call.query.flag("copyUIDGID"), from: upload)
            return Reply(.ok)
        }
    }
}
