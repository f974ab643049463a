/// Which part of the samples took at most so long.
struct DistributionChart {
    let caption: String
    let row: BenchmarkSummary.Row
    let names: [String]
    var width = 720.0

    var figure: String {
        let all = row.cells.flatMap { [$0.distribution.minimum, $0.distribution.maximum] }
        var plot = Plot(width: width)
        guard let scale = Scale.logarithmic(all, length: plot.innerWidth) else { return "" }
        plot.legend(row.cells.map(\.endpoint), of: names)
        for tick in scale.ticks { plot.vertical(at: scale.place(tick), label: Svg.number(tick)) }
        for part in [0.0, 0.25, 0.5, 0.75, 0.9, 1] {
            plot.horizontal(at: part * plot.innerHeight, label: "\(Svg.number(part * 100)) %")
        }
        for cell in row.cells {
            let samples = cell.distribution.sorted
            var points: [(x: Double, y: Double)] = []
            for (place, value) in samples.enumerated() {
                // A step for each sample: what lies between two is unknown.
                points.append((scale.place(value), Double(place) / Double(samples.count) * plot.innerHeight))
                points.append((scale.place(value), Double(place + 1) / Double(samples.count) * plot.innerHeight))
            }
            plot.curve(points, of: cell.endpoint, in: names)
        }
        plot.label("\(row.unit.rawValue), logarithmic", vertical: "samples up to that")
        return plot.figure(caption)
    }
}

/// A figure over a number: clients, or resident containers.
struct LineChart {
    struct Line {
        var endpoint: String
        /// The number and the figure.
        var points: [(number: Int, value: Double)]
    }

    let caption: String
    let lines: [Line]
    let names: [String]
    let across: String
    let unit: PhaseName.Unit
    var width = 720.0

    var figure: String {
        let values = lines.flatMap { $0.points.map(\.value) }
        let numbers = Set(lines.flatMap { $0.points.map(\.number) }).sorted()
        var plot = Plot(width: width)
        guard let vertical = Scale.logarithmic(values, length: plot.innerHeight), numbers.count > 1 else { return "" }
        func place(_ number: Int) -> Double {
            Double(numbers.firstIndex(of: number) ?? 0) / Double(numbers.count - 1) * plot.innerWidth * 0.92
                + plot.innerWidth * 0.04
        }
        plot.legend(lines.filter { !$0.points.isEmpty }.map(\.endpoint), of: names)
        for tick in vertical.ticks { plot.horizontal(at: vertical.place(tick), label: Svg.number(tick)) }
        for number in numbers { plot.vertical(at: place(number), label: String(number)) }
        for line in lines where !line.points.isEmpty {
            plot.curve(line.points.map { (place($0.number), vertical.place($0.value)) }, of: line.endpoint, in: names)
            for point in line.points {
                plot.dot(
                    x: place(point.number), y: vertical.place(point.value), of: line.endpoint, in: names,
                    title: "\(line.endpoint), \(point.number): \(Figures.text(point.value)) \(unit.rawValue)")
            }
        }
        plot.label(across, vertical: "\(unit.rawValue), logarithmic")
        return plot.figure(caption)
    }
}

/// A frame with axes; places within it count from its lower left corner.
private struct Plot {
    private var svg = Svg()
    private let width: Double
    private var top = 22.0
    let innerHeight = 220.0
    private static let left = 62.0

    init(width: Double) { self.width = width }

    var innerWidth: Double { width - Self.left - 16 }

    mutating func legend(_ shown: [String], of names: [String]) {
        top =
            svg.legend(
                shown.map { ("c\((names.firstIndex(of: $0) ?? 0) % PageStyle.colours)", $0) }, x: Self.left, y: 2,
                width: innerWidth) + 22
    }

    mutating func vertical(at x: Double, label: String) {
        svg.line(x1: Self.left + x, y1: top, x2: Self.left + x, y2: top + innerHeight, style: "grid")
        svg.text(label, x: Self.left + x, y: top + innerHeight + 17, .middle, style: "soft")
    }

    mutating func horizontal(at y: Double, label: String) {
        let place = top + innerHeight - y
        svg.line(x1: Self.left, y1: place, x2: Self.left + innerWidth, y2: place, style: "grid")
        svg.text(label, x: Self.left - 8, y: place + 4, .end, style: "soft")
    }

    mutating func curve(_ points: [(x: Double, y: Double)], of name: String, in names: [String]) {
        let index = (names.firstIndex(of: name) ?? 0) % PageStyle.colours
        svg.polyline(
            points.map { (Self.left + $0.x, top + innerHeight - $0.y) }, style: "c\(index) dash\(index)", title: name)
    }

    mutating func dot(x: Double, y: Double, of name: String, in names: [String], title: String) {
        let index = (names.firstIndex(of: name) ?? 0) % PageStyle.colours
        svg.circle(x: Self.left + x, y: top + innerHeight - y, radius: 4, style: "c\(index)", title: title)
    }

    mutating func label(_ horizontal: String, vertical: String) {
        svg.text(horizontal, x: Self.left + innerWidth / 2, y: top + innerHeight + 36, .middle, style: "soft")
        svg.text("↑ \(vertical)", x: Self.left, y: top - 8, style: "soft")
    }

    func figure(_ caption: String) -> String { svg.figure(caption, width: width, height: top + innerHeight + 44) }
}
