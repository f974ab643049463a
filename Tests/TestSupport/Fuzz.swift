import Foundation

/// A generator with a seed (SplitMix64), so that a failure can be had again.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// A generator at the start of its sequence.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// One run of a fuzz test: two seconds of a random seed, or what `DRYDOCK_FUZZ_SECONDS` and `DRYDOCK_FUZZ_SEED` say.
public struct Fuzz: Sendable {
    /// What makes the run repeatable; failures name it.
    public let seed: UInt64
    private let end: ContinuousClock.Instant

    /// Starts the clock.
    public init() {
        let environment = ProcessInfo.processInfo.environment
        seed = environment["DRYDOCK_FUZZ_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...UInt64.max)
        end = ContinuousClock.now + .seconds(environment["DRYDOCK_FUZZ_SECONDS"].flatMap(Int.init) ?? 2)
    }

    /// Whether time is left.
    public var goesOn: Bool { ContinuousClock.now < end }

    /// A generator of the seed.
    public var generator: SeededGenerator { SeededGenerator(seed: seed) }
}

extension Array where Element == UInt8 {
    /// Changes, doubles, drops or moves a few bytes or runs of them, or puts in words that the format gives a meaning.
    public mutating func mutate(words: [String], using random: inout some RandomNumberGenerator) {
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = isEmpty ? 0 : Int.random(in: 0..<count, using: &random)
            let run = Swift.min(count - place, Int.random(in: 1...24, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0 where !isEmpty: self[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1 where !isEmpty: self[place] = UInt8.random(in: 0...255, using: &random)
            case 2: insert(contentsOf: Array((words.randomElement(using: &random) ?? "").utf8), at: place)
            case 3: removeSubrange(place..<place + run)
            case 4: insert(contentsOf: Array(self[place..<place + run]), at: place)
            default: removeLast(Swift.min(count, Int.random(in: 0...8, using: &random)))
            }
        }
    }
}
