import Engine
import RawJSON

extension Volume {
    /// docker's `Volume`.
    var json: JSONValue {
        var members = JSONMembers()
        // Whole seconds, as docker tells them.
        members.add("CreatedAt", .moment(.init(nanosecondsSince1970: created.seconds * 1_000_000_000)))
        members.add("Driver", driver)
        members.add("Labels", .table(labels))
        members.add("Mountpoint", mountpoint)
        members.add("Name", name)
        members.add("Options", .table(options))
        members.add("Scope", "local")
        if let usage {
            members.add("UsageData", ["RefCount": .integer(usage.references), "Size": .integer(usage.size)])
        }
        return members.value
    }
}
