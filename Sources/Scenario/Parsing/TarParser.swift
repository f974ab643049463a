/// The words of a tar entry's line, in archives that are made and in listings that are expected.
private struct TarLine {
    var mode: UInt32?
    var link: (target: String, hard: Bool)?
    var numbers: [String: Int64] = [:]

    private static let options = ["uid", "gid", "mtime"]

    /// Reads what stands behind the path, up to the content.
    mutating func readWords(_ scanner: inout PatternScanner) throws(SyntaxFault) {
        while true {
            scanner.skipSpaces()
            guard let scalar = scanner.current, scalar != "\"" else { return }
            if scanner.take("->") || scanner.starts(with: "=>") {
                let hard = scanner.take("=>")
                scanner.skipSpaces()
                link = (scanner.takeWhile { $0 != " " }, hard)
                guard link?.target.isEmpty == false else { throw scanner.fault("a link without a target") }
                continue
            }
            let word = scanner.takeWhile { $0 != " " && $0 != "\"" }
            if word.allSatisfy({ ("0"..."7").contains($0) }), (3...5).contains(word.count) {
                mode = UInt32(word, radix: 8)
            } else if let equals = word.firstIndex(of: "="), let number = Int64(word[word.index(after: equals)...]),
                Self.options.contains(String(word[..<equals]))
            {
                numbers[String(word[..<equals])] = number
            } else {
                throw scanner.fault(
                    "`\(word)` in a tar entry",
                    hint: "Known: a mode like 0644, uid=N, gid=N, mtime=N, -> TARGET, => TARGET, \"content\"")
            }
        }
    }

    func number<Number: FixedWidthInteger>(_ name: String, _ scanner: PatternScanner) throws(SyntaxFault) -> Number? {
        guard let number = numbers[name] else { return nil }
        guard let result = Number(exactly: number) else { throw scanner.fault("`\(name)=\(number)` is out of range") }
        return result
    }
}

extension PatternScanner {
    /// A path: in quotes where it holds a space.
    fileprivate mutating func tarPath() throws(SyntaxFault) -> String {
        skipSpaces()
        if current == "\"" { return try plainString() }
        let path = takeWhile { $0 != " " }
        guard !path.isEmpty else { throw fault("a tar entry without a path") }
        return path
    }

    fileprivate func tarEnd() throws(SyntaxFault) {
        var rest = self
        rest.skipSpaces()
        guard rest.isAtEnd else { throw fault("text behind the content of a tar entry") }
    }
}

extension TarEntryTemplate {
    init(parsing line: SourceLine) throws(SyntaxFault) {
        var scanner = PatternScanner(line.trimmed, line: line.number)
        let path = try Template(parsing: try scanner.tarPath(), line: line.number)
        var words = TarLine()
        try words.readWords(&scanner)
        let content = scanner.current == "\"" ? try Template(quoted: &scanner) : nil
        try words.readWords(&scanner)
        try scanner.tarEnd()
        let kind: Kind
        let defaultMode: UInt32
        if let link = words.link {
            guard content == nil else { throw scanner.fault("a link has no content") }
            kind = link.hard ? .hardLink(link.target) : .symbolicLink(link.target)
            defaultMode = 0o777
        } else if path.source.hasSuffix("/") {
            guard content == nil else { throw scanner.fault("a directory has no content") }
            kind = .directory
            defaultMode = 0o755
        } else {
            kind = .file(content ?? Template(source: "", line: line.number, pieces: []))
            defaultMode = 0o644
        }
        self.init(
            line: line.number, path: path, kind: kind, mode: words.mode ?? defaultMode,
            uid: try words.number("uid", scanner) ?? 0, gid: try words.number("gid", scanner) ?? 0,
            modified: try words.number("mtime", scanner) ?? 0)
    }
}

extension TarPattern {
    init(parsing lines: [SourceLine], line: Int) throws(SyntaxFault) {
        var items: [Item] = []
        for line in lines where !line.isBlank {
            items.append(line.trimmed == "..." ? .gap(line: line.number) : .entry(try TarEntryPattern(parsing: line)))
        }
        self.init(line: line, items: items)
    }
}

extension TarEntryPattern {
    init(parsing line: SourceLine) throws(SyntaxFault) {
        var scanner = PatternScanner(line.trimmed, line: line.number)
        let text = try scanner.tarPath()
        var words = TarLine()
        try words.readWords(&scanner)
        let content: Content
        if scanner.current == "\"" {
            content = .content(try LinePattern(quoted: &scanner))
        } else if let link = words.link {
            content = link.hard ? .hardLink(link.target) : .symbolicLink(link.target)
        } else {
            content = text.hasSuffix("/") ? .directory : .any
        }
        try words.readWords(&scanner)
        try scanner.tarEnd()
        let path = try LinePattern(parsing: text.hasSuffix("/") ? String(text.dropLast()) : text, line: line.number)
        self.init(
            line: line.number, path: path, mode: words.mode, uid: try words.number("uid", scanner),
            gid: try words.number("gid", scanner), content: content)
    }
}
