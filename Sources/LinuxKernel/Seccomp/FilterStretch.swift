/// Neighbouring numbers of which all but a few come to the same: told apart by one comparison for each of the few, where
/// ranges would take two.
struct FilterStretch<Outcome: Hashable> {
    let start: UInt32
    let outcome: Outcome
    /// The numbers that come to something else, ascending.
    let exceptions: [(number: UInt32, outcome: Outcome)]

    /// As many comparisons may follow each other: a filter is asked for every number when it is loaded.
    private static var exceptionLimit: Int { 4 }

    /// Cuts ranges into stretches so that all comparisons, those between stretches included, are as few as they can be.
    ///
    /// - Parameter ranges: ascending; each reaches to the next one's start, the last to the end.
    static func stretches(of ranges: [(start: UInt32, outcome: Outcome)]) -> [FilterStretch] {
        // For each number of leading ranges: the fewest comparisons, and where the last stretch of that cut begins.
        var best: [(cost: Int, from: Int)] = [(0, 0)]
        for end in ranges.indices.map({ $0 + 1 }) {
            var choice = (cost: Int.max, from: 0)
            var numbers: [Outcome: Int] = [:]
            var all = 0
            for start in (0..<end).reversed() {
                let length = length(of: start, in: ranges)
                numbers[ranges[start].outcome, default: 0] += length
                all += length
                let exceptions = all - (numbers.values.max() ?? 0)
                // What differs within a stretch only becomes more; its few numbers may still be the longest here.
                guard end - start <= 2 * exceptionLimit + 1 else { break }
                let cost = best[start].cost + 1 + exceptions
                if exceptions <= exceptionLimit, cost < choice.cost { choice = (cost, start) }
            }
            best.append(choice)
        }
        var stretches: [FilterStretch] = []
        var end = ranges.count
        while end > 0 {
            stretches.append(FilterStretch(ranges, best[end].from..<end))
            end = best[end].from
        }
        return stretches.reversed()
    }

    /// How many numbers a range has; too many for exceptions where it is the last.
    private static func length(of index: Int, in ranges: [(start: UInt32, outcome: Outcome)]) -> Int {
        index + 1 < ranges.count ? Int(ranges[index + 1].start - ranges[index].start) : Int(UInt32.max)
    }

    private init(_ ranges: [(start: UInt32, outcome: Outcome)], _ part: Range<Int>) {
        var numbers: [Outcome: Int] = [:]
        for index in part { numbers[ranges[index].outcome, default: 0] += Self.length(of: index, in: ranges) }
        let most = part.max { left, right in
            numbers[ranges[left].outcome, default: 0] < numbers[ranges[right].outcome, default: 0]
        }
        start = ranges[part.lowerBound].start
        outcome = ranges[most ?? part.lowerBound].outcome
        var exceptions: [(number: UInt32, outcome: Outcome)] = []
        for index in part where ranges[index].outcome != outcome {
            for offset in 0..<Self.length(of: index, in: ranges) {
                exceptions.append((ranges[index].start + UInt32(offset), ranges[index].outcome))
            }
        }
        self.exceptions = exceptions
    }
}
