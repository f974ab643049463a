/// Medians of the phases as bars, one row an endpoint, one after the other as they happen.
struct Waterfall {
    let rows: [BenchmarkSummary.Row]
    let names: [String]

    /// Phases that follow each other; the others overlap them.
    private static let sequence: [String] = [
        PhaseName.pull, PhaseName.create, PhaseName.start, PhaseName.answered, PhaseName.waited, PhaseName.remove,
    ]

    var figure: String {
        let lines = names.enumerated().compactMap { index, name -> (Int, String, [(String, Double)])? in
            let parts = Self.sequence.compactMap { phase -> (String, Double)? in
                let cell = rows.first { $0.phase == phase }?.cells.first { $0.endpoint == name }
                return cell.map { (phase, max(0, $0.distribution.median)) }
            }
            return parts.isEmpty ? nil : (index, name, parts)
        }
        guard let longest = lines.map({ $0.2.reduce(0) { $0 + $1.1 } }).max(), longest > 0 else { return "" }
        let height = lines.count * 34 + 26
        var marks = ""
        for (row, line) in lines.enumerated() {
            let top = row * 34 + 4
            var left = 110.0
            marks += "<text x=\"0\" y=\"\(top + 16)\">\(HTML.text(line.1))</text>"
            for (part, (phase, milliseconds)) in line.2.enumerated() {
                let width = max(0.5, milliseconds / longest * 420)
                marks +=
                    "<rect class=\"c\(line.0 % PageStyle.colours) shade\(part % 4)\" x=\"\(Svg.number(left))\" "
                    + "y=\"\(top)\" width=\"\(Svg.number(width))\" height=\"24\"><title>\(HTML.text(phase)) "
                    + "\(Milliseconds.text(milliseconds)) ms</title></rect>"
                if width > 44 {
                    marks +=
                        "<text class=\"in\" x=\"\(Svg.number(left + 4))\" y=\"\(top + 16)\">\(HTML.text(phase))</text>"
                }
                left += width
            }
            let total = line.2.reduce(0) { $0 + $1.1 }
            marks += "<text x=\"\(Svg.number(left + 5))\" y=\"\(top + 16)\">\(Milliseconds.text(total)) ms</text>"
        }
        return Svg.figure("Phases in order, medians", width: 620, height: height, marks)
    }
}

/// Which part of the samples took at most so long, on a logarithmic scale.
struct DistributionChart {
    let row: BenchmarkSummary.Row
    let names: [String]

    var figure: String {
        let all = row.cells.flatMap { [$0.distribution.minimum, $0.distribution.maximum] }.filter { $0 > 0 }
        guard let low = all.min(), let high = all.max() else { return "" }
        let scale = LogarithmicScale(from: low, to: max(high, low * 1.01), width: 480)
        var marks = Svg.frame(width: 480, height: 180)
        for tick in scale.ticks {
            let x = Svg.number(40 + scale.place(tick))
            marks += "<line class=\"grid\" x1=\"\(x)\" x2=\"\(x)\" y1=\"8\" y2=\"188\"/>"
            marks += "<text class=\"tick\" x=\"\(x)\" y=\"204\">\(Svg.number(tick))</text>"
        }
        for part in [0, 50, 90, 100] {
            marks += "<text class=\"side\" x=\"34\" y=\"\(192 - part * 18 / 10)\">\(part)%</text>"
        }
        for cell in row.cells {
            let index = names.firstIndex(of: cell.endpoint) ?? 0
            let samples = cell.distribution.sorted
            let points = samples.enumerated().map { place, value in
                let part = Double(place + 1) / Double(samples.count)
                return "\(Svg.number(40 + scale.place(value))),\(Svg.number(188 - part * 180))"
            }
            marks +=
                "<polyline class=\"c\(index % PageStyle.colours)\" points=\"\(points.joined(separator: " "))\">"
                + "<title>\(HTML.text(cell.endpoint))</title></polyline>"
        }
        return Svg.figure("\(row.phase): part of the samples over milliseconds", width: 560, height: 212, marks)
    }
}

/// Medians over a number.
struct LineChart {
    let title: String
    /// For each endpoint its points: number and milliseconds.
    let points: [[(Double, Double)]]
    let names: [String]

    var figure: String {
        let all = points.flatMap { $0 }
        guard let right = all.map(\.0).max(), right > 0, let low = all.map(\.1).min(), let high = all.map(\.1).max(),
            low > 0
        else { return "" }
        let scale = LogarithmicScale(from: low * 0.8, to: max(high, low) * 1.2, width: 180)
        var marks = Svg.frame(width: 480, height: 180)
        for tick in scale.ticks {
            let y = Svg.number(188 - scale.place(tick))
            marks += "<line class=\"grid\" x1=\"40\" x2=\"520\" y1=\"\(y)\" y2=\"\(y)\"/>"
            marks += "<text class=\"side\" x=\"34\" y=\"\(y)\">\(Svg.number(tick))</text>"
        }
        for number in Set(all.map(\.0)).sorted() {
            marks +=
                "<text class=\"tick\" x=\"\(Svg.number(40 + number / right * 480))\" y=\"204\">\(Svg.number(number))</text>"
        }
        for (index, line) in points.enumerated() where !line.isEmpty {
            let places = line.map { (40 + $0.0 / right * 480, 188 - scale.place($0.1)) }
            let text = places.map { "\(Svg.number($0.0)),\(Svg.number($0.1))" }.joined(separator: " ")
            marks += "<polyline class=\"c\(index % PageStyle.colours)\" points=\"\(text)\"/>"
            for place in places {
                marks +=
                    "<circle class=\"c\(index % PageStyle.colours)\" cx=\"\(Svg.number(place.0))\" "
                    + "cy=\"\(Svg.number(place.1))\" r=\"3\"><title>\(HTML.text(names[index]))</title></circle>"
            }
        }
        return Svg.figure("\(title), milliseconds", width: 560, height: 212, marks)
    }
}

/// Places values so that twice as much is the same step everywhere.
struct LogarithmicScale {
    let from: Double
    let to: Double
    let width: Double

    func place(_ value: Double) -> Double { log2(value / from) / log2(to / from) * width }

    /// 1, 2 and 5 times powers of ten within the scale; powers alone where these would be too many.
    var ticks: [Double] {
        var power = 1e-6
        var ticks: [Double] = []
        while power <= to {
            for factor in [1.0, 2, 5] where power * factor >= from && power * factor <= to {
                ticks.append(power * factor)
            }
            power *= 10
        }
        guard ticks.count > 8 else { return ticks }
        return ticks.filter { tick in
            var rest = tick
            while rest < 0.999 { rest *= 10 }
            while rest > 9.99 { rest /= 10 }
            return rest < 1.5
        }
    }
}

/// Parts of scalable vector graphics.
enum Svg {
    static func figure(_ caption: String, width: Int, height: Int, _ marks: String) -> String {
        "<figure><figcaption>\(HTML.text(caption))</figcaption>"
            + "<svg viewBox=\"0 0 \(width) \(height)\" role=\"img\" aria-label=\"\(HTML.text(caption))\">\(marks)</svg></figure>\n"
    }

    static func frame(width: Int, height: Int) -> String {
        "<rect class=\"frame\" x=\"40\" y=\"8\" width=\"\(width)\" height=\"\(height)\"/>"
    }

    /// At most three digits after the point, none where they are zeros.
    static func number(_ value: Double) -> String {
        var text = Milliseconds.fixed(value, 3)
        while text.contains("."), let last = text.last, last == "0" || last == "." {
            text.removeLast()
            if last == "." { break }
        }
        return text
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
