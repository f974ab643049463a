import Testing

/// Goal: files stay readable and errors stay visible. Method: read every source line.
@Suite struct FileRules {
    let tree = SourceTree()

    static let longestFile = 400

    @Test func filesStayShort() throws {
        for file in tree.swiftFiles(in: "Sources") + tree.swiftFiles(in: "Tests") {
            let count = try tree.text(file).split(separator: "\n", omittingEmptySubsequences: false).count
            #expect(count <= Self.longestFile, "\(file) has \(count) lines: split it by concern")
        }
    }

    @Test func sourcesHoldNoTrapsAndNoLeftovers() throws {
        let words = ["try!", "as!", "fatalError(", "// TODO", "// FIXME", "preconditionFailure("]
        for file in tree.swiftFiles(in: "Sources") {
            for (index, line) in try tree.text(file).split(separator: "\n", omittingEmptySubsequences: false)
                .enumerated()
            {
                for word in words { #expect(!line.contains(word), "\(file):\(index + 1) holds \(word)") }
            }
        }
    }
}
