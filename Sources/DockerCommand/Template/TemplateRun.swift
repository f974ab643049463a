import RawJSON

/// One execution of a template.
struct TemplateRun {
    enum Flow { case next, breakLoop, continueLoop }

    /// Go allows 100,000 templates within each other; the stack here allows this many.
    private static let maximumDepth = 200

    let template: Template
    let subject: Template.Subject
    private(set) var output = ""
    private var name = ""
    private var depth = 0
    private var variables: [(name: String, value: JSONValue)]

    init(template: Template, subject: Template.Subject) {
        self.template = template
        self.subject = subject
        variables = [("", subject.value)]
    }

    @discardableResult
    mutating func walk(_ nodes: [TemplateNode], dot: JSONValue) throws(TemplateError) -> Flow {
        for node in nodes {
            let flow = try step(node, dot: dot)
            guard flow == .next else { return flow }
        }
        return .next
    }

    private mutating func step(_ node: TemplateNode, dot: JSONValue) throws(TemplateError) -> Flow {
        switch node {
        case .text(let text): output += text
        case .action(let pipeline):
            let value = try evaluate(pipeline, dot: dot)
            if pipeline.variables.isEmpty { output += NilKinds.shown(value, pipeline) }
        case .breakLoop: return .breakLoop
        case .continueLoop: return .continueLoop
        case .conditional(let pipeline, let then, let otherwise):
            return try scoped { (run) throws(TemplateError) in
                let isTrue = TemplateFunctions.isTrue(try run.evaluate(pipeline, dot: dot))
                return try run.walk(isTrue ? then : otherwise, dot: dot)
            }
        case .with(let pipeline, let then, let otherwise):
            return try scoped { (run) throws(TemplateError) in
                let value = try run.evaluate(pipeline, dot: dot)
                let isTrue = TemplateFunctions.isTrue(value)
                return try run.walk(isTrue ? then : otherwise, dot: isTrue ? value : dot)
            }
        case .range(let pipeline, let body, let otherwise): try loop(pipeline, body, otherwise, dot: dot)
        case .template(let name, let argument, let position): try call(name, argument, at: position, dot: dot)
        }
        return .next
    }

    /// Variables made within end with it.
    private mutating func scoped(_ body: (inout TemplateRun) throws(TemplateError) -> Flow) throws(TemplateError)
        -> Flow
    {
        let scope = variables.count
        let flow = try body(&self)
        variables.removeSubrange(scope...)
        return flow
    }

    private mutating func loop(
        _ pipeline: TemplatePipeline, _ body: [TemplateNode], _ otherwise: [TemplateNode], dot: JSONValue
    ) throws(TemplateError) {
        let scope = variables.count
        var bare = pipeline
        bare.variables = []
        let items = try items(of: try evaluate(bare, dot: dot), pipeline)
        if items.isEmpty { try walk(otherwise, dot: dot) }
        for (key, element) in items {
            if pipeline.declares {
                if let last = pipeline.variables.last { variables.append((last, element)) }
                if pipeline.variables.count == 2 { variables.append((pipeline.variables[0], key)) }
            } else {
                if let last = pipeline.variables.last { assign(last, element) }
                if pipeline.variables.count == 2 { assign(pipeline.variables[0], key) }
            }
            let flow = try walk(body, dot: element)
            variables.removeSubrange(scope...)
            if flow == .breakLoop { break }
        }
    }

    private func items(
        of value: JSONValue, _ pipeline: TemplatePipeline
    ) throws(TemplateError) -> [(JSONValue, JSONValue)] {
        switch value {
        case .array(let elements): return elements.enumerated().map { (.int($0.offset), $0.element) }
        case .object(let object):
            return object.members.sorted { $0.name < $1.name }.map { (.string($0.name), $0.value) }
        case .number(let number):
            guard let count = number.int64, count <= 1_000_000 else { break }
            return (0..<max(0, count)).map { (.int($0), .int($0)) }
        case .null: return []
        default: break
        }
        let reason = "range can't iterate over \(GoFormat.text(value))"
        guard let operand = pipeline.commands.last?.first else { throw TemplateError(reason) }
        throw fault(reason, operand)
    }

    private mutating func call(
        _ callee: String, _ argument: TemplatePipeline?, at position: Int, dot: JSONValue
    ) throws(TemplateError) {
        let source = "{{template \(GoValue.quote(callee))\(argument.map { " " + $0.source } ?? "")}}"
        guard let nodes = template.trees.defined[callee] else {
            throw fault("template \(GoValue.quote(callee)) not defined", position, source)
        }
        guard depth < Self.maximumDepth else {
            throw fault("exceeded maximum template depth (\(Self.maximumDepth))", position, source)
        }
        var value = JSONValue.null
        if let argument { value = try evaluate(argument, dot: dot) }
        let outer = (name, variables)
        (name, variables) = (callee, [("", value)])
        depth += 1
        try walk(nodes, dot: value)
        depth -= 1
        (name, variables) = outer
    }

    // MARK: - Values

    private mutating func assign(_ name: String, _ value: JSONValue) {
        guard let index = variables.lastIndex(where: { $0.name == name }) else { return }
        variables[index].value = value
    }

    private mutating func evaluate(_ pipeline: TemplatePipeline, dot: JSONValue) throws(TemplateError) -> JSONValue {
        var value: JSONValue?
        for command in pipeline.commands { value = try evaluate(command, dot: dot, piped: value) }
        let result = value ?? .null
        for name in pipeline.variables {
            if pipeline.declares {
                variables.append((name, result))
            } else {
                if !variables.contains(where: { $0.name == name }), let operand = pipeline.commands.last?.first {
                    throw fault("undefined variable: $\(name)", operand)
                }
                assign(name, result)
            }
        }
        return result
    }

    private mutating func evaluate(
        _ command: [TemplateOperand], dot: JSONValue, piped: JSONValue?
    ) throws(TemplateError) -> JSONValue {
        guard let head = command.first else { return .null }
        let rest = command.dropFirst()
        if case .function(let name) = head.kind { return try call(name, head, rest, dot: dot, piped: piped) }
        if let method = method(head, dot: dot) {
            var arguments: [JSONValue] = []
            for operand in rest { arguments.append(try value(operand, dot: dot)) }
            return method(arguments + (piped.map { [$0] } ?? []))
        }
        guard rest.isEmpty, piped == nil else {
            guard case .dot(let fields) = head.kind, let last = fields.last else {
                throw fault("can't give argument to non-function \(head.source)", head)
            }
            throw fault("\(last) is not a method but has arguments", head)
        }
        if case .literal(.null) = head.kind { throw fault("nil is not a command", head) }
        return try value(head, dot: dot)
    }

    private func method(_ operand: TemplateOperand, dot: JSONValue) -> (@Sendable ([JSONValue]) -> JSONValue)? {
        switch operand.kind {
        case .dot(let fields) where fields.count == 1 && dot == subject.value: subject.methods[fields[0]]
        case .variable("", let fields) where fields.count == 1 && depth == 0: subject.methods[fields[0]]
        default: nil
        }
    }

    private mutating func call(
        _ function: String, _ head: TemplateOperand, _ operands: ArraySlice<TemplateOperand>, dot: JSONValue,
        piped: JSONValue?
    ) throws(TemplateError) -> JSONValue {
        let count = operands.count + (piped == nil ? 0 : 1)
        if let reason = TemplateFunctions.arityFault(function, count) { throw fault(reason, head) }
        if function == "and" || function == "or" {
            // Evaluated only as far as needed, as in Go.
            var last = JSONValue.null
            for operand in operands {
                last = try value(operand, dot: dot)
                if TemplateFunctions.isTrue(last) == (function == "or") { return last }
            }
            return piped ?? last
        }
        var arguments: [JSONValue] = []
        for operand in operands { arguments.append(try value(operand, dot: dot)) }
        if let piped { arguments.append(piped) }
        if subject.inert.contains(function), let first = arguments.first { return first }
        guard let body = TemplateFunctions.table[function] else { return .null }
        do { return try body(arguments) } catch {
            let command = ([head] + operands).map(\.source).joined(separator: " ")
            throw fault(error.message, head.position, command)
        }
    }

    private mutating func value(_ operand: TemplateOperand, dot: JSONValue) throws(TemplateError) -> JSONValue {
        switch operand.kind {
        case .literal(let value): return value
        case .dot(let fields):
            if let method = method(operand, dot: dot) { return method([]) }
            return try follow(fields, from: dot, operand)
        case .variable(let name, let fields):
            let start = variables.last { $0.name == name }?.value ?? .null
            return try follow(fields, from: start, operand)
        case .group(let inner): return try evaluate(inner, dot: dot)
        case .chain(let inner, let fields):
            return try follow(fields, from: value(inner, dot: dot), operand)
        case .function(let name): return try call(name, operand, [], dot: dot, piped: nil)
        }
    }

    private func follow(
        _ fields: [String], from start: JSONValue, _ operand: TemplateOperand
    ) throws(TemplateError) -> JSONValue {
        var value = start
        for name in fields {
            switch value {
            case .object(let object):
                guard let next = object[name] else {
                    if let reason = subject.missing(name) { throw fault(reason, operand) }
                    return .null
                }
                value = next
            case .null: throw fault("nil pointer evaluating interface {}.\(name)", operand)
            default: throw fault("can't evaluate field \(name) in type interface {}", operand)
            }
        }
        return value
    }

    private func fault(_ reason: String, _ operand: TemplateOperand) -> TemplateError {
        fault(reason, operand.position, operand.source)
    }

    private func fault(_ reason: String, _ position: Int, _ source: String) -> TemplateError {
        var error = TemplateError(
            "template: \(template.location(position)): executing \(GoValue.quote(name)) at <\(source)>: \(reason)")
        error.isExecution = true
        return error
    }
}
