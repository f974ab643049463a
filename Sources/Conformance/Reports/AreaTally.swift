/// How the cases of one area ended.
public struct AreaTally: Sendable, Hashable {
    /// The areas in the order in which reports list them; others follow by name.
    public static let order = ["system", "image", "container", "exec", "registry", "network", "volume", "events"]

    /// The area.
    public var name: String
    /// Cases by verdict.
    public var counts: [Verdict: Int] = [:]

    /// All cases judged.
    public var total: Int { counts.values.reduce(0, +) }

    /// Cases with this verdict.
    public func count(_ verdict: Verdict) -> Int { counts[verdict] ?? 0 }

    /// One tally for each area that occurs.
    public static func all(_ results: [CaseResult]) -> [AreaTally] {
        var tallies: [String: AreaTally] = [:]
        for result in results {
            tallies[result.identity.area, default: AreaTally(name: result.identity.area)]
                .counts[result.verdict, default: 0] += 1
        }
        return sorted(Array(tallies.keys)).compactMap { tallies[$0] }
    }

    /// Area names in reporting order.
    public static func sorted(_ names: [String]) -> [String] {
        names.sorted { left, right in
            let ranks = (order.firstIndex(of: left) ?? order.count, order.firstIndex(of: right) ?? order.count)
            return ranks.0 == ranks.1 ? left < right : ranks.0 < ranks.1
        }
    }
}
