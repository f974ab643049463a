import RawJSON

/// A parsed `--format` template.
struct Template: Sendable {
    /// What the template is executed against.
    struct Subject: Sendable {
        var value: JSONValue
        /// Methods of the value that take arguments: `.Label "key"`.
        var methods: [String: @Sendable ([JSONValue]) -> JSONValue] = [:]
        /// The error for a name it does not have; `nil` prints `<no value>`.
        var missing: @Sendable (String) -> String? = { "map has no entry for key \(GoValue.quote($0))" }
    }

    private let nodes: [TemplateNode]

    /// - Throws: `TemplateError` in Go's words.
    init(_ text: String) throws(TemplateError) {
        nodes = try TemplateParser.parse(text)
    }

    /// The template of a `--format`, with `\\t` and `\\n` written out taken for the characters.
    ///
    /// - Parameter prefix: what docker says before the fault of a template.
    static func format(_ text: String, prefix: String, exitCode: Int32 = 1) throws(CommandFailure) -> Template {
        do { return try Template(ListFormat.unescaped(text)) } catch {
            throw CommandFailure("\(prefix): \(error.message)", exitCode: exitCode)
        }
    }

    func execute(_ subject: Subject) throws(TemplateError) -> String {
        var run = TemplateRun(subject: subject)
        try run.walk(nodes, dot: subject.value)
        return run.output
    }
}

/// One execution of a template.
private struct TemplateRun {
    enum Flow { case next, breakLoop, continueLoop }

    let subject: Template.Subject
    var output = ""
    var variables: [(name: String, value: JSONValue)]

    init(subject: Template.Subject) {
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
            if pipeline.variables.isEmpty { output += shown(value, pipeline) }
        case .breakLoop: return .breakLoop
        case .continueLoop: return .continueLoop
        case .conditional(let pipeline, let then, let otherwise):
            let scope = variables.count
            let isTrue = TemplateFunctions.isTrue(try evaluate(pipeline, dot: dot))
            let flow = try walk(isTrue ? then : otherwise, dot: dot)
            variables.removeSubrange(scope...)
            return flow
        case .with(let pipeline, let then, let otherwise):
            let scope = variables.count
            let value = try evaluate(pipeline, dot: dot)
            let isTrue = TemplateFunctions.isTrue(value)
            let flow = try walk(isTrue ? then : otherwise, dot: isTrue ? value : dot)
            variables.removeSubrange(scope...)
            return flow
        case .range(let pipeline, let body, let otherwise): try loop(pipeline, body, otherwise, dot: dot)
        }
        return .next
    }

    private mutating func loop(
        _ pipeline: TemplatePipeline, _ body: [TemplateNode], _ otherwise: [TemplateNode], dot: JSONValue
    ) throws(TemplateError) {
        let scope = variables.count
        var bare = pipeline
        bare.variables = []
        let value = try evaluate(bare, dot: dot)
        var items: [(JSONValue, JSONValue)]
        switch value {
        case .array(let elements): items = elements.enumerated().map { (.int($0.offset), $0.element) }
        case .object(let object):
            items = object.members.sorted { $0.name < $1.name }.map { (.string($0.name), $0.value) }
        case .number(let number): items = (0..<max(0, number.int64 ?? 0)).map { (.int($0), .int($0)) }
        case .null: items = []
        default: throw TemplateError(executing(pipeline, "range can't iterate over \(GoFormat.text(value))"))
        }
        if items.isEmpty { try walk(otherwise, dot: dot) }
        for (key, element) in items {
            if let last = pipeline.variables.last { variables.append((last, element)) }
            if pipeline.variables.count == 2 { variables.append((pipeline.variables[0], key)) }
            let flow = try walk(body, dot: element)
            variables.removeSubrange(scope...)
            if flow == .breakLoop { break }
        }
    }

    private mutating func evaluate(_ pipeline: TemplatePipeline, dot: JSONValue) throws(TemplateError) -> JSONValue {
        var value: JSONValue?
        for command in pipeline.commands { value = try evaluate(command, pipeline, dot: dot, piped: value) }
        let result = value ?? .null
        if let name = pipeline.variables.last {
            if pipeline.declares {
                variables.append((name, result))
            } else if let index = variables.lastIndex(where: { $0.name == name }) {
                variables[index].value = result
            }
        }
        return result
    }

    private mutating func evaluate(
        _ command: [TemplateOperand], _ pipeline: TemplatePipeline, dot: JSONValue, piped: JSONValue?
    ) throws(TemplateError) -> JSONValue {
        guard let head = command.first else { return .null }
        if case .function(let name) = head {
            return try call(name, command.dropFirst(), pipeline, dot: dot, piped: piped)
        }
        if case .dot(let fields) = head, fields.count == 1, dot == subject.value,
            let method = subject.methods[fields[0]]
        {
            var arguments: [JSONValue] = []
            for operand in command.dropFirst() { arguments.append(try value(operand, pipeline, dot: dot)) }
            return method(arguments + (piped.map { [$0] } ?? []))
        }
        guard command.count == 1, piped == nil else {
            throw TemplateError(executing(pipeline, "can't give argument to non-function \(pipeline.source)"))
        }
        return try value(head, pipeline, dot: dot)
    }

    private mutating func call(
        _ name: String, _ operands: ArraySlice<TemplateOperand>, _ pipeline: TemplatePipeline, dot: JSONValue,
        piped: JSONValue?
    ) throws(TemplateError) -> JSONValue {
        if name == "and" || name == "or" {
            // Evaluated only as far as needed, as in Go.
            var last = JSONValue.null
            for operand in operands {
                last = try value(operand, pipeline, dot: dot)
                if TemplateFunctions.isTrue(last) == (name == "or") { return last }
            }
            return piped ?? last
        }
        var arguments: [JSONValue] = []
        for operand in operands { arguments.append(try value(operand, pipeline, dot: dot)) }
        if let piped { arguments.append(piped) }
        guard let function = TemplateFunctions.table[name] else { return .null }
        do { return try function(arguments) } catch {
            throw TemplateError(executing(pipeline, error.message, at: name))
        }
    }

    private mutating func value(
        _ operand: TemplateOperand, _ pipeline: TemplatePipeline, dot: JSONValue
    ) throws(TemplateError) -> JSONValue {
        switch operand {
        case .literal(let value): return value
        case .dot(let fields): return try follow(fields, from: dot, pipeline)
        case .variable(let name, let fields):
            return try follow(fields, from: variables.last { $0.name == name }?.value ?? .null, pipeline)
        case .group(let inner, let fields): return try follow(fields, from: evaluate(inner, dot: dot), pipeline)
        case .function(let name): return try call(name, [], pipeline, dot: dot, piped: nil)
        }
    }

    private func follow(_ fields: [String], from start: JSONValue, _ pipeline: TemplatePipeline) throws(TemplateError)
        -> JSONValue
    {
        var value = start
        for (index, name) in fields.enumerated() {
            let path = fields[...index].map { "." + $0 }.joined()
            switch value {
            case .object(let object):
                guard let next = object[name] else {
                    if let reason = subject.missing(name) { throw TemplateError(executing(pipeline, reason, at: path)) }
                    return .null
                }
                value = next
            case .null:
                throw TemplateError(executing(pipeline, "nil pointer evaluating interface {}.\(name)", at: path))
            default:
                throw TemplateError(executing(pipeline, "can't evaluate field \(name) in type \(value.kind)", at: path))
            }
        }
        return value
    }

    private func executing(_ pipeline: TemplatePipeline, _ reason: String, at place: String? = nil) -> String {
        "template: :1:2: executing \"\" at <\(place ?? pipeline.source)>: \(reason)"
    }

    /// A value as an action prints it; an absent list or map of docker's types prints empty, not as nothing.
    private func shown(_ value: JSONValue, _ pipeline: TemplatePipeline) -> String {
        guard value.isNull else { return GoFormat.text(value) }
        if case .dot(let fields) = pipeline.commands.last?.last, let last = fields.last {
            if NilKinds.lists.contains(last) { return "[]" }
            if NilKinds.maps.contains(last) { return "map[]" }
            if NilKinds.pointers.contains(last) { return "<nil>" }
        }
        return "<no value>"
    }
}

/// What docker's own types are where the JSON says `null`: Go prints an empty list, an empty map or a nil pointer.
private enum NilKinds {
    static let lists: Set<String> = [
        "Cmd", "Entrypoint", "Env", "OnBuild", "Binds", "CapAdd", "CapDrop", "Links", "VolumesFrom", "ExtraHosts",
        "GroupAdd", "SecurityOpt", "Dns", "DnsOptions", "DnsSearch", "Mounts", "Devices", "Ulimits", "DeviceRequests",
        "DeviceCgroupRules", "ExecIDs", "Aliases", "DNSNames", "RepoTags", "RepoDigests", "MaskedPaths",
        "ReadonlyPaths", "Args", "Warnings", "Config",
    ]
    static let maps: Set<String> = [
        "Labels", "Volumes", "ExposedPorts", "PortBindings", "Ports", "Options", "DriverOpts", "Sysctls", "Tmpfs",
        "StorageOpt", "Annotations", "Containers", "Networks",
    ]
    static let pointers: Set<String> = [
        "Health", "Healthcheck", "Init", "OomKillDisable", "PidsLimit", "MemorySwappiness", "StopTimeout", "IPAMConfig",
        "SizeRw", "SizeRootFs", "UsageData",
    ]
}
