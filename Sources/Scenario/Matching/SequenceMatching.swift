/// Matches a sequence of things against patterns with gaps between them.
///
/// Runs of patterns between gaps are placed leftmost, the last run at the end where no gap follows it, so that no
/// choice has to be taken back and captures are those a reader would expect.
enum SequenceMatching {
    enum Item<Pattern> {
        case pattern(Pattern)
        case gap
    }

    /// Where a match went wrong.
    enum Failure: Error {
        /// The pattern at this position of `items` does not match the element, or there is none left.
        case pattern(item: Int, element: Int?)
        /// The element is left over.
        case leftOver(element: Int)
    }

    /// Answers which element each pattern matched, by position in `items`; `matches` is asked in order and may keep captures.
    static func match<Pattern>(
        _ items: [Item<Pattern>], elementCount: Int, matches: (Pattern, Int) -> Bool
    ) throws(Failure) -> [Int: Int] {
        var placed: [Int: Int] = [:]
        var next = 0
        let runs = self.runs(items)
        for run in runs {
            let latest = elementCount - run.patterns.count
            let starts: [Int]
            switch (run.afterGap, run.beforeGap) {
            case (false, _): starts = [next]
            case (true, true): starts = next <= latest ? Array(next...latest) : []
            case (true, false): starts = latest >= next ? [latest] : []
            }
            guard let start = starts.first(where: { fits(run, at: $0, elementCount, matches) }) else {
                throw failure(run, next, starts, elementCount, matches)
            }
            for offset in run.patterns.indices { placed[run.firstItem + offset] = start + offset }
            next = start + run.patterns.count
        }
        let endsInGap = items.last.map { if case .gap = $0 { true } else { false } } ?? false
        if !endsInGap, next < elementCount { throw .leftOver(element: next) }
        return placed
    }

    private struct Run<Pattern> {
        var firstItem: Int
        var patterns: [Pattern] = []
        var afterGap: Bool
        var beforeGap = false
    }

    private static func runs<Pattern>(_ items: [Item<Pattern>]) -> [Run<Pattern>] {
        var runs: [Run<Pattern>] = []
        var afterGap = false
        var open: Run<Pattern>?
        for (index, item) in items.enumerated() {
            switch item {
            case .gap:
                open?.beforeGap = true
                if let open { runs.append(open) }
                open = nil
                afterGap = true
            case .pattern(let pattern):
                var run = open ?? Run(firstItem: index, afterGap: afterGap)
                run.patterns.append(pattern)
                open = run
                afterGap = false
            }
        }
        if let open { runs.append(open) }
        return runs
    }

    private static func fits<Pattern>(
        _ run: Run<Pattern>, at start: Int, _ elementCount: Int, _ matches: (Pattern, Int) -> Bool
    ) -> Bool {
        guard start + run.patterns.count <= elementCount else { return false }
        return run.patterns.enumerated().allSatisfy { matches($0.element, start + $0.offset) }
    }

    private static func failure<Pattern>(
        _ run: Run<Pattern>, _ next: Int, _ starts: [Int], _ elementCount: Int, _ matches: (Pattern, Int) -> Bool
    ) -> Failure {
        guard starts.count == 1, let start = starts.first else { return .pattern(item: run.firstItem, element: nil) }
        for (offset, pattern) in run.patterns.enumerated() {
            let element = start + offset
            if element >= elementCount { return .pattern(item: run.firstItem + offset, element: nil) }
            if !matches(pattern, element) { return .pattern(item: run.firstItem + offset, element: element) }
        }
        return .pattern(item: run.firstItem, element: nil)
    }

    /// Pairs each pattern with an element of its own, in any order, as many as can be (augmenting paths).
    ///
    /// Answers the element of each pattern, `nil` where there is none for it.
    static func pair(patternCount: Int, elementCount: Int, matches: (Int, Int) -> Bool) -> [Int?] {
        var owner = [Int?](repeating: nil, count: elementCount)
        let fits = (0..<patternCount).map { pattern in (0..<elementCount).filter { matches(pattern, $0) } }
        func place(_ pattern: Int, _ visited: inout Set<Int>) -> Bool {
            for element in fits[pattern] where visited.insert(element).inserted {
                if let other = owner[element], !place(other, &visited) { continue }
                owner[element] = pattern
                return true
            }
            return false
        }
        for pattern in 0..<patternCount {
            var visited: Set<Int> = []
            _ = place(pattern, &visited)
        }
        var result = [Int?](repeating: nil, count: patternCount)
        for (element, pattern) in owner.enumerated() { if let pattern { result[pattern] = element } }
        return result
    }
}
