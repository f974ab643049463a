/// The keys that let an attached client go, as bytes: `ctrl-p,ctrl-q`.
struct DetachKeys: Sendable, Hashable {
    let bytes: [UInt8]

    /// - Throws: `invalidArgument` for a key that there is none of.
    init(_ text: String) throws(EngineError) {
        var bytes: [UInt8] = []
        for key in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let byte = Self.byte(key) else {
                throw EngineError(.invalidArgument, "Invalid detach keys (\(text)) provided")
            }
            bytes.append(byte)
        }
        self.bytes = bytes
    }

    private static func byte(_ key: Substring) -> UInt8? {
        if key == "DEL" { return 127 }
        if key.utf8.count == 1 { return key.utf8.first }
        guard key.hasPrefix("ctrl-"), key.utf8.count == 6, let last = key.utf8.last else { return nil }
        switch last {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): return last - UInt8(ascii: "a") + 1
        case UInt8(ascii: "@"): return 0
        case UInt8(ascii: "["): return 27
        case UInt8(ascii: "\\"): return 28
        case UInt8(ascii: "]"): return 29
        case UInt8(ascii: "^"): return 30
        case UInt8(ascii: "_"): return 31
        default: return nil
        }
    }
}

/// Looks for the detach keys in what is typed; what could become them is held back until it does or does not.
struct DetachScanner: Sendable {
    private let keys: [UInt8]
    private var matched = 0

    init(_ keys: DetachKeys) { self.keys = keys.bytes }

    /// What goes on to the process, and whether the keys were typed.
    mutating func scan(_ bytes: [UInt8]) -> (passed: [UInt8], isDetached: Bool) {
        guard !keys.isEmpty else { return (bytes, false) }
        var passed: [UInt8] = []
        for byte in bytes {
            if byte == keys[matched] {
                matched += 1
                if matched == keys.count { return (passed, true) }
                continue
            }
            passed += keys[..<matched]
            matched = 0
            if byte == keys[0] { matched = 1 } else { passed.append(byte) }
        }
        return (passed, false)
    }
}
