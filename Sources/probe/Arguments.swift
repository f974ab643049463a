import CProbe

/// The words after the sub-command, taken option by option.
struct Arguments {
    private(set) var words: [[UInt8]]

    init(from first: Int32) {
        words = []
        var index = first
        while index < cprobe_argument_count() {
            words.append(text(cprobe_argument(index)))
            index += 1
        }
    }

    /// Takes `--name` out, if it is there.
    mutating func flag(_ name: StaticString) -> Bool {
        guard let index = words.firstIndex(where: { equals($0, name) }) else { return false }
        words.remove(at: index)
        return true
    }

    /// Takes `--name VALUE` out, if it is there.
    mutating func option(_ name: StaticString) -> [UInt8]? {
        guard let index = words.firstIndex(where: { equals($0, name) }) else { return nil }
        guard index + 1 < words.count else { fail("a value is missing after", words[index], code: 2) }
        let value = words[index + 1]
        words.removeSubrange(index...index + 1)
        return value
    }

    mutating func number(_ name: StaticString, default value: Int) -> Int {
        guard let word = option(name) else { return value }
        guard let value = probe.number(word) else { fail("not a number:", word, code: 2) }
        return value
    }

    /// Takes the next word.
    mutating func next(_ what: StaticString) -> [UInt8] {
        guard !words.isEmpty else {
            var output = Output()
            output.put(what)
            fail("missing argument:", output.bytes, code: 2)
        }
        return words.removeFirst()
    }

    /// Refuses words that nothing took.
    func finish() {
        if let word = words.first { fail("unexpected argument:", word, code: 2) }
    }
}
