import Engine
import OCI
import RawJSON

extension Event {
    /// docker's `EventMessage`, with the fields that go at API 1.52.
    var json: JSONValue {
        var members = JSONMembers()
        if kind == .container || kind == .image {
            members.add("status", action)
            members.add("id", actor)
            if kind == .container, let image = attribute("image") { members.add("from", image) }
        }
        members.add("Type", kind.rawValue)
        members.add("Action", action)
        members.add(
            "Actor",
            [
                "ID": .string(actor),
                "Attributes": .table(Dictionary(attributes.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })),
            ])
        members.add("scope", "local")
        members.add("time", Timestamp(nanosecondsSince1970: time).seconds)
        members.add("timeNano", time)
        return members.value
    }
}
