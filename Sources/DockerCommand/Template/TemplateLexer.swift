/// Cuts a template into text and actions, and actions into tokens.
struct TemplateLexer {
    enum Piece: Sendable {
        case text(String)
        case action(String)
    }

    enum Token: Sendable, Equatable {
        case word(String)
        case field(String)
        case variable(String)
        case string(String)
        case number(String)
        case symbol(String)
        case space
    }

    /// Text and actions in order, trim markers applied and comments gone.
    static func pieces(_ template: String) throws(TemplateError) -> [Piece] {
        var pieces: [Piece] = []
        var rest = Substring(template)
        var trimNext = false
        while let open = find("{{", in: rest) {
            var text = rest[..<open]
            var body = rest[open...].dropFirst(2)
            if trimNext { text = text.drop(while: \.isWhitespace) }
            if body.hasPrefix("-"), body.dropFirst().first?.isWhitespace == true {
                while text.last?.isWhitespace == true { text.removeLast() }
                body = body.dropFirst()
            }
            guard let close = end(of: body) else { throw TemplateError("template: :1: unclosed action") }
            var action = body[..<close]
            rest = body[close...].dropFirst(2)
            trimNext = action.last == "-" && action.dropLast().last?.isWhitespace == true
            if trimNext { action = action.dropLast() }
            if !text.isEmpty { pieces.append(.text(String(text))) }
            let trimmed = String(action).trimmingSpaces()
            if !(trimmed.hasPrefix("/*") && trimmed.hasSuffix("*/")) { pieces.append(.action(trimmed)) }
        }
        if trimNext { rest = rest.drop(while: \.isWhitespace) }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        return pieces
    }

    private static func find(_ mark: String, in text: Substring) -> Substring.Index? {
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].hasPrefix(mark) { return index }
            index = text.index(after: index)
        }
        return nil
    }

    /// The start of the `}}` that ends the action, not one within a string.
    private static func end(of body: Substring) -> Substring.Index? {
        var quote: Character?
        var escaped = false
        var index = body.startIndex
        while index < body.endIndex {
            let character = body[index]
            if let open = quote {
                if escaped {
                    escaped = false
                } else if character == "\\", open == "\"" {
                    escaped = true
                } else if character == open {
                    quote = nil
                }
            } else if character == "\"" || character == "`" {
                quote = character
            } else if body[index...].hasPrefix("}}") {
                return index
            }
            index = body.index(after: index)
        }
        return nil
    }

    static func tokens(_ action: String) throws(TemplateError) -> [Token] {
        var tokens: [Token] = []
        var rest = Substring(action)
        func isName(_ character: Character) -> Bool { character.isLetter || character.isNumber || character == "_" }
        while let first = rest.first {
            if first.isWhitespace {
                rest = rest.drop(while: \.isWhitespace)
                if tokens.last != .space { tokens.append(.space) }
            } else if first == "\"" || first == "`" {
                let (text, length) = try string(rest, quote: first)
                tokens.append(.string(text))
                rest = rest.dropFirst(length)
            } else if first == "." {
                let name = rest.dropFirst().prefix(while: isName)
                if name.first?.isNumber == true
                    || (name.isEmpty && rest.dropFirst().first.map { !" )|".contains($0) } == true)
                {
                    throw TemplateError("template: :1: bad number syntax: \(GoValue.quote(String(rest.prefix(2))))")
                }
                tokens.append(.field(String(name)))
                rest = rest.dropFirst(name.count + 1)
            } else if first == "$" {
                let name = rest.dropFirst().prefix(while: isName)
                tokens.append(.variable(String(name)))
                rest = rest.dropFirst(name.count + 1)
            } else if first.isNumber || ("+-".contains(first) && rest.dropFirst().first?.isNumber == true) {
                let number = rest.prefix(1) + rest.dropFirst().prefix { isName($0) || $0 == "." }
                tokens.append(.number(String(number)))
                rest = rest.dropFirst(number.count)
            } else if rest.hasPrefix(":=") {
                tokens.append(.symbol(":="))
                rest = rest.dropFirst(2)
            } else if "()|,=".contains(first) {
                tokens.append(.symbol(String(first)))
                rest = rest.dropFirst()
            } else if first.isLetter || first == "_" {
                let name = rest.prefix(while: isName)
                tokens.append(.word(String(name)))
                rest = rest.dropFirst(name.count)
            } else {
                throw TemplateError("template: :1: unexpected \(GoValue.quote(String(first))) in operand")
            }
        }
        return tokens
    }

    private static func string(_ text: Substring, quote: Character) throws(TemplateError) -> (String, Int) {
        var out = ""
        var length = 1
        var escaped = false
        for character in text.dropFirst() {
            length += 1
            if escaped {
                out.append(["n": "\n", "t": "\t", "r": "\r"][character] ?? character)
                escaped = false
            } else if character == "\\", quote == "\"" {
                escaped = true
            } else if character == quote {
                return (out, length)
            } else {
                out.append(character)
            }
        }
        throw TemplateError("template: :1: unterminated quoted string")
    }
}
