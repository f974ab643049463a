/// Something that happened to an object of the engine (Engine API 1.51, `SystemEventsResponse`).
public struct Event: Sendable, Hashable {
    /// What kind of object it happened to.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case container, image, network, volume, daemon
    }

    /// One attribute of the object, in the order in which it is told.
    public struct Attribute: Sendable, Hashable {
        /// Its name: `image`, `name`, `exitCode`, or that of a label.
        public let name: String
        /// Its value.
        public let value: String

        /// An attribute by parts.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The kind of object.
    public let kind: Kind
    /// docker's word for what happened: `create`, `die`, `exec_start: sh -c true`, `health_status: healthy`.
    public let action: String
    /// The object's ID, or the name where it has none.
    public let actor: String
    /// What is known of the object.
    public let attributes: [Attribute]
    /// When, nanoseconds since 1970.
    public let time: Int64

    /// An event by parts.
    public init(_ kind: Kind, _ action: String, actor: String, attributes: [Attribute] = [], time: Int64) {
        self.kind = kind
        self.action = action
        self.actor = actor
        self.attributes = attributes
        self.time = time
    }

    /// The value of an attribute.
    public func attribute(_ name: String) -> String? { attributes.first { $0.name == name }?.value }
}
