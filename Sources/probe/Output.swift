import CProbe

/// Text gathered and written at once; JSON is written by hand, since Embedded Swift has neither reflection nor Codable.
struct Output {
    private(set) var bytes: [UInt8] = []

    mutating func put(_ text: StaticString) { text.withUTF8Buffer { bytes.append(contentsOf: $0) } }
    mutating func put(_ text: some Sequence<UInt8>) { bytes.append(contentsOf: text) }
    mutating func put(number: some BinaryInteger, radix: Int = 10) {
        bytes.append(contentsOf: String(number, radix: radix).utf8)
    }
    mutating func newLine() { bytes.append(UInt8(ascii: "\n")) }

    /// Text in quotes as JSON writes it. Bytes above 127 are kept, so that what is UTF-8 stays so.
    mutating func quote(_ text: some Sequence<UInt8>) {
        put("\"")
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""): put("\\\"")
            case UInt8(ascii: "\\"): put("\\\\")
            case UInt8(ascii: "\n"): put("\\n")
            case UInt8(ascii: "\t"): put("\\t")
            case 0..<0x20:
                put("\\u00")
                if byte < 16 { put("0") }
                put(number: byte, radix: 16)
            default: bytes.append(byte)
            }
        }
        put("\"")
    }

    /// `"name":`
    mutating func name(_ name: StaticString) {
        put("\"")
        put(name)
        put("\":")
    }

    mutating func list<Element>(_ elements: [Element], _ body: (inout Output, Element) -> Void) {
        put("[")
        for index in elements.indices {
            if index > 0 { put(",") }
            body(&self, elements[index])
        }
        put("]")
    }

    mutating func flush(to descriptor: Int32 = 1) {
        writeAll(bytes, to: descriptor)
        bytes.removeAll(keepingCapacity: true)
    }
}

/// Writes all bytes; a reader that has gone away ends the program with 1.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
    var start = 0
    while start < bytes.count {
        let written = bytes.withUnsafeBytes { buffer in
            cprobe_write(descriptor, buffer.baseAddress.map { $0 + start }, bytes.count - start)
        }
        if written <= 0 { cprobe_exit(1) }
        start += written
    }
}

/// Says on stderr what could not be done, and ends with that code.
func fail(_ what: StaticString, _ subject: [UInt8] = [], error: Int32 = 0, code: Int32 = 1) -> Never {
    var output = Output()
    output.put("probe: ")
    output.put(what)
    if !subject.isEmpty {
        output.put(" ")
        output.put(subject)
    }
    if error > 0 {
        output.put(": ")
        output.put(text(cprobe_error_text(error)))
    }
    output.newLine()
    output.flush(to: 2)
    cprobe_exit(code)
}
