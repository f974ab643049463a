/// Which events a subscriber wants (Engine API 1.51, `GET /events`, `filters`): one value of each key must fit.
public struct EventFilter: Sendable, Hashable {
    /// The keys that are known.
    public static let keys: Set<String> = [
        "config", "container", "daemon", "event", "image", "label", "network", "node", "plugin", "scope", "secret",
        "service", "type", "volume",
    ]

    private let values: [String: [String]]

    /// A filter by keys and values; keys that are not in `keys` are the caller's to refuse.
    public init(_ values: [String: [String]] = [:]) { self.values = values.filter { !$0.value.isEmpty } }

    /// Whether the event is wanted.
    public func matches(_ event: Event) -> Bool {
        matchesAction(event) && exact("type", event.kind.rawValue) && exact("scope", "local") && matchesDaemon(event)
            && named("container", event) && named("volume", event) && named("network", event) && matchesImage(event)
            && matchesLabels(event)
            && ["plugin", "node", "service", "secret", "config"].allSatisfy { values[$0] == nil }
    }

    private func exact(_ key: String, _ value: String?) -> Bool {
        guard let wanted = values[key] else { return true }
        return value.map(wanted.contains) ?? false
    }

    private func prefixed(_ key: String, _ value: String?) -> Bool {
        guard let wanted = values[key] else { return true }
        guard let value else { return false }
        return wanted.contains { value.hasPrefix($0) }
    }

    /// Actions are matched whole, except that `exec_start` and its like stand for all that follow their colon.
    private func matchesAction(_ event: Event) -> Bool {
        guard let wanted = values["event"] else { return true }
        let families: Set<String> = ["health_status", "exec_create", "exec_start"]
        return wanted.contains { families.contains($0) }
            ? prefixed("event", event.action) : wanted.contains(event.action)
    }

    private func matchesDaemon(_ event: Event) -> Bool {
        guard values["daemon"] != nil else { return true }
        return event.kind == .daemon && (exact("daemon", event.actor) || exact("daemon", event.attribute("name")))
    }

    /// The start of an ID or of a name is enough. As in dockerd, a `container` filter also lets through events of
    /// other objects whose own ID or name starts so.
    private func named(_ key: String, _ event: Event) -> Bool {
        guard values[key] != nil else { return true }
        return prefixed(key, event.actor) || prefixed(key, event.attribute("name"))
    }

    private func matchesImage(_ event: Event) -> Bool {
        guard values["image"] != nil else { return true }
        let name = event.attribute(event.kind == .image ? "name" : "image")
        return exact("image", event.actor) || exact("image", name) || exact("image", Self.withoutTag(event.actor))
            || exact("image", name.map(Self.withoutTag))
    }

    /// `KEY` asks for the label, `KEY=VALUE` for its value; every wanted label must be there.
    private func matchesLabels(_ event: Event) -> Bool {
        guard let wanted = values["label"] else { return true }
        return wanted.allSatisfy { label in
            let parts = label.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let value = event.attribute(String(parts[0])) else { return false }
            return parts.count == 1 || value == parts[1]
        }
    }

    private static func withoutTag(_ name: String) -> String {
        guard let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") else { return name }
        return String(name[..<colon])
    }
}
