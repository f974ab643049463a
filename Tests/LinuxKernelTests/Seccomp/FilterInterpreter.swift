/// Runs a seccomp program as the kernel would, on one call.
struct FilterInterpreter {
    struct Call {
        var architecture: UInt32
        var number: UInt32
        var arguments: [UInt64] = []
    }

    struct Broken: Error { let reason: String }

    private let instructions: [(code: UInt16, taken: Int, otherwise: Int, value: UInt32)]

    init(_ bytes: [UInt8]) {
        instructions = stride(from: 0, to: bytes.count, by: 8).map { start in
            let value = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + 4 + $1]) << UInt32(8 * $1) }
            return (
                UInt16(bytes[start]) | UInt16(bytes[start + 1]) << 8, Int(bytes[start + 2]), Int(bytes[start + 3]),
                value
            )
        }
    }

    /// SECCOMP_RET_ value.
    func verdict(_ call: Call) throws -> UInt32 {
        var accumulator: UInt32 = 0
        var position = 0
        while position < instructions.count {
            let (code, taken, otherwise, value) = instructions[position]
            position += 1
            switch code {
            case 0x20: accumulator = try load(value, call)
            case 0x54: accumulator &= value
            case 0x05: position += Int(value)
            case 0x15: position += accumulator == value ? taken : otherwise
            case 0x25: position += accumulator > value ? taken : otherwise
            case 0x35: position += accumulator >= value ? taken : otherwise
            case 0x45: position += accumulator & value != 0 ? taken : otherwise
            case 0x06: return value
            default: throw Broken(reason: "instruction \(position - 1) has the code \(code)")
            }
        }
        throw Broken(reason: "the program ran out at \(position)")
    }

    /// `struct seccomp_data`, little-endian: number, architecture, instruction pointer, six arguments.
    private func load(_ offset: UInt32, _ call: Call) throws -> UInt32 {
        switch offset {
        case 0: return call.number
        case 4: return call.architecture
        case 16..<64 where offset % 4 == 0:
            let index = Int(offset - 16) / 8
            let argument = index < call.arguments.count ? call.arguments[index] : 0
            return UInt32(truncatingIfNeeded: offset % 8 == 0 ? argument : argument >> 32)
        default: throw Broken(reason: "a load from \(offset)")
        }
    }
}
