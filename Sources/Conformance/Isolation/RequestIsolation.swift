import DockerAPI
import RawJSON

/// Keeps raw requests of a case to the case's own objects: labels on what they make, a filter on what they list or prune.
struct RequestIsolation: Sendable {
    let token: CaseToken

    private static let making: Set<String> = ["/containers/create", "/volumes/create", "/networks/create"]
    private static let listing: Set<String> = [
        "GET /containers/json", "GET /images/json", "GET /volumes", "GET /networks", "POST /containers/prune",
        "POST /images/prune", "POST /volumes/prune", "POST /networks/prune",
    ]

    /// The target with the case's filter, where it lists or prunes; a `filters` parameter that is not understood stays.
    func target(_ target: String, method: String) -> String {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard Self.listing.contains("\(method) \(Self.withoutVersion(parts[0]))") else { return target }
        var parameters = parts.count > 1 ? parts[1].split(separator: "&").map(String.init) : []
        let index = parameters.firstIndex { $0.hasPrefix("filters=") }
        let written = index.map { PercentText.decoded(String(parameters[$0].dropFirst("filters=".count))) } ?? ""
        guard var filters = try? Filters(parsing: written) else { return target }
        filters.add("label", token.filter)
        let parameter = "filters=" + PercentText.encoded(filters.text)
        if let index { parameters[index] = parameter } else { parameters.append(parameter) }
        return parts[0] + "?" + parameters.joined(separator: "&")
    }

    /// The body with the case's labels, where the request makes an object and the body is a JSON object.
    func body(_ body: [UInt8], method: String, target: String) -> [UInt8] {
        let path = Self.withoutVersion(String(target.prefix { $0 != "?" }))
        guard method == "POST", Self.making.contains(path) else { return body }
        guard case .object(var object)? = try? JSONValue.parse(body) else { return body }
        switch object["Labels"] {
        case nil, .null: object["Labels"] = .object(JSONObject())
        case .object: break
        default: return body
        }
        guard case .object(var labels)? = object["Labels"] else { return body }
        for (key, value) in token.labels where labels[key] == nil { labels[key] = .string(value) }
        object["Labels"] = .object(labels)
        return JSONValue.object(object).bytes()
    }

    private static func withoutVersion(_ path: String) -> String {
        guard path.hasPrefix("/v"), path.dropFirst(2).first?.isNumber == true else { return path }
        return String(path.dropFirst().drop { $0 != "/" })
    }
}
