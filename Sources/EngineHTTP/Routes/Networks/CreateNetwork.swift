import Engine

extension Route {
    /// `POST /networks/create`; networks of one's own are not supported.
    static func createNetwork(_ engine: Engine) -> Route {
        Route(.POST, "/networks/create") { call in
            let name = try JSONFields(body: call)?.text("Name") ?? ""
            if name.isEmpty { throw BadRequest("invalid network name: name is empty") }
            if ["bridge", "host", "none"].contains(name) {
                throw EngineError(.forbidden, "operation is not permitted on predefined \(name) network")
            }
            throw EngineError(.notImplemented, "making networks is not supported by Drydock's runtime")
        }
    }
}
