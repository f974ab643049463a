import RawJSON

/// A statement of a parsed template (Go's text/template).
indirect enum TemplateNode: Sendable {
    case text(String)
    case action(TemplatePipeline)
    case conditional(TemplatePipeline, then: [TemplateNode], otherwise: [TemplateNode])
    case with(TemplatePipeline, then: [TemplateNode], otherwise: [TemplateNode])
    case range(TemplatePipeline, body: [TemplateNode], otherwise: [TemplateNode])
    /// `{{template "name" pipeline}}`, at a byte of the text.
    case template(name: String, TemplatePipeline?, position: Int)
    case breakLoop
    case continueLoop
}

/// `$x, $y := command | command`.
struct TemplatePipeline: Sendable {
    var variables: [String] = []
    /// Whether the variables are new (`:=`) or given another value (`=`).
    var declares = true
    var commands: [[TemplateOperand]] = []

    /// As Go writes the pipeline into messages.
    var source: String {
        let assigned =
            variables.isEmpty
            ? "" : variables.map { "$" + $0 }.joined(separator: ", ") + (declares ? " := " : " = ")
        return assigned + commands.map { $0.map(\.source).joined(separator: " ") }.joined(separator: " | ")
    }
}

/// One word of a command, at a byte of the text.
struct TemplateOperand: Sendable {
    indirect enum Kind: Sendable {
        /// `.`, `.A.B`
        case dot([String])
        /// `$`, `$x`, `$x.A`
        case variable(String, [String])
        case literal(JSONValue)
        case function(String)
        /// `(pipeline)`
        case group(TemplatePipeline)
        /// `(pipeline).A`
        case chain(TemplateOperand, [String])
    }

    var kind: Kind
    var position: Int
    /// As Go writes the word into messages.
    var source: String
}

/// A template that cannot be parsed or executed, in Go's words.
struct TemplateError: Error, Sendable {
    var message: String
    /// Whether the template was sound and failed on what it was given.
    var isExecution = false

    init(_ message: String) { self.message = message }
}
