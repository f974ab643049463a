/// Numbers of processors or memory nodes as the kernel and docker write them: `0-3,7` (cpuset(7), "List format").
public struct CPUList: Sendable, Hashable, CustomStringConvertible {
    /// Why a list could not be read, in docker's words.
    public enum Problem: Error, Sendable, Hashable, CustomStringConvertible {
        case format(String)
        case outOfRange(maximum: Int)

        /// `invalid format: 0-`.
        public var description: String {
            switch self {
            case .format(let text): "invalid format: \(text)"
            case .outOfRange(let maximum): "value of out range, maximum is \(maximum)"
            }
        }
    }

    /// The highest number docker accepts.
    public static let maximum = 8192
    /// The numbers.
    public let numbers: Set<Int>
    private let text: String

    /// As it was written.
    public var description: String { text }

    /// Reads a list; the empty text is the empty list.
    public init(_ text: some StringProtocol) throws(Problem) {
        self.text = String(text)
        var numbers: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) where !text.isEmpty {
            let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map { Int($0) }
            guard let first = ends[0], let last = ends[ends.count - 1], first >= 0, first <= last else {
                throw .format(String(text))
            }
            guard last <= Self.maximum else { throw .outOfRange(maximum: Self.maximum) }
            numbers.formUnion(first...last)
        }
        self.numbers = numbers
    }
}
