/// Identifiers and names that the engine makes up.
enum Identifiers {
    /// 64 hexadecimal digits; never all of the first twelve decimal, so that a short ID cannot pass for a number.
    static func make() -> String {
        while true {
            var generator = SystemRandomNumberGenerator()
            let words = (0..<4).map { _ in hexadecimal(generator.next()) }
            let id = words.joined()
            if id.prefix(12).contains(where: { $0.isLetter }) { return id }
        }
    }

    private static func hexadecimal(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// A name such as `steady_keel`; later tries end with a digit.
    static func name(attempt: Int) -> String {
        let name = "\(adjectives.randomElement() ?? "plain")_\(people.randomElement() ?? "smith")"
        return attempt == 0 ? name : "\(name)\(Int.random(in: 0..<10))"
    }

    private static let adjectives = [
        "agile", "amber", "ample", "bold", "breezy", "bright", "calm", "candid", "cheerful", "clear", "clever", "cosy",
        "crisp", "curious", "daring", "deft", "eager", "earnest", "fair", "fearless", "fond", "frank", "fresh",
        "friendly", "gallant", "gentle", "glad", "golden", "graceful", "handy", "hardy", "hearty", "honest", "humble",
        "jolly", "keen", "kind", "lively", "lucid", "lucky", "merry", "mild", "neat", "nimble", "noble", "patient",
        "placid", "plucky", "polite", "prompt", "proud", "quick", "quiet", "ready", "robust", "serene", "sharp",
        "silent", "sincere", "smooth", "snug", "sober", "spry", "steady", "stout", "sturdy", "sunny", "swift", "tidy",
        "trim", "trusty", "upbeat", "vivid", "warm", "wise", "witty", "zesty",
    ]

    /// Shipwrights, navigators, and people of computing and science.
    private static let people = [
        "amundsen", "anson", "babbage", "baret", "bering", "blackwood", "boole", "bowditch", "brunel", "cabot",
        "chapman", "cochrane", "cook", "curie", "dampier", "darwin", "dijkstra", "drake", "ericsson", "euler",
        "faraday", "fitzroy", "flinders", "franklin", "froude", "fulton", "galilei", "gauss", "germain", "goodall",
        "halley", "hamilton", "harrison", "henson", "herschel", "hooke", "hopper", "hudson", "humboldt", "johnson",
        "kepler", "lamarr", "laplace", "lovelace", "magellan", "maury", "maxwell", "meitner", "mercator", "nansen",
        "newton", "noether", "parsons", "pascal", "perry", "plimsoll", "ritchie", "ross", "shackleton", "shannon",
        "slocum", "somerville", "stevin", "tasman", "tharp", "thompson", "torres", "turing", "vancouver", "vespucci",
        "watt", "wilkins", "zheng",
    ]
}
