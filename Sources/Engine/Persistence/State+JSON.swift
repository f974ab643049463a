import OCI
import RawJSON

extension ContainerState: JSONRecord {
    static let fields: [JSONField<ContainerState>] = [
        JSONField("Status", \.status),
        JSONField("OOMKilled", \.isOOMKilled),
        JSONField("Pid", \.pid),
        JSONField("ExitCode", \.exitCode),
        JSONField("Error", \.error),
        JSONField("StartedAt", \.startedAt),
        JSONField("FinishedAt", \.finishedAt),
        JSONField("Health", \.health),
    ]
}

extension Health: JSONRecord {
    static let fields: [JSONField<Health>] = [
        JSONField("Status", \.status),
        JSONField("FailingStreak", \.failingStreak),
        JSONField("Log", \.log),
    ]
}

extension Health.Result: JSONRecord {
    init() {
        let never = Timestamp(nanosecondsSince1970: 0)
        self.init(start: never, end: never, exitCode: 0, output: "")
    }

    static let fields: [JSONField<Health.Result>] = [
        JSONField("Start", \.start),
        JSONField("End", \.end),
        JSONField("ExitCode", \.exitCode),
        JSONField("Output", \.output),
    ]
}

extension EndpointSettings: JSONRecord {
    static let fields: [JSONField<EndpointSettings>] = [
        JSONField("RequestedIPv4", \.requestedIPv4),
        JSONField("RequestedIPv6", \.requestedIPv6),
        JSONField("HasRequestedAddresses", \.hasRequestedAddresses),
        JSONField("Links", \.links),
        JSONField("Aliases", \.aliases),
        JSONField("DriverOpts", \.driverOptions),
        JSONField("GwPriority", \.gatewayPriority),
        JSONField("NetworkID", \.networkID),
        JSONField("EndpointID", \.endpointID),
        JSONField("MacAddress", \.macAddress),
        JSONField("IPAddress", \.ipAddress),
        JSONField("IPPrefixLen", \.ipPrefixLength),
        JSONField("Gateway", \.gateway),
        JSONField("GlobalIPv6Address", \.globalIPv6Address),
        JSONField("GlobalIPv6PrefixLen", \.globalIPv6PrefixLength),
        JSONField("IPv6Gateway", \.ipv6Gateway),
        JSONField("DNSNames", \.dnsNames),
    ]
}

extension JSONStored where Self: RawRepresentable, RawValue == String {
    init(json: JSONValue) throws(StoredValueError) {
        let text = try String(json: json)
        guard let value = Self(rawValue: text) else { throw StoredValueError("unknown value \(text)") }
        self = value
    }
    var json: JSONValue? { .string(rawValue) }
}
extension ContainerState.Status: JSONStored {}
extension Health.Status: JSONStored {}
