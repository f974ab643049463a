/// Finds the word somebody probably meant.
enum Suggestion {
    /// The word of `words` with the smallest edit distance to `word`, if it is near enough to be a slip.
    static func nearest(to word: String, in words: some Sequence<String>, limit: Int? = nil) -> String? {
        let allowed = limit ?? max(1, word.count / 3)
        var best: (distance: Int, word: String)?
        for candidate in words {
            let distance = self.distance(word.lowercased(), candidate.lowercased())
            if distance <= allowed, best.map({ distance < $0.distance }) ?? true { best = (distance, candidate) }
        }
        return best?.word
    }

    /// `Did you mean X?`, or the list of what is known.
    static func hint(for word: String, in words: [String], called plural: String) -> String {
        if let near = nearest(to: word, in: words) { return "Did you mean `\(near)`?" }
        return "Known \(plural): \(words.joined(separator: ", "))"
    }

    /// Edits that turn one word into the other, a swap of neighbours counted as one (Damerau-Levenshtein, restricted).
    static func distance(_ left: String, _ right: String) -> Int {
        let a = Array(left.prefix(128).unicodeScalars)
        let b = Array(right.prefix(128).unicodeScalars)
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var rows = [Array(0...b.count)]
        for i in 1...a.count {
            var row = [i]
            for j in 1...b.count {
                var cost = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { cost = min(cost, rows[i - 2][j - 2] + 1) }
                row.append(cost)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
