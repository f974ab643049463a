import Engine

extension Route {
    /// `POST /volumes/create`
    static func createVolume(_ engine: Engine) -> Route {
        Route(.POST, "/volumes/create") { call in
            var request = VolumeCreation()
            if let fields = try JSONFields(body: call) {
                request.name = try fields.text("Name") ?? ""
                request.driver = try fields.text("Driver") ?? ""
                request.options = try fields.table("DriverOpts")
                request.labels = try fields.table("Labels")
            }
            return .json(try await engine.createVolume(request).json, .created)
        }
    }
}
