/// Columns as Go's tabwriter aligns them: cells end in a tab, a column is a run of lines that have the cell, at least
/// `minimumWidth` wide with `padding` spaces after the widest cell; the last cell of a line belongs to no column.
struct Table {
    var minimumWidth = 10
    var padding = 3

    func align(_ text: String) -> String {
        let endsInNewline = text.hasSuffix("\n")
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        if endsInNewline { lines.removeLast() }
        var widths = lines.map { Array(repeating: 0, count: max(0, $0.count - 1)) }
        for start in lines.indices {
            for column in widths[start].indices where widths[start][column] == 0 {
                var end = start
                while end < lines.count, widths[end].indices.contains(column) { end += 1 }
                let widest = lines[start..<end].map { $0[column].unicodeScalars.count }.max() ?? 0
                // A column of empty cells takes no room, but the writer's minimum still holds.
                let width = max(minimumWidth, widest + padding)
                for line in start..<end { widths[line][column] = width }
            }
        }
        let aligned = zip(lines, widths).map { cells, widths in
            zip(cells, widths).map { cell, width in
                cell + String(repeating: " ", count: max(0, width - cell.unicodeScalars.count))
            }.joined() + (cells.last ?? "")
        }
        return aligned.joined(separator: "\n") + (endsInNewline ? "\n" : "")
    }
}
