import BridgeNetwork
import RawJSON

/// What changes in a container's life and outlives the engine; `state.json` in its folder.
struct ContainerRecord: Sendable {
    /// Without the slash that docker shows in front.
    var name = ""
    /// What the host lends it; `docker update` changes it.
    var hostConfiguration = HostConfiguration()
    var state = ContainerState()
    /// How often the restart policy started it since a user did.
    var restartCount = 0
    /// Whether a user stopped it, so that `unless-stopped` leaves it alone.
    var wasStoppedByHand = false
    /// Its place in the network while it runs.
    var lease: StoredLease?
}

/// A lease of the network, written as the network writes it.
struct StoredLease: Sendable, JSONStored {
    let lease: Lease

    init(_ lease: Lease) { self.lease = lease }

    init(json: JSONValue) throws(StoredValueError) {
        do { lease = try Lease(decoding: json) } catch { throw StoredValueError(error.message) }
    }

    var json: JSONValue? { lease.encoded() }
}

extension ContainerRecord: JSONRecord {
    static let fields: [JSONField<ContainerRecord>] = [
        JSONField("Name", \.name),
        JSONField("HostConfig", \.hostConfiguration),
        JSONField("State", \.state),
        JSONField("RestartCount", \.restartCount),
        JSONField("StoppedByHand", \.wasStoppedByHand),
        JSONField("Lease", \.lease),
    ]
}
