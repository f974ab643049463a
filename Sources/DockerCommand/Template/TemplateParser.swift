import RawJSON

/// Builds the tree of a template.
struct TemplateParser {
    private var pieces: [TemplateLexer.Piece]
    private var position = 0
    private var variables: [String] = [""]
    private var loopDepth = 0

    static func parse(_ template: String) throws(TemplateError) -> [TemplateNode] {
        var parser = TemplateParser(pieces: try TemplateLexer.pieces(template))
        let (nodes, end) = try parser.list(until: [])
        if let end { throw TemplateError("template: :1: unexpected {{\(end.keyword)}}") }
        return nodes
    }

    private init(pieces: [TemplateLexer.Piece]) { self.pieces = pieces }

    private struct Terminator {
        var keyword: String
        var rest: String
    }

    private mutating func list(until ends: Set<String>) throws(TemplateError) -> ([TemplateNode], Terminator?) {
        var nodes: [TemplateNode] = []
        while position < pieces.count {
            let piece = pieces[position]
            position += 1
            guard case .action(let action) = piece else {
                if case .text(let text) = piece { nodes.append(.text(text)) }
                continue
            }
            let keyword = String(action.prefix { $0.isLetter })
            let rest = String(action.dropFirst(keyword.count))
            switch keyword {
            case "if", "with": nodes.append(try branch(keyword, rest))
            case "range": nodes.append(try loop(rest))
            case "else", "end":
                guard ends.contains(keyword) else { throw TemplateError("template: :1: unexpected {{\(keyword)}}") }
                return (nodes, Terminator(keyword: keyword, rest: rest.trimmingSpaces()))
            case "break", "continue":
                guard loopDepth > 0 else { throw TemplateError("template: :1: {{\(keyword)}} outside {{range}}") }
                nodes.append(keyword == "break" ? .breakLoop : .continueLoop)
            default: nodes.append(.action(try pipeline(action)))
            }
        }
        guard ends.isEmpty else { throw TemplateError("template: :1: unexpected EOF") }
        return (nodes, nil)
    }

    private mutating func branch(_ keyword: String, _ rest: String) throws(TemplateError) -> TemplateNode {
        let scope = variables.count
        let condition = try pipeline(rest)
        let (then, end) = try list(until: ["else", "end"])
        var otherwise: [TemplateNode] = []
        if let end, end.keyword == "else" {
            let next = String(end.rest.prefix { $0.isLetter })
            if next == "if" || next == "with" {
                otherwise = [try branch(next, String(end.rest.dropFirst(next.count)))]
            } else {
                otherwise = try list(until: ["end"]).0
            }
        }
        variables.removeSubrange(scope...)
        return keyword == "if"
            ? .conditional(condition, then: then, otherwise: otherwise)
            : .with(condition, then: then, otherwise: otherwise)
    }

    private mutating func loop(_ rest: String) throws(TemplateError) -> TemplateNode {
        let scope = variables.count
        let over = try pipeline(rest)
        loopDepth += 1
        let (body, end) = try list(until: ["else", "end"])
        loopDepth -= 1
        let otherwise = end?.keyword == "else" ? try list(until: ["end"]).0 : []
        variables.removeSubrange(scope...)
        return .range(over, body: body, otherwise: otherwise)
    }

    private mutating func pipeline(_ text: String) throws(TemplateError) -> TemplatePipeline {
        var tokens = try TemplateLexer.tokens(text.trimmingSpaces())[...]
        guard !tokens.isEmpty else { throw TemplateError("template: :1: missing value for command") }
        var pipeline = try pipeline(&tokens)
        guard tokens.isEmpty else { throw TemplateError("template: :1: unexpected right paren") }
        pipeline.source = text.trimmingSpaces()
        return pipeline
    }

    private mutating func pipeline(_ tokens: inout ArraySlice<TemplateLexer.Token>) throws(TemplateError)
        -> TemplatePipeline
    {
        var pipeline = TemplatePipeline()
        try declarations(&tokens, &pipeline)
        while true {
            let operands = try command(&tokens)
            guard !operands.isEmpty else { throw TemplateError("template: :1: missing value for command") }
            pipeline.commands.append(operands)
            guard tokens.first == .symbol("|") else { return pipeline }
            tokens.removeFirst()
        }
    }

    /// `$x :=`, `$i, $x :=`, `$x =`.
    private mutating func declarations(
        _ tokens: inout ArraySlice<TemplateLexer.Token>, _ pipeline: inout TemplatePipeline
    ) throws(TemplateError) {
        var names: [String] = []
        var ahead = tokens
        while case .variable(let name) = ahead.first {
            names.append(name)
            ahead = ahead.dropFirst().drop { $0 == .space }
            guard let symbol = ahead.first else { return }
            ahead = ahead.dropFirst().drop { $0 == .space }
            switch symbol {
            case .symbol(","): continue
            case .symbol(":="), .symbol("="):
                pipeline.variables = names
                pipeline.declares = symbol == .symbol(":=")
                if pipeline.declares { variables += names }
                tokens = ahead
                return
            default: return
            }
        }
    }

    private mutating func command(_ tokens: inout ArraySlice<TemplateLexer.Token>) throws(TemplateError)
        -> [TemplateOperand]
    {
        var operands: [TemplateOperand] = []
        while let token = tokens.first {
            switch token {
            case .space: tokens.removeFirst()
            case .symbol("|"), .symbol(")"): return operands
            default: operands.append(try operand(&tokens))
            }
        }
        return operands
    }

    private mutating func operand(_ tokens: inout ArraySlice<TemplateLexer.Token>) throws(TemplateError)
        -> TemplateOperand
    {
        let token = tokens.removeFirst()
        switch token {
        case .field(let name): return .dot((name.isEmpty ? [] : [name]) + chain(&tokens))
        case .variable(let name):
            guard variables.contains(name) else { throw TemplateError("template: :1: undefined variable \"$\(name)\"") }
            return .variable(name, chain(&tokens))
        case .string(let text): return .literal(.string(text))
        case .number(let text):
            guard let value = try? JSONValue.parse(text) else {
                throw TemplateError("template: :1: bad number syntax: \(GoValue.quote(text))")
            }
            return .literal(value)
        case .word("true"): return .literal(true)
        case .word("false"): return .literal(false)
        case .word("nil"): return .literal(.null)
        case .word(let name):
            guard TemplateFunctions.names.contains(name) else {
                throw TemplateError("template: :1: function \(GoValue.quote(name)) not defined")
            }
            return .function(name)
        case .symbol("("):
            let inner = try pipeline(&tokens)
            guard tokens.first == .symbol(")") else { throw TemplateError("template: :1: unclosed left paren") }
            tokens.removeFirst()
            return .group(inner, chain(&tokens))
        case .symbol(let text): throw TemplateError("template: :1: unexpected \(GoValue.quote(text)) in operand")
        case .space: throw TemplateError("template: :1: unexpected space in operand")
        }
    }

    private func chain(_ tokens: inout ArraySlice<TemplateLexer.Token>) -> [String] {
        var fields: [String] = []
        while case .field(let name) = tokens.first, !name.isEmpty {
            fields.append(name)
            tokens.removeFirst()
        }
        return fields
    }
}
