import Testing

@testable import Scenario

@Suite("Robustness")
struct RobustnessTests {
    /// SplitMix64: the same mutations in each run.
    struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    static func mutate(_ text: String, _ generator: inout Generator) -> String {
        var scalars = Array(text.unicodeScalars)
        let marks = Array("${}/[]()\"'\\`$&|<>!#\n :,.^é\u{0}".unicodeScalars)
        for _ in 0..<Int.random(in: 1...6, using: &generator) where !scalars.isEmpty {
            let place = Int.random(in: 0..<scalars.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: scalars.remove(at: place)
            case 1: scalars.insert(marks[Int.random(in: 0..<marks.count, using: &generator)], at: place)
            case 2: scalars[place] = marks[Int.random(in: 0..<marks.count, using: &generator)]
            default: scalars.removeSubrange(place..<min(scalars.count, place + 12))
            }
        }
        return PatternScanner.string(scalars)
    }

    @Test("a mutated scenario parses or names its faults, and never crashes", arguments: Manual.examples("markdown"))
    func mutations(_ example: Manual.Example) {
        var generator = Generator(state: UInt64(example.line))
        let text = example.text.hasPrefix("---\n") ? example.text : Manual.preamble + example.text
        let lineCount = text.split(separator: "\n", omittingEmptySubsequences: false).count
        for _ in 0..<60 {
            do {
                let document = try ScenarioDocument.parse(Self.mutate(text, &generator), file: "x.md", expectedID: nil)
                #expect(!document.steps.isEmpty)
            } catch {
                #expect(!error.errors.isEmpty)
                #expect(error.errors.allSatisfy { $0.line >= 1 && $0.line <= lineCount + 8 && !$0.message.isEmpty })
            }
        }
    }
}
