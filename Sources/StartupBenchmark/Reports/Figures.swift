/// Figures as people read them.
enum Figures {
    /// Three digits that count.
    static func text(_ value: Double) -> String {
        switch value.magnitude {
        case 100...: fixed(value, 0)
        case 10...: fixed(value, 1)
        case 1...: fixed(value, 2)
        default: fixed(value, 3)
        }
    }

    static func fixed(_ value: Double, _ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int64((value.magnitude * scale).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return sign + String(scaled) }
        let whole = String(scaled)
        let padded = String(repeating: "0", count: max(0, digits + 1 - whole.count)) + whole
        return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
    }

    /// A factor: `1.62`, `27.4`, `104`.
    static func factor(_ value: Double) -> String { fixed(value, value >= 100 ? 0 : value >= 10 ? 1 : 2) }
}

extension Ratio {
    /// `×1.62 (1.58–1.66)`.
    var times: String {
        "×\(Figures.factor(value)) (\(Figures.factor(low))–\(Figures.factor(high)))"
    }

    /// The same in words, as a figure of this unit is judged: `27.4× faster (26.8–28.1)`, `1.20× slower (…)`, `3.1× as much`.
    func words(_ unit: PhaseName.Unit) -> String {
        guard unit == .milliseconds else { return "×\(Figures.factor(value)) as much (\(span))" }
        guard value < 1, low > 0 else { return "\(Figures.factor(value))× slower (\(span))" }
        return "\(Figures.factor(1 / value))× faster (\(Figures.factor(1 / high))–\(Figures.factor(1 / low)))"
    }

    private var span: String { "\(Figures.factor(low))–\(Figures.factor(high))" }
}
