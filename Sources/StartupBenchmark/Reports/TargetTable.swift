import RawJSON

/// What the reference runtime is to reach, and what it does reach, computed from the samples alone.
public struct TargetTable: Sendable {
    /// How far a figure came.
    public enum Verdict: String, Sendable, Hashable {
        case aim = "aim met"
        case must = "must met"
        case missed
        case unmeasured = "not measured"
    }

    /// One bound, and every place where it was measured.
    public struct Row: Sendable, Hashable {
        /// What is bounded.
        public var title: String
        /// Whether more is better.
        public var isLeast: Bool
        /// The bound that must hold.
        public var must: Double
        /// The bound to aim at.
        public var aim: Double
        /// What follows a figure: `×`, ` ms`.
        public var unit: String
        /// What was measured.
        public var cases: [Case]

        /// The case furthest from the bound.
        public var worst: Case? {
            cases.max { left, right in isLeast ? left.value > right.value : left.value < right.value }
        }

        /// Judged by the worst case.
        public var verdict: Verdict { worst.map { verdict(of: $0) } ?? .unmeasured }

        /// One case alone.
        public func verdict(of one: Case) -> Verdict {
            func holds(_ bound: Double) -> Bool { isLeast ? one.value >= bound : one.value <= bound }
            return holds(aim) ? .aim : holds(must) ? .must : .missed
        }

        func text(_ value: Double) -> String { "\(Figures.factor(value))\(unit)" }
        func bound(_ value: Double) -> String { "\(isLeast ? "≥" : "≤") \(Svg.number(value))\(unit)" }
    }

    /// A figure at one place.
    public struct Case: Sendable, Hashable {
        /// `bridge, spaced 100 ms`; empty where there is but one.
        public var place: String
        /// The figure.
        public var value: Double
        /// Its 95 % interval, where it is a ratio of medians.
        public var interval: ClosedRange<Double>?
    }

    /// All rows, in the order of the issue they come from.
    public let rows: [Row]

    /// The table of a result; rows for which samples are missing say so.
    public init(_ summary: BenchmarkSummary) { rows = TargetReader(summary).rows }

    /// Whether anything was measured at all.
    public var isMeasured: Bool { rows.contains { !$0.cases.isEmpty } }

    static let head = ["target", "must", "aim", "measured, worst", "where", "verdict"]

    var lines: [[String]] {
        rows.map { row in
            let worst = row.worst
            return [
                row.title, row.bound(row.must), row.bound(row.aim), worst.map { Self.text($0, row) } ?? "",
                worst?.place ?? "", row.verdict.rawValue,
            ]
        }
    }

    private static func text(_ one: Case, _ row: Row) -> String {
        let interval = one.interval.map { " (\(Figures.factor($0.lowerBound))–\(Figures.factor($0.upperBound)))" } ?? ""
        return row.text(one.value) + interval
    }

    var markdown: [String] {
        var text = ["| " + Self.head.joined(separator: " | ") + " |", "|---|---|---|---|---|---|"]
        text += lines.map { "| " + $0.joined(separator: " | ") + " |" }
        text += ["", "Every place by itself:", "", "| target | where | measured | verdict |", "|---|---|---|---|"]
        for row in rows where row.cases.count > 1 {
            for (index, one) in row.cases.enumerated() {
                let cells = [
                    index == 0 ? row.title : "", one.place, Self.text(one, row), row.verdict(of: one).rawValue,
                ]
                text.append("| " + cells.joined(separator: " | ") + " |")
            }
        }
        return text
    }

    var json: JSONValue {
        .array(
            rows.map { row in
                let cases = row.cases.map { one -> JSONValue in
                    var line: JSONObject = [
                        "place": .string(one.place), "value": RawData.number(one.value),
                        "verdict": .string(row.verdict(of: one).rawValue),
                    ]
                    line["low"] = one.interval.map { RawData.number($0.lowerBound) }
                    line["high"] = one.interval.map { RawData.number($0.upperBound) }
                    return .object(line)
                }
                return [
                    "target": .string(row.title), "must": .string(row.bound(row.must)),
                    "aim": .string(row.bound(row.aim)), "verdict": .string(row.verdict.rawValue),
                    "cases": .array(cases),
                ]
            })
    }
}

/// Finds the figures of each target in the samples.
private struct TargetReader {
    private let summary: BenchmarkSummary
    private let roles: Roles

    init(_ summary: BenchmarkSummary) {
        self.summary = summary
        roles = summary.roles
    }

    private typealias Row = TargetTable.Row
    private typealias Case = TargetTable.Case

    private static let starts = [
        ("none", "network-none"), ("bridge", "network-bridge"), ("bridge + port", "network-bridge-published"),
    ]
    private static let arrivals = ["closed", "spaced 100 ms"]

    var rows: [TargetTable.Row] {
        let (docker, podman) = (roles.baseline ?? "docker", roles.podman ?? "podman")
        return [
            most("create + start over the floor", 3, 1.5, "×", starts { ratio(roles.subject, over: roles.floor, $0) }),
            least(
                "create + start, faster than \(docker)", 20, 50,
                starts { ratio(roles.baseline, over: roles.subject, $0) }),
            least(
                "create + start, faster than \(podman)", 8, 20, starts { ratio(roles.podman, over: roles.subject, $0) }),
            most("exit of the process to wait answered", 2, 0.5, " ms", starts(PhaseName.waited) { median($0) }),
            most("create to remove, whole cycle", 12, 5, " ms", starts(PhaseName.cycle) { median($0) }),
            most("p99 over p50 of create + start", 3, 2, "×", starts { cell($0)?.distribution.spread.map { one($0) } }),
            least(
                "run --rm busybox true, whole process, faster than \(docker)", 10, 20,
                at("run-process", "closed", PhaseName.process) { ratio(roles.baseline, over: roles.subject, $0) }),
            most("create + start beside 500 containers over beside 1", 1.3, 1.1, "×", density),
            least("cycles of 8 clients over those of 1", 1.3, 1.6, throughput),
            most("exec of true", 3, 1, " ms", at("exec", "closed", PhaseName.exec) { median($0) }),
            most(
                "monitor memory of a container (PSS)", 300, 150, " kB",
                at("density", "500 resident", PhaseName.monitorProportional) { median($0) }),
            most(
                "daemon memory (RSS), idle", 20, 12, " MB",
                at("memory", "closed", PhaseName.daemonResident) { median($0, scale: 1e-3 * 1.024) }),
            most(
                "daemon memory (RSS), 500 containers", 60, 30, " MB",
                at("density", "500 resident", PhaseName.daemonResident) { median($0, scale: 1e-3 * 1.024) }),
            least("output to the log and to a follower, against \(docker)", 2, 4, logs),
            least("pull of a gigabyte, faster than \(docker)", 1.5, 3, pulls),
        ]
    }

    private func most(_ title: String, _ must: Double, _ aim: Double, _ unit: String, _ cases: [Case]) -> Row {
        Row(title: title, isLeast: false, must: must, aim: aim, unit: unit, cases: cases)
    }

    private func least(_ title: String, _ must: Double, _ aim: Double, _ cases: [Case]) -> Row {
        Row(title: title, isLeast: true, must: must, aim: aim, unit: "×", cases: cases)
    }

    // MARK: - Places

    private func starts(_ phase: String = PhaseName.ready, _ figure: (BenchmarkSummary.Row) -> Case?) -> [Case] {
        Self.starts.flatMap { name, workload in
            Self.arrivals.flatMap { arrival in at(workload, arrival, phase, place: "\(name), \(arrival)", figure) }
        }
    }

    private func at(
        _ workload: String, _ variant: String, _ phase: String, place: String = "",
        _ figure: (BenchmarkSummary.Row) -> Case?
    ) -> [Case] {
        guard let row = summary.row(phase, workload, variant), var found = figure(row) else { return [] }
        found.place = place
        return [found]
    }

    private var density: [Case] {
        acrossVariants("density", PhaseName.ready, "500 resident", over: "1 resident", place: "")
    }

    private var throughput: [Case] {
        [("none", "throughput-none"), ("bridge", "throughput-bridge")].flatMap { name, workload in
            acrossVariants(workload, PhaseName.throughput, "8 clients", over: "1 client", place: name)
        }
    }

    private var logs: [Case] {
        at("log", "closed", PhaseName.loggedRate, place: "log") { ratio(roles.subject, over: roles.baseline, $0) }
            + at("log-follow", "closed", PhaseName.followedRate, place: "follower") {
                ratio(roles.subject, over: roles.baseline, $0)
            }
    }

    private var pulls: [Case] {
        [("disk", "pull"), ("tmpfs", "pull-tmpfs")].flatMap { name, workload in
            at(workload, "closed", PhaseName.pull, place: name) { ratio(roles.baseline, over: roles.subject, $0) }
        }
    }

    // MARK: - Figures

    private func one(_ value: Double, _ interval: ClosedRange<Double>? = nil) -> Case {
        Case(place: "", value: value, interval: interval)
    }

    private func cell(_ row: BenchmarkSummary.Row) -> BenchmarkSummary.Cell? { roles.subject.flatMap { row[$0] } }

    private func median(_ row: BenchmarkSummary.Row, scale: Double = 1) -> Case? {
        cell(row).map { one($0.distribution.median * scale) }
    }

    private func ratio(_ top: String?, over bottom: String?, _ row: BenchmarkSummary.Row) -> Case? {
        guard let top = top.flatMap({ row[$0] }), let bottom = bottom.flatMap({ row[$0] }) else { return nil }
        return ratio(top.distribution, bottom.distribution)
    }

    private func ratio(_ top: Distribution, _ bottom: Distribution) -> Case? {
        Ratio(of: top.sorted, over: bottom.sorted).map { one($0.value, $0.low...max($0.low, $0.high)) }
    }

    private func acrossVariants(
        _ workload: String, _ phase: String, _ top: String, over bottom: String, place: String
    ) -> [Case] {
        guard let high = summary.row(phase, workload, top).flatMap(cell),
            let low = summary.row(phase, workload, bottom).flatMap(cell),
            var found = ratio(high.distribution, low.distribution)
        else { return [] }
        found.place = place
        return [found]
    }
}
