import RawJSON

/// Builds the trees of a template: its own, and those it defines.
struct TemplateParser {
    /// What a template holds.
    struct Trees: Sendable {
        var main: [TemplateNode] = []
        var defined: [String: [TemplateNode]] = [:]
    }

    private var tokens: TemplateTokens
    private var variables: [String] = [""]
    private var loopDepth = 0
    private var defined: [String: [TemplateNode]] = [:]

    static func parse(_ template: String) throws(TemplateError) -> Trees {
        var parser = TemplateParser(tokens: TemplateTokens(try TemplateLexer.tokens(template)))
        let (nodes, end) = try parser.list(isTop: true)
        if let end { throw parser.tokens.fault("unexpected {{\(end)}}") }
        return Trees(main: nodes, defined: parser.defined)
    }

    private init(tokens: TemplateTokens) { self.tokens = tokens }

    /// Statements up to `{{else}}`, `{{end}}` or, at the top, the end of the text; `{{else` stays open for its rest.
    private mutating func list(isTop: Bool = false) throws(TemplateError) -> ([TemplateNode], ending: String?) {
        var nodes: [TemplateNode] = []
        while true {
            let token = tokens.next()
            switch token.kind {
            case .text: nodes.append(.text(token.value))
            case .end:
                guard isTop else { throw tokens.fault("unexpected EOF") }
                return (nodes, nil)
            default:
                let word = tokens.peekPastSpace()
                guard word.kind == .word, Keywords.statements.contains(word.value) else {
                    nodes.append(.action(try pipeline("command", until: .rightDelimiter)))
                    continue
                }
                switch word.value {
                case "end":
                    _ = tokens.nextPastSpace()
                    try close("end")
                    return (nodes, "end")
                case "else":
                    _ = tokens.nextPastSpace()
                    return (nodes, "else")
                default: if let node = try statement(isTop) { nodes.append(node) }
                }
            }
        }
    }

    private mutating func statement(_ isTop: Bool) throws(TemplateError) -> TemplateNode? {
        let word = tokens.nextPastSpace()
        switch word.value {
        case "if", "with": return try branch(word.value)
        case "range": return try loop()
        case "block": return try block()
        case "template":
            let position = tokens.peekPastSpace().position
            let name = try templateName("template clause")
            return .template(name: name, try optionalPipeline("template clause"), position: position)
        case "define":
            guard isTop else { throw tokens.unexpected(word, "command") }
            let name = try templateName("define clause")
            try close("define clause")
            try define(name, try definition("define clause"))
            return nil
        default:
            guard loopDepth > 0 else { throw tokens.fault("{{\(word.value)}} outside {{range}}", at: word) }
            try close("{{\(word.value)}}")
            return word.value == "break" ? .breakLoop : .continueLoop
        }
    }

    private mutating func branch(_ keyword: String) throws(TemplateError) -> TemplateNode {
        let scope = variables.count
        let condition = try pipeline(keyword, until: .rightDelimiter)
        let (then, ending) = try list()
        let otherwise = ending == "else" ? try alternative(keyword) : []
        variables.removeSubrange(scope...)
        return keyword == "if"
            ? .conditional(condition, then: then, otherwise: otherwise)
            : .with(condition, then: then, otherwise: otherwise)
    }

    /// What stands between `{{else` and `{{end}}`.
    private mutating func alternative(_ keyword: String) throws(TemplateError) -> [TemplateNode] {
        let next = tokens.peekPastSpace()
        if next.kind == .word, next.value == keyword, keyword != "range" {
            _ = tokens.nextPastSpace()
            return [try branch(next.value)]
        }
        try close("else")
        let (nodes, ending) = try list()
        guard ending == "end" else { throw tokens.fault("expected end; found {{else}}") }
        return nodes
    }

    private mutating func loop() throws(TemplateError) -> TemplateNode {
        let scope = variables.count
        let over = try pipeline("range", until: .rightDelimiter)
        loopDepth += 1
        let (body, ending) = try list()
        loopDepth -= 1
        let otherwise = ending == "else" ? try alternative("range") : []
        variables.removeSubrange(scope...)
        return .range(over, body: body, otherwise: otherwise)
    }

    /// `{{block "name" pipeline}}` defines a template and executes it on the spot.
    private mutating func block() throws(TemplateError) -> TemplateNode {
        let position = tokens.peekPastSpace().position
        let name = try templateName("block clause")
        let argument = try pipeline("block clause", until: .rightDelimiter)
        try define(name, try definition("block clause"))
        return .template(name: name, argument, position: position)
    }

    private mutating func definition(_ context: String) throws(TemplateError) -> [TemplateNode] {
        let outer = (variables, loopDepth)
        (variables, loopDepth) = ([""], 0)
        let (nodes, ending) = try list()
        (variables, loopDepth) = outer
        guard ending == "end" else { throw tokens.fault("unexpected {{else}} in \(context)") }
        return nodes
    }

    /// A name is defined once; empty definitions do not count.
    private mutating func define(_ name: String, _ nodes: [TemplateNode]) throws(TemplateError) {
        if Self.isEmpty(nodes), defined[name] != nil { return }
        guard defined[name].map(Self.isEmpty) ?? true else {
            throw tokens.fault("template: multiple definition of template \(GoValue.quote(name))")
        }
        defined[name] = nodes
    }

    private static func isEmpty(_ nodes: [TemplateNode]) -> Bool {
        nodes.allSatisfy { node in
            if case .text(let text) = node { return text.allSatisfy(\.isWhitespace) }
            return false
        }
    }

    private mutating func templateName(_ context: String) throws(TemplateError) -> String {
        let token = tokens.nextPastSpace()
        guard token.kind == .string else { throw tokens.unexpected(token, context) }
        return try GoLiteral.string(token.value, orThrow: tokens.fault("invalid syntax"))
    }

    private mutating func optionalPipeline(_ context: String) throws(TemplateError) -> TemplatePipeline? {
        guard tokens.peekPastSpace().kind != .rightDelimiter else {
            try close(context)
            return nil
        }
        return try pipeline(context, until: .rightDelimiter)
    }

    private mutating func close(_ context: String) throws(TemplateError) {
        let token = tokens.nextPastSpace()
        guard token.kind == .rightDelimiter else { throw tokens.unexpected(token, context) }
    }
}

// MARK: - Pipelines

extension TemplateParser {
    private mutating func pipeline(
        _ context: String, until end: TemplateLexer.Kind
    ) throws(TemplateError) -> TemplatePipeline {
        var pipeline = TemplatePipeline()
        try declarations(&pipeline, context)
        while true {
            let token = tokens.nextPastSpace()
            if token.kind == end {
                guard !pipeline.commands.isEmpty else { throw tokens.fault("missing value for \(context)", at: token) }
                for (stage, command) in pipeline.commands.enumerated().dropFirst() {
                    guard command.first?.isExecutable == true else {
                        throw tokens.fault("non executable command in pipeline stage \(stage + 1)", at: token)
                    }
                }
                return pipeline
            }
            switch token.kind {
            case .word, .field, .dot, .variable, .string, .number, .leftParen:
                tokens.back()
                pipeline.commands.append(try command())
            default: throw tokens.unexpected(token, context)
            }
        }
    }

    /// `$x :=`, `$i, $x :=`, `$x =`.
    private mutating func declarations(_ pipeline: inout TemplatePipeline, _ context: String) throws(TemplateError) {
        let start = tokens.index
        while tokens.peekPastSpace().kind == .variable {
            let name = String(tokens.nextPastSpace().value.dropFirst())
            let mark = tokens.peekPastSpace()
            if mark.kind == .assign || mark.kind == .declare {
                _ = tokens.nextPastSpace()
                pipeline.variables.append(name)
                pipeline.declares = mark.kind == .declare
                if pipeline.declares { variables += pipeline.variables }
                return
            }
            guard mark.kind == .character, mark.value == "," else { break }
            _ = tokens.nextPastSpace()
            pipeline.variables.append(name)
            guard context == "range", pipeline.variables.count < 2 else {
                throw tokens.fault("too many declarations in \(context)")
            }
        }
        guard pipeline.variables.isEmpty else { throw tokens.fault("range can only initialize variables") }
        tokens.index = start
    }

    private mutating func command() throws(TemplateError) -> [TemplateOperand] {
        var operands: [TemplateOperand] = []
        while true {
            _ = tokens.peekPastSpace()
            if let operand = try operand() { operands.append(operand) }
            let token = tokens.next()
            switch token.kind {
            case .space: continue
            case .rightDelimiter, .rightParen: tokens.back()
            case .pipe: break
            default: throw tokens.unexpected(token, "operand")
            }
            guard !operands.isEmpty else { throw tokens.fault("empty command", at: token) }
            return operands
        }
    }

    private mutating func operand() throws(TemplateError) -> TemplateOperand? {
        guard var operand = try term() else { return nil }
        guard tokens.peek().kind == .field else { return operand }
        // Go places a chain at its second field.
        let position = tokens.peek().position
        var fields: [String] = [], text = ""
        while tokens.peek().kind == .field {
            let value = tokens.next().value
            fields.append(String(value.dropFirst()))
            text += value
        }
        switch operand.kind {
        case .dot(let first) where !first.isEmpty: operand.kind = .dot(first + fields)
        case .variable(let name, _): operand.kind = .variable(name, fields)
        case .dot, .literal: throw tokens.fault("unexpected . after term \(GoValue.quote(operand.source))")
        default: operand.kind = .chain(operand, fields)
        }
        return TemplateOperand(kind: operand.kind, position: position, source: operand.source + text)
    }

    private mutating func term() throws(TemplateError) -> TemplateOperand? {
        let token = tokens.nextPastSpace()
        let kind: TemplateOperand.Kind
        switch token.kind {
        case .dot: kind = .dot([])
        case .field: kind = .dot([String(token.value.dropFirst())])
        case .variable:
            let name = String(token.value.dropFirst())
            guard variables.contains(name) else {
                throw tokens.fault("undefined variable \(GoValue.quote(token.value))", at: token)
            }
            kind = .variable(name, [])
        case .string:
            kind = .literal(try GoLiteral.value(token.value, orThrow: tokens.fault("invalid syntax", at: token)))
        case .number:
            guard let number = GoLiteral.number(token.value) else {
                throw tokens.fault("bad number syntax: \(GoValue.quote(token.value))", at: token)
            }
            kind = .literal(number)
        case .word: kind = try word(token)
        case .leftParen:
            let inner = try pipeline("parenthesized pipeline", until: .rightParen)
            return TemplateOperand(kind: .group(inner), position: token.position, source: "(\(inner.source))")
        default:
            tokens.back()
            return nil
        }
        return TemplateOperand(kind: kind, position: token.position, source: token.value)
    }

    private func word(_ token: TemplateLexer.Token) throws(TemplateError) -> TemplateOperand.Kind {
        switch token.value {
        case "true": return .literal(true)
        case "false": return .literal(false)
        case "nil": return .literal(.null)
        case _ where TemplateFunctions.names.contains(token.value): return .function(token.value)
        case _ where Keywords.statements.contains(token.value): throw tokens.unexpected(token, "command")
        default: throw tokens.fault("function \(GoValue.quote(token.value)) not defined", at: token)
        }
    }
}

extension TemplateOperand {
    /// Whether a stage of a pipeline may start with it: what takes the value of the stage before.
    fileprivate var isExecutable: Bool {
        switch kind {
        case .literal: false
        case .dot(let fields): !fields.isEmpty
        default: true
        }
    }
}
