/// A container's life on each endpoint, phase after phase, medians; each bar is as long as its own whole.
struct TimelineChart {
    let caption: String
    let rows: [BenchmarkSummary.Row]
    let names: [String]
    var width = 720.0

    private static let left = 128.0
    private static let right = 96.0
    private static let phases = [
        "create answered", "first instruction", "exit seen by wait", "removed", "pulled", "ready", "other",
    ]

    private struct Segment {
        var phase: Int
        var milliseconds: Double
    }

    private func segments(_ endpoint: String) -> [Segment] {
        func median(_ phase: String) -> Double? {
            rows.first { $0.phase == phase }?[endpoint].map { max(0, $0.distribution.median) }
        }
        if let pull = median(PhaseName.pull) {
            return [
                Segment(phase: 4, milliseconds: pull), Segment(phase: 5, milliseconds: median(PhaseName.ready) ?? 0),
            ]
        }
        guard let instruction = median(PhaseName.instruction) else { return [] }
        var segments: [Segment] = []
        if let create = median(PhaseName.create) { segments.append(Segment(phase: 0, milliseconds: create)) }
        segments.append(Segment(phase: 1, milliseconds: instruction))
        if let waited = median(PhaseName.waited) { segments.append(Segment(phase: 2, milliseconds: waited)) }
        let soFar = segments.reduce(0) { $0 + $1.milliseconds }
        if let remove = median(PhaseName.remove) ?? median(PhaseName.cycle).map({ $0 - soFar }), remove > 0 {
            segments.append(Segment(phase: 3, milliseconds: remove))
        }
        return segments
    }

    var figure: String {
        let lines = names.map { ($0, segments($0)) }.filter { !$0.1.isEmpty }
        guard !lines.isEmpty else { return "" }
        var svg = Svg()
        let used = Set(lines.flatMap(\.1).map(\.phase)).sorted()
        var top = svg.legend(
            used.map { ("p\($0)", Self.phases[$0]) }, x: Self.left, y: 2, width: width - Self.left)
        top += 4
        let length = width - Self.left - Self.right
        for (name, segments) in lines {
            let total = segments.reduce(0) { $0 + $1.milliseconds }
            var x = Self.left
            svg.text(name, x: Self.left - 10, y: top + 17, .end)
            for segment in segments {
                let part = total > 0 ? segment.milliseconds / total * length : 0
                let figure = Figures.text(segment.milliseconds)
                svg.rectangle(
                    x: x, y: top, width: max(part, 0.8), height: 25, style: "p\(segment.phase)",
                    title: "\(name): \(Self.phases[segment.phase]) \(figure) ms")
                if part > Svg.width(of: figure) + 6 {
                    svg.text(figure, x: x + part / 2, y: top + 17, .middle, style: "in")
                }
                x += part
            }
            svg.text("\(Figures.text(total)) ms", x: x + 8, y: top + 17)
            top += 32
        }
        return svg.figure(caption, width: width, height: top + 2)
    }
}

/// Parts of phases as bars, one below the other.
struct PartsChart {
    let caption: String
    let parts: [Sample.Phase]
    var width = 720.0

    private static let left = 190.0
    private static let right = 70.0

    var figure: String {
        guard let scale = Scale.linear(parts.map(\.value), length: width - Self.left - Self.right) else { return "" }
        var svg = Svg()
        var top = 2.0
        for part in parts {
            svg.text(part.name, x: Self.left - 10, y: top + 12, .end)
            svg.rectangle(
                x: Self.left, y: top, width: max(0.8, scale.place(max(0, part.value))), height: 15, style: "p1",
                title: "\(part.name) \(Figures.text(part.value)) ms")
            svg.text(
                Figures.text(part.value), x: Self.left + scale.place(max(0, part.value)) + 7, y: top + 12, style: "soft"
            )
            top += 20
        }
        return svg.figure(caption, width: width, height: top + 2)
    }
}
