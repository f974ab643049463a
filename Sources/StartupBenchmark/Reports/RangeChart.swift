/// One line for each endpoint in each group: from the smallest sample to p99, a dot at p50.
struct RangeChart {
    let caption: String
    let groups: [(title: String, row: BenchmarkSummary.Row)]
    let names: [String]
    var width = 720.0

    private static let left = 128.0
    private static let right = 205.0
    private static let line = 22.0

    /// The marks and their height; nil where there is nothing to show.
    var drawing: (svg: Svg, height: Double)? {
        let cells = groups.flatMap(\.row.cells)
        let values = cells.flatMap { [$0.distribution.minimum, $0.distribution.quantile(0.99)] }
        guard let scale = Scale.logarithmic(values, length: width - Self.left - Self.right),
            let unit = groups.first?.row.unit
        else { return nil }
        var svg = Svg()
        let height =
            groups.reduce(0) { $0 + Double($1.row.cells.count) * Self.line + ($1.title.isEmpty ? 4 : 28) } + 42
        for tick in scale.ticks {
            let x = Self.left + scale.place(tick)
            svg.line(x1: x, y1: 4, x2: x, y2: height - 38, style: "grid")
            svg.text(Svg.number(tick), x: x, y: height - 22, .middle, style: "soft")
        }
        svg.text(
            "\(unit.rawValue), logarithmic; line from the smallest to p99, dot at p50",
            x: Self.left + (width - Self.left - Self.right) / 2, y: height - 4, .middle, style: "soft")
        var top = 4.0
        for group in groups {
            if !group.title.isEmpty {
                svg.text(group.title, x: 0, y: top + 17, style: "strong")
                top += 26
            }
            for cell in group.row.cells {
                draw(cell, group.row, at: top + Self.line / 2, scale, &svg)
                top += Self.line
            }
            top += group.title.isEmpty ? 4 : 2
        }
        return (svg, height)
    }

    private func draw(
        _ cell: BenchmarkSummary.Cell, _ row: BenchmarkSummary.Row, at y: Double, _ scale: Scale, _ svg: inout Svg
    ) {
        let colour = "c\((names.firstIndex(of: cell.endpoint) ?? 0) % PageStyle.colours)"
        let figures = cell.distribution
        let (low, middle, high) = (figures.minimum, figures.median, figures.quantile(0.99))
        let places = [low, middle, high].map { Self.left + scale.place($0) }
        svg.text(cell.endpoint, x: Self.left - 10, y: y + 4, .end)
        svg.line(x1: places[0], y1: y, x2: max(places[2], places[0] + 1), y2: y, style: "range \(colour)")
        svg.circle(
            x: places[1], y: y, radius: 5, style: colour,
            title: "\(cell.endpoint): p50 \(Figures.text(middle)) \(row.unit.rawValue), \(figures.count) samples")
        var label = "\(Figures.text(middle)) \(row.unit.rawValue)"
        if let factor = cell.overFloor { label += "  × \(Figures.factor(factor.value)) floor" }
        svg.text(label, x: width - Self.right + 14, y: y + 4)
    }

    var figure: String { drawing.map { $0.svg.figure(caption, width: width, height: $0.height) } ?? "" }
}
