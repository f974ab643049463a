/// Parts of scalable vector graphics (SVG 2), gathered in order.
struct Svg {
    private(set) var marks = ""

    enum Anchor: String { case start, middle, end }

    mutating func text(
        _ text: String, x: Double, y: Double, _ anchor: Anchor = .start, style: String = ""
    ) {
        marks +=
            "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" text-anchor=\"\(anchor.rawValue)\""
            + "\(Self.attribute(style))>\(HTML.text(text))</text>"
    }

    mutating func line(x1: Double, y1: Double, x2: Double, y2: Double, style: String) {
        marks +=
            "<line x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\" x2=\"\(Self.number(x2))\" "
            + "y2=\"\(Self.number(y2))\"\(Self.attribute(style))/>"
    }

    mutating func rectangle(
        x: Double, y: Double, width: Double, height: Double, style: String, title: String = ""
    ) {
        let label = title.isEmpty ? "" : "<title>\(HTML.text(title))</title>"
        marks +=
            "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\" "
            + "height=\"\(Self.number(height))\"\(Self.attribute(style))>\(label)</rect>"
    }

    mutating func circle(x: Double, y: Double, radius: Double, style: String, title: String = "") {
        marks +=
            "<circle cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"\(Self.number(radius))\""
            + "\(Self.attribute(style))><title>\(HTML.text(title))</title></circle>"
    }

    mutating func polyline(_ points: [(x: Double, y: Double)], style: String, title: String) {
        let text = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }.joined(separator: " ")
        marks += "<polyline points=\"\(text)\"\(Self.attribute(style))><title>\(HTML.text(title))</title></polyline>"
    }

    /// A swatch and a word for each, in rows that fit the width; answers where the next row would stand.
    mutating func legend(_ items: [(style: String, text: String)], x: Double, y: Double, width: Double) -> Double {
        var (left, top) = (x, y)
        for item in items {
            let needed = 24 + Self.width(of: item.text)
            if left > x, left + needed > x + width {
                left = x
                top += 18
            }
            rectangle(x: left, y: top, width: 12, height: 12, style: item.style)
            text(item.text, x: left + 17, y: top + 10.5, style: "soft")
            left += needed
        }
        return top + 18
    }

    /// The drawing within a page, below its caption.
    func figure(_ caption: String, width: Double, height: Double) -> String {
        "<figure><figcaption>\(HTML.text(caption))</figcaption>"
            + "<svg viewBox=\"0 0 \(Self.number(width)) \(Self.number(height))\" role=\"img\" "
            + "aria-label=\"\(HTML.text(caption))\">\(marks)</svg></figure>\n"
    }

    /// How wide a text is in the size of all charts, roughly and never too little.
    static func width(of text: String) -> Double { Double(text.count) * 7.2 }

    private static func attribute(_ style: String) -> String { style.isEmpty ? "" : " class=\"\(style)\"" }

    /// At most three digits after the point, none where they are zeros.
    static func number(_ value: Double) -> String {
        var text = Figures.fixed(value, 3)
        while text.contains("."), let last = text.last, last == "0" || last == "." {
            text.removeLast()
            if last == "." { break }
        }
        return text
    }
}

/// Places values along an axis.
struct Scale {
    private let from: Double
    private let to: Double
    private let length: Double
    private let isLogarithmic: Bool

    /// An axis on which twice as much is the same step everywhere.
    static func logarithmic(_ values: [Double], length: Double) -> Scale? {
        let positive = values.filter { $0 > 0 }
        guard let low = positive.min(), let high = positive.max() else { return nil }
        return Scale(from: low * 0.8, to: max(high * 1.25, low * 2), length: length, isLogarithmic: true)
    }

    /// An axis from 0.
    static func linear(_ values: [Double], length: Double) -> Scale? {
        guard let high = values.max(), high > 0 else { return nil }
        return Scale(from: 0, to: high * 1.08, length: length, isLogarithmic: false)
    }

    func place(_ value: Double) -> Double {
        guard isLogarithmic else { return (value - from) / (to - from) * length }
        return log2(max(value, from) / from) / log2(to / from) * length
    }

    /// Round numbers within the axis, not too many.
    var ticks: [Double] {
        guard isLogarithmic else {
            let step = [1.0, 2, 5, 10].lazy.map { $0 * Self.power(below: to / 5) }.first { to / $0 <= 7 } ?? to
            return Array(stride(from: 0, through: to, by: step))
        }
        var power = Self.power(below: from)
        var ticks: [Double] = []
        while power <= to {
            ticks += [1.0, 2, 5].map { $0 * power }.filter { $0 >= from && $0 <= to }
            power *= 10
        }
        guard ticks.count > 9 else { return ticks }
        return ticks.filter { tick in (log10(tick) - log10(tick).rounded()).magnitude < 0.01 }
    }

    private static func power(below value: Double) -> Double { pow(10, log10(value).rounded(.down)) }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
