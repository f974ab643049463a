/// Collects lines that end in CRLF, or in LF as RFC 9112 section 2.2 lets a reader accept, and reads heads from them.
struct HeadLines {
    /// All bytes taken, line ends included.
    private(set) var raw: [UInt8] = []
    private var current: [UInt8] = []
    private var lines: [[UInt8]] = []

    /// The next line without its end, or `nil` where it is not complete.
    mutating func next(
        _ rest: inout ArraySlice<UInt8>, limit: Int, fault: @autoclosure () -> ResponseFault
    ) throws(ResponseFault) -> [UInt8]? {
        while let byte = rest.popFirst() {
            raw.append(byte)
            guard raw.count <= limit else { throw fault() }
            guard byte == UInt8(ascii: "\n") else {
                current.append(byte)
                continue
            }
            defer { current = [] }
            return current.last == UInt8(ascii: "\r") ? current.dropLast() : current
        }
        return nil
    }

    /// All lines up to an empty one, or `nil` where that has not come.
    mutating func block(_ rest: inout ArraySlice<UInt8>, limit: Int) throws(ResponseFault) -> [[UInt8]]? {
        while let line = try next(&rest, limit: limit, fault: .headTooLong(limit: limit)) {
            guard !line.isEmpty else { return lines }
            lines.append(line)
        }
        return nil
    }

    /// Refuses what cannot become a status line as soon as its first bytes show it: a server that speaks another
    /// protocol may never send a line end.
    func checkStart(adding rest: ArraySlice<UInt8>) throws(ResponseFault) {
        let start = Array((raw + rest).prefix(40))
        let expected = Array("HTTP/1.".utf8)
        if start.count >= 2, [0x15, 0x16].contains(start[0]), start[1] == 0x03 { throw .tlsRecord }
        guard zip(start, expected).allSatisfy({ $0 == $1 }) || start.first == 0x16 || start.first == 0x15 else {
            throw .notHTTP(firstBytes: Self.shown(start))
        }
    }

    static func parse(_ lines: [[UInt8]], raw: [UInt8]) throws(ResponseFault) -> ResponseHead {
        guard let first = lines.first else { throw .statusLine("") }
        let text = String(decoding: first, as: UTF8.self)
        let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0] == "HTTP/1.1" || parts[0] == "HTTP/1.0", parts[1].utf8.count == 3,
            parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let status = Int(parts[1]), status >= 100
        else { throw .statusLine(shown(first)) }
        var headers: [(name: String, value: String)] = []
        for line in lines.dropFirst() { headers.append(try field(line)) }
        return ResponseHead(
            httpVersion: String(parts[0]), status: status, reason: parts.count > 2 ? String(parts[2]) : "",
            headers: headers, raw: raw)
    }

    static func field(_ line: [UInt8]) throws(ResponseFault) -> (name: String, value: String) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0, line[..<colon].allSatisfy(isTokenByte),
            line[colon...].allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
        else { throw .headerLine(shown(line)) }
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        var value = line[(colon + 1)...].drop(while: isSpace)
        while let last = value.last, isSpace(last) { value.removeLast() }
        return (String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
    }

    /// The first bytes for a message, what cannot be printed as `.`.
    static func shown(_ bytes: some Collection<UInt8>, limit: Int = 40) -> String {
        String(decoding: bytes.prefix(limit).map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
            + (bytes.count > limit ? "…" : "")
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
