import Engine
import RawJSON

extension Route {
    /// `GET /system/df`
    static func diskUsage(_ engine: Engine) -> Route {
        Route(.GET, "/system/df", abandoning: .cancels) { call in
            var objects: Set<DiskUsageObject>?
            // Before API 1.42 all is told.
            let kinds = call.speaks(42) ? call.query.all("type") : []
            if !kinds.isEmpty {
                objects = try Set(
                    kinds.map { kind in
                        guard let object = DiskUsageObject(rawValue: kind) else {
                            throw BadRequest("unknown object type: \(kind)")
                        }
                        return object
                    })
            }
            let wants = { (object: DiskUsageObject) in objects?.contains(object) ?? true }
            let usage = try await engine.diskUsage(objects)
            var members = JSONMembers()
            members.add("LayersSize", wants(.image) ? usage.layersSize : 0)
            members.add("Images", wants(.image) ? .list(usage.images) { $0.json(call.version) } : .null)
            members.add("Containers", wants(.container) ? .list(usage.containers) { $0.json(call.version) } : .null)
            members.add("Volumes", wants(.volume) ? .list(usage.volumes, \.json) : .null)
            members.add("BuildCache", wants(.buildCache) ? [] : .null)
            if !call.speaks(42) { members.add("BuilderSize", 0) }
            return .json(members.value)
        }
    }
}
