import Engine

extension Route {
    /// `GET /images/json`
    static func listImages(_ engine: Engine) -> Route {
        Route(.GET, "/images/json") { call in
            var options = ImageListOptions()
            options.all = call.query.flag("all")
            options.sharedSize = call.speaks(42) && call.query.flag("shared-size")
            options.filters = try call.filterArguments()
            // Until API 1.40 a name could be given for itself.
            if !call.speaks(41), let name = call.query.text("filter") {
                options.filters.values["reference", default: []].append(name)
            }
            return .json(.list(try await engine.images(options)) { $0.json(call.version) })
        }
    }
}
