/// `--publish [[IP:][HOST]:]CONTAINER[/PROTOCOL]`, ranges allowed on both sides.
struct PortSpec: Sendable {
    /// `80/tcp`.
    var containerPort: String
    var hostIP: String
    /// `8080`, `8000-8010`, or empty for a port the daemon chooses.
    var hostPort: String

    /// Every binding a specification stands for.
    static func parse(_ text: String) throws(ValueError) -> [PortSpec] {
        let parts = split(text)
        let slash = parts.container.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        let port = slash.first ?? ""
        let named = slash.count == 2 ? slash[1] : ""
        let proto = named.isEmpty ? "tcp" : named.lowercased()
        guard parts.ip.isEmpty || IPAddress.isValid(parts.ip) else {
            throw ValueError("invalid IP address: \(parts.ip)")
        }
        guard !port.isEmpty else { throw ValueError("no port specified: \(text)<empty>") }
        guard let container = range(port) else { throw ValueError("invalid containerPort: \(port)") }
        var host: ClosedRange<Int>?
        if !parts.host.isEmpty {
            guard let range = range(parts.host) else { throw ValueError("invalid hostPort: \(parts.host)") }
            host = range
        }
        if let host, host.count != container.count, container.count != 1 {
            throw ValueError("invalid ranges specified for container and host Ports: \(port) and \(parts.host)")
        }
        guard ["tcp", "udp", "sctp"].contains(proto) else { throw ValueError("invalid proto: \(named)") }
        return container.enumerated().map { offset, number in
            var hostPort = host.map { String($0.lowerBound + offset) } ?? ""
            // A range for one port lets the daemon choose within it.
            if let host, container.count == 1, host.count > 1 { hostPort = "\(host.lowerBound)-\(host.upperBound)" }
            return PortSpec(containerPort: "\(number)/\(proto)", hostIP: parts.ip, hostPort: hostPort)
        }
    }

    /// `80`, `80-90`, as whole ports.
    static func range(_ text: String) -> ClosedRange<Int>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0).map(Int.init) }
        guard ends.count <= 2, let low = ends.first.flatMap({ $0 }), let high = ends.last.flatMap({ $0 }), low <= high
        else {
            return nil
        }
        return low...high
    }

    /// `published=8080,target=80,protocol=tcp` in the notation with colons.
    static func standardNotation(_ text: String) throws(ValueError) -> String {
        guard text.contains("=") else { return text }
        var published = "", target = "", proto = "tcp"
        for field in CSV.fields(text) {
            let pair = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard pair.count == 2, !pair[1].isEmpty else { throw ValueError("invalid field: \(field)") }
            switch pair[0] {
            case "published": published = pair[1]
            case "target": target = pair[1]
            case "protocol":
                guard ["tcp", "udp", "sctp"].contains(pair[1]) else {
                    throw ValueError("invalid protocol value '\(pair[1])'")
                }
                proto = pair[1]
            case "mode":
                guard ["host", "ingress"].contains(pair[1]) else {
                    throw ValueError("invalid publish mode value (\(pair[1])): must be either 'host' or 'ingress'")
                }
            default: throw ValueError("invalid field key: \(pair[0])")
            }
        }
        guard !target.isEmpty else { throw ValueError("missing mandatory field 'target'") }
        return "\(published):\(target)/\(proto)"
    }

    private static func split(_ text: String) -> (ip: String, host: String, container: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        switch parts.count {
        case 1: return ("", "", parts[0])
        case 2: return ("", parts[0], parts[1])
        default:
            var ip = parts.dropLast(2).joined(separator: ":")
            if ip.hasPrefix("["), ip.hasSuffix("]") { ip = String(ip.dropFirst().dropLast()) }
            return (ip, parts[parts.count - 2], parts[parts.count - 1])
        }
    }
}
