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
        /// Functions that leave their argument as it is: those that would spoil the headers of a table.
        var inert: Set<String> = []
    }

    let text: String
    let trees: TemplateParser.Trees

    /// - Throws: `TemplateError` in Go's words.
    init(_ text: String) throws(TemplateError) {
        self.text = text
        trees = try TemplateParser.parse(text)
    }

    /// The template of a `--format`.
    ///
    /// - Parameter prefix: what docker says before the fault of a template.
    static func format(_ text: String, prefix: String, exitCode: Int32 = 1) throws(CommandFailure) -> Template {
        do { return try Template(text) } catch {
            throw CommandFailure("\(prefix): \(error.message)", exitCode: exitCode)
        }
    }

    func execute(_ subject: Subject) throws(TemplateError) -> String {
        var run = TemplateRun(template: self, subject: subject)
        try run.walk(trees.main, dot: subject.value)
        return run.output
    }

    /// `:1:2`: the line and the byte within it, as Go counts them.
    func location(_ position: Int) -> String {
        let before = text.utf8.prefix(position)
        let line = before.count { $0 == 0x0a } + 1
        let column = before.reversed().prefix { $0 != 0x0a }.count
        return ":\(line):\(column)"
    }
}
