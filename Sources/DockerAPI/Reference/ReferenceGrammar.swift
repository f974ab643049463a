/// The grammar of `github.com/distribution/reference`, over bytes: every legal reference is ASCII.
enum ReferenceGrammar {
    struct Parts {
        let domain: String
        let path: String
        let tag: String?
        let digest: String?
    }

    /// Splits `domain/path[:tag][@digest]`; `nil` where any part breaks its rule.
    static func match(_ text: String) -> Parts? {
        var rest = text[...]
        var digest: String?
        if let at = rest.firstIndex(of: "@") {
            digest = String(rest[rest.index(after: at)...])
            rest = rest[..<at]
        }
        guard let slash = rest.firstIndex(of: "/") else { return nil }
        let domain = String(rest[..<slash])
        var path = rest[rest.index(after: slash)...]
        var tag: String?
        if let colon = path.firstIndex(of: ":") {
            tag = String(path[path.index(after: colon)...])
            path = path[..<colon]
        }
        guard isDomain(domain), isPath(path), tag.map(isTag) ?? true, digest.map(isDigestShaped) ?? true else {
            return nil
        }
        return Parts(domain: domain, path: String(path), tag: tag, digest: digest)
    }

    /// 64 lower-case hexadecimal digits: the ID of an image or container.
    static func isIdentifier(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy(isLowerHex)
    }

    static func isTag(_ text: String) -> Bool {
        guard let first = text.utf8.first, (1...128).contains(text.utf8.count) else { return false }
        return isWord(first)
            && text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    /// Checks algorithm and length, as `go-digest` does after the shape has matched.
    static func checkDigest(_ digest: String) throws(ImageReferenceError) {
        let parts = digest.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { throw .digestFormat }
        let lengths = ["sha256": 64, "sha384": 96, "sha512": 128]
        guard let length = lengths[String(parts[0])] else { throw .digestUnsupported }
        guard parts[1].utf8.count == length else { throw .digestLength }
        guard parts[1].utf8.allSatisfy(isLowerHex) else { throw .digestFormat }
    }

    private static func isDomain(_ text: String) -> Bool {
        var host = text[...]
        if host.hasPrefix("[") {
            guard let bracket = host.firstIndex(of: "]") else { return false }
            let address = host[host.index(after: host.startIndex)..<bracket]
            guard !address.isEmpty, address.utf8.allSatisfy({ isHex($0) || $0 == UInt8(ascii: ":") }) else {
                return false
            }
            let after = host[host.index(after: bracket)...]
            return after.isEmpty || (after.hasPrefix(":") && isPort(after.dropFirst()))
        }
        if let colon = host.firstIndex(of: ":") {
            guard isPort(host[host.index(after: colon)...]) else { return false }
            host = host[..<colon]
        }
        return host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            guard let first = label.utf8.first, let last = label.utf8.last else { return false }
            return isAlphanumeric(first) && isAlphanumeric(last)
                && label.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isPort(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func isPath(_ path: Substring) -> Bool {
        path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(isPathComponent)
    }

    /// Runs of `[a-z0-9]` with one separator between two: `.`, `_`, `__`, or any number of `-`.
    private static func isPathComponent(_ component: Substring) -> Bool {
        let bytes = Array(component.utf8)
        guard let first = bytes.first, let last = bytes.last, isLowerAlphanumeric(first), isLowerAlphanumeric(last)
        else { return false }
        var index = 0
        while index < bytes.count {
            if isLowerAlphanumeric(bytes[index]) {
                index += 1
                continue
            }
            let run = bytes[index...].prefix { !isLowerAlphanumeric($0) }
            guard isSeparator(run) else { return false }
            index += run.count
        }
        return true
    }

    private static func isSeparator(_ run: ArraySlice<UInt8>) -> Bool {
        run.elementsEqual(".".utf8) || run.elementsEqual("_".utf8) || run.elementsEqual("__".utf8)
            || run.allSatisfy { $0 == UInt8(ascii: "-") }
    }

    /// `algorithm[+-_.algorithm…]:hex`, at least 32 digits.
    private static func isDigestShaped(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count >= 32, parts[1].utf8.allSatisfy(isHex) else { return false }
        return parts[0].split(omittingEmptySubsequences: false, whereSeparator: { "-_+.".contains($0) }).allSatisfy {
            guard let first = $0.utf8.first, isAlphabetic(first) else { return false }
            return $0.utf8.allSatisfy(isAlphanumeric)
        }
    }

    private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
    }
    private static func isAlphabetic(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte)
    }
    private static func isAlphanumeric(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || isAlphabetic(byte) }
    private static func isWord(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == UInt8(ascii: "_") }
    private static func isLowerHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
    private static func isHex(_ byte: UInt8) -> Bool {
        isLowerHex(byte) || (0x41...0x46).contains(byte)
    }
}
