/// What marks every object of one run as ours: labels, a prefix of names, a path in image references.
public struct RunIdentity: Sendable, Hashable {
    /// The label whose value is the run.
    public static let runLabel = "io.drydock.run"
    /// The label whose value is the case's token.
    public static let caseLabel = "io.drydock.case"
    /// What the names of all our objects begin with.
    public static let namePrefix = "drydock-"

    /// Eight lower-case letters and digits, a digit last, new for each run.
    public let run: String

    /// An identity with this token.
    public init(run: String) {
        self.run = run
    }

    /// An identity that no other run on the daemon has.
    public static func fresh() -> RunIdentity {
        var generator = SystemRandomNumberGenerator()
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        let random = (1..<CaseToken.length).map { _ in letters[Int.random(in: 0..<36, using: &generator)] }
        // The digit sets our names apart from those that a person makes of words: `drydock-database-frontend-1`.
        return RunIdentity(run: String(random) + "\(Int.random(in: 0..<10, using: &generator))")
    }

    /// The identity of one attempt at one case.
    func caseIdentity(id: String, attempt: Int) -> CaseToken {
        let hash = "\(id)#\(attempt)".utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        let text = String(hash, radix: 36)
        let padded = String(repeating: "0", count: CaseToken.length) + text
        return CaseToken(run: run, hash: String(padded.suffix(CaseToken.length)))
    }
}

/// What marks the objects of one attempt at one case.
struct CaseToken: Sendable, Hashable {
    /// How many characters a run and a case have in a name.
    static let length = 8

    let run: String
    let hash: String

    /// Unique on the daemon, fit for names, references and label values: `k3f09sl4-0x8d3ncm`.
    var text: String { "\(run)-\(hash)" }

    /// The prefix of the names of this case.
    var namePrefix: String { "\(RunIdentity.namePrefix)\(text)-" }

    /// The unique name that a variable of a scenario stands for.
    func name(_ variable: String) -> String {
        namePrefix + variable.map { $0.isLetter || $0.isNumber || $0 == "-" ? String($0) : "-" }.joined().lowercased()
    }

    /// Whether a name is made like those of some case of some run: `drydock-k3f09sl4-0x8d3ncm-web`.
    static func isName(_ name: String) -> Bool {
        guard name.hasPrefix(RunIdentity.namePrefix) else { return false }
        let parts = name.dropFirst(RunIdentity.namePrefix.count).split(
            separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count == 3 && !parts[2].isEmpty && parts[0].last?.isNumber == true
            && parts.prefix(2).allSatisfy { part in
                part.count == length && part.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber) }
            }
    }

    var labels: [(key: String, value: String)] {
        [(RunIdentity.runLabel, run), (RunIdentity.caseLabel, text)]
    }

    /// The filter that shows a case only its own objects.
    var filter: String { "\(RunIdentity.caseLabel)=\(text)" }
}
