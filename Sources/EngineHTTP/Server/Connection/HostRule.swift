import NIOHTTP1

/// Keeps web pages away from a TCP port: whatever a browser sends on behalf of a page names that page's host or origin.
struct HostRule: Sendable {
    /// Hosts that mean this daemon, in small letters, without port.
    let hosts: Set<String>

    /// Whether the request was meant for this daemon.
    ///
    /// - Throws: `BadRequest` with 403.
    func check(_ headers: HTTPHeaders) throws(BadRequest) {
        guard !headers.contains(name: "Origin") else {
            throw BadRequest("requests from web pages are refused: remove the Origin header", status: .forbidden)
        }
        let names = headers["Host"]
        guard names.count == 1 else { throw BadRequest("a request names one Host") }
        guard hosts.contains(Self.withoutPort(names[0]).lowercased()) else {
            throw BadRequest(
                "the Host \(names[0]) does not mean this daemon: use the address it listens on", status: .forbidden)
        }
    }

    /// `[::1]:2375` → `::1`, `localhost:2375` → `localhost`.
    static func withoutPort(_ text: String) -> String {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            return String(text[text.index(after: text.startIndex)..<end])
        }
        guard let colon = text.lastIndex(of: ":"), text.firstIndex(of: ":") == colon else { return text }
        return String(text[..<colon])
    }
}
