/// Writes classic BPF (Documentation/networking/filter.rst) with forward jumps to places that come later.
struct ClassicAssembler {
    /// A place in the program.
    struct Label: Hashable, Comparable {
        fileprivate let number: Int

        static func < (left: Label, right: Label) -> Bool { left.number < right.number }
    }

    /// The operations that are of use here.
    enum Code: UInt16 {
        case load = 0x20
        case jump = 0x05
        case jumpIfEqual = 0x15
        case jumpIfGreater = 0x25
        case jumpIfGreaterOrEqual = 0x35
        case jumpIfSet = 0x45
        case and = 0x54
        case answer = 0x06

        var isConditional: Bool {
            switch self {
            case .jumpIfEqual, .jumpIfGreater, .jumpIfGreaterOrEqual, .jumpIfSet: true
            case .load, .jump, .and, .answer: false
            }
        }
    }

    /// How many instructions there are.
    var count: Int { instructions.count }

    private struct Instruction {
        var code: Code
        var value: UInt32
        var taken: Label?
        var otherwise: Label?
    }

    private var instructions: [Instruction] = []
    private var places: [Label: Int] = [:]
    private var labels = 0

    mutating func label() -> Label {
        labels += 1
        return Label(number: labels)
    }

    /// Puts a label before the next instruction.
    mutating func place(_ label: Label) { places[label] = instructions.count }

    /// Loads a word of `struct seccomp_data`: the call's number at 0, the architecture at 4.
    mutating func load(_ offset: UInt32) { instructions.append(Instruction(code: .load, value: offset)) }

    /// Keeps these bits of what was loaded.
    mutating func and(_ mask: UInt32) { instructions.append(Instruction(code: .and, value: mask)) }

    mutating func answer(_ value: UInt32) { instructions.append(Instruction(code: .answer, value: value)) }

    mutating func jump(to label: Label) { instructions.append(Instruction(code: .jump, value: 0, taken: label)) }

    /// Goes to a label where the comparison holds, or where it does not; else on. Such a jump passes 255 instructions at most.
    mutating func jump(_ code: Code, _ value: UInt32, to taken: Label? = nil, otherwise: Label? = nil) {
        instructions.append(Instruction(code: code, value: value, taken: taken, otherwise: otherwise))
    }

    /// The bytes; a label that was never placed means the end.
    func bytes() -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, instruction) in instructions.enumerated() {
            func distance(_ label: Label?) -> Int {
                label.map { (places[$0] ?? instructions.count) - index - 1 } ?? 0
            }
            let isPlain = instruction.code == .jump
            let value = isPlain ? UInt32(distance(instruction.taken)) : instruction.value
            Self.append(instruction.code.rawValue, to: &bytes)
            bytes.append(isPlain ? 0 : UInt8(distance(instruction.taken)))
            bytes.append(isPlain ? 0 : UInt8(distance(instruction.otherwise)))
            Self.append(value, to: &bytes)
        }
        return bytes
    }

    private static func append<Value: FixedWidthInteger>(_ value: Value, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
    }
}
