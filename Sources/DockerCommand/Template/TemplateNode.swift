import RawJSON

/// The parts of a parsed template (Go's text/template; the subset docker's `--format` is used with).
indirect enum TemplateNode: Sendable {
    case text(String)
    case action(TemplatePipeline)
    case conditional(TemplatePipeline, then: [TemplateNode], otherwise: [TemplateNode])
    case with(TemplatePipeline, then: [TemplateNode], otherwise: [TemplateNode])
    case range(TemplatePipeline, body: [TemplateNode], otherwise: [TemplateNode])
    case breakLoop
    case continueLoop
}

/// `$x, $y := command | command`.
struct TemplatePipeline: Sendable {
    var variables: [String] = []
    /// Whether the variables are new (`:=`) or given another value (`=`).
    var declares = true
    var commands: [[TemplateOperand]] = []
    var source = ""
}

/// One word of a command.
indirect enum TemplateOperand: Sendable {
    /// `.`, `.A.B`
    case dot([String])
    /// `$`, `$x`, `$x.A`
    case variable(String, [String])
    case literal(JSONValue)
    case function(String)
    /// `(pipeline).A`
    case group(TemplatePipeline, [String])
}

/// A template that cannot be parsed or executed, in Go's words.
struct TemplateError: Error, Sendable {
    var message: String
    init(_ message: String) { self.message = message }
}
