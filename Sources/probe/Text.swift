import CProbe

// Text is bytes here: String's comparison needs Unicode tables larger than the whole program.

func text(_ pointer: UnsafePointer<CChar>?) -> [UInt8] {
    guard let pointer else { return [] }
    var bytes: [UInt8] = []
    var index = 0
    while pointer[index] != 0 {
        bytes.append(UInt8(bitPattern: pointer[index]))
        index += 1
    }
    return bytes
}

func equals(_ bytes: some Collection<UInt8>, _ text: StaticString) -> Bool {
    text.withUTF8Buffer { bytes.elementsEqual($0) }
}

func hasPrefix(_ bytes: some Collection<UInt8>, _ text: StaticString) -> Bool {
    text.withUTF8Buffer { bytes.starts(with: $0) }
}

func number(_ bytes: some Collection<UInt8>) -> Int? {
    guard !bytes.isEmpty, bytes.count < 19 else { return nil }
    var value = 0
    for byte in bytes {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int(byte - 0x30)
    }
    return value
}

func hexadecimal(_ bytes: some Collection<UInt8>) -> UInt64 {
    var value: UInt64 = 0
    for byte in bytes {
        switch byte {
        case 0x30...0x39: value = value << 4 | UInt64(byte - 0x30)
        case 0x61...0x66: value = value << 4 | UInt64(byte - 0x61 + 10)
        default: return value
        }
    }
    return value
}

func split(_ bytes: some Collection<UInt8>, at separator: UInt8) -> [[UInt8]] {
    bytes.split(separator: separator).map { Array($0) }
}

func withCString<Result>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    let terminated = bytes.map { CChar(bitPattern: $0) } + [0]
    return terminated.withUnsafeBufferPointer { buffer in
        guard let start = buffer.baseAddress else { fail("out of memory") }
        return body(start)
    }
}

func bytes(_ text: StaticString) -> [UInt8] { text.withUTF8Buffer { Array($0) } }

/// The content of a file, or the negative error number.
func contents(of path: [UInt8]) -> (bytes: [UInt8], error: Int32) {
    let descriptor = withCString(path) { cprobe_open_reading($0) }
    guard descriptor >= 0 else { return ([], -descriptor) }
    defer { cprobe_close(descriptor) }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16384)
    while true {
        let count = buffer.withUnsafeMutableBytes { cprobe_read(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { return (content, count < 0 ? Int32(-count) : 0) }
        content.append(contentsOf: buffer[..<count])
    }
}

func linkTarget(_ path: [UInt8]) -> [UInt8] {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBufferPointer { space in
        withCString(path) { cprobe_read_link($0, space.baseAddress, space.count) }
    }
    return count < 0 ? [] : buffer[..<count].map { UInt8(bitPattern: $0) }
}

/// The names in a folder, sorted, without `.` and `..`.
func names(in path: [UInt8]) -> (names: [[UInt8]], error: Int32) {
    var error: Int32 = 0
    guard let directory = withCString(path, { cprobe_directory_open($0, &error) }) else { return ([], error) }
    defer { cprobe_directory_close(directory) }
    var list: [[UInt8]] = []
    while let name = cprobe_directory_next(directory) {
        let name = text(name)
        if !equals(name, ".") && !equals(name, "..") { list.append(name) }
    }
    list.sort { $0.lexicographicallyPrecedes($1) }
    return (list, 0)
}
