import Engine
import RawJSON

extension Route {
    /// `POST /containers/{id}/update`
    static func updateContainer(_ engine: Engine) -> Route {
        Route(.POST, "/containers/{id}/update") { call in
            let fields = try JSONFields(body: call) ?? JSONFields(JSONObject())
            var update = ContainerUpdate(resources: try Resources(fields))
            if call.speaks(42) { update.resources.kernelMemory = 0 }
            update.restartPolicy = try fields.fields("RestartPolicy").map(RestartPolicy.init)
            let warnings = try await engine.update(call.name, update)
            return .json(["Warnings": warnings.isEmpty ? nil : .texts(warnings)])
        }
    }
}
