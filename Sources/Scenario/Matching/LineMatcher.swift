extension LinePattern {
    /// Matches a whole line, without its newline; answers the captures, or `nil` where it does not match.
    public func match(_ text: some StringProtocol, variables: Variables) -> [String: String]? {
        let text = String(text)
        guard let parts = resolved(variables) else { return nil }
        if let single = Self.matchSingle(parts, text) { return single.captures }
        return Self.matchCombined(parts, text)?.captures
    }

    /// Finds the first place where the pattern occurs in the text; answers the captures and where it ends.
    ///
    /// Where the pattern begins or ends in an expression, the expression does not reach over the end of a line.
    func find(
        in text: String, variables: Variables, anchored: Bool
    ) -> (captures: [String: String], end: String.Index)? {
        guard let parts = resolved(variables) else { return nil }
        if parts.count == 1, case .text(let literal) = parts[0] {
            guard let range = Self.range(of: literal, in: text, anchored: anchored) else { return nil }
            return ([:], range.upperBound)
        }
        guard let regex = Self.combined(parts, openEnded: true) else { return nil }
        do {
            let found = anchored ? try regex.prefixMatch(in: text) : try regex.firstMatch(in: text)
            guard let found else { return nil }
            return (Self.captures(found.output), found.range.upperBound)
        } catch { return nil }
    }

    /// The text that must come first, before anything variable; used to tell early that nothing can match any more.
    func leadingText(_ variables: Variables) -> String {
        guard let parts = resolved(variables), let first = parts.first, case .text(let text) = first else { return "" }
        return text
    }

    /// Variables replaced by their values and neighbouring texts joined; `nil` where a variable has no value.
    private func resolved(_ variables: Variables) -> [Piece]? {
        var parts: [Piece] = []
        func add(_ text: String) {
            if case .text(let before) = parts.last {
                parts[parts.count - 1] = .text(before + text)
            } else if !text.isEmpty {
                parts.append(.text(text))
            }
        }
        for piece in pieces {
            switch piece {
            case .text(let text): add(text)
            case .variable(let name):
                guard let value = variables[name] else { return nil }
                add(value)
            default: parts.append(piece)
            }
        }
        return parts
    }

    /// The common case without a combined expression: text, at most one variable part, text.
    private static func matchSingle(_ parts: [Piece], _ text: String) -> (captures: [String: String]?, Void)? {
        var before = ""
        var after = ""
        var middle: Piece?
        for part in parts {
            if case .text(let literal) = part {
                if middle == nil { before += literal } else { after += literal }
            } else if middle == nil {
                middle = part
            } else {
                return nil
            }
        }
        let scalars = text.unicodeScalars
        guard let middle else { return (scalars.elementsEqual(before.unicodeScalars) ? [:] : nil, ()) }
        guard scalars.count >= before.unicodeScalars.count + after.unicodeScalars.count,
            scalars.starts(with: before.unicodeScalars),
            scalars.reversed().starts(with: after.unicodeScalars.reversed())
        else { return (nil, ()) }
        let rest = String(scalars.dropFirst(before.unicodeScalars.count).dropLast(after.unicodeScalars.count))
        switch middle {
        case .anyText: return ([:], ())
        case .regex(let regex): return (regex.matchesWhole(rest) ? [:] : nil, ())
        case .capture(let name, let regex): return (regex.matchesWhole(rest) ? [name: rest] : nil, ())
        case .text, .variable: return nil
        }
    }

    private static func matchCombined(_ parts: [Piece], _ text: String) -> (captures: [String: String], Void)? {
        guard let regex = combined(parts, openEnded: false) else { return nil }
        do {
            guard let found = try regex.wholeMatch(in: text) else { return nil }
            return (captures(found.output), ())
        } catch { return nil }
    }

    private static func captures(_ output: AnyRegexOutput) -> [String: String] {
        var captures: [String: String] = [:]
        for element in output {
            if let name = element.name, name.hasPrefix(capturePrefix), let text = element.substring {
                captures[decodedName(name)] = String(text)
            }
        }
        return captures
    }

    /// Group names may not hold every character a variable's name may, so names travel as hexadecimal.
    private static let capturePrefix = "capture_"
    private static func encodedName(_ name: String) -> String {
        capturePrefix + name.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
    private static func decodedName(_ name: String) -> String {
        let digits = Array(name.dropFirst(capturePrefix.count))
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func combined(_ parts: [Piece], openEnded: Bool) -> Regex<AnyRegexOutput>? {
        var source = ""
        for part in parts {
            switch part {
            case .text(let text): source += escaped(text)
            case .capture(let name, let regex): source += "(?<\(encodedName(name))>\(regex.grouped))"
            case .regex(let regex): source += regex.grouped
            case .anyText: source += "(?s:.*?)"
            case .variable: return nil
            }
        }
        if openEnded, let last = parts.last {
            switch last {
            case .capture, .regex: source += "(?=\\r?\\n)"
            default: break
            }
        }
        // Each expression was compiled when the file was read; joined they compile too, unless one of them names groups
        // like another, which the parser refuses.
        do { return try Regex(source).matchingSemantics(.unicodeScalar) } catch { return nil }
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if scalar.isASCII, !scalar.properties.isAlphabetic, !("0"..."9").contains(scalar) {
                result += "\\x{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func range(of needle: String, in text: String, anchored: Bool) -> Range<String.Index>? {
        let hay = Array(text.utf8)
        let wanted = Array(needle.utf8)
        guard hay.count >= wanted.count else { return nil }
        let lastStart = anchored ? 0 : hay.count - wanted.count
        for start in 0...lastStart where hay[start..<start + wanted.count].elementsEqual(wanted) {
            let lower = text.utf8.index(text.startIndex, offsetBy: start)
            return lower..<text.utf8.index(lower, offsetBy: wanted.count)
        }
        return nil
    }
}
