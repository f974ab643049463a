import RawJSON

/// What `inspect` commands print: an array of the raw objects, or a template for each.
enum InspectPrinter {
    /// Prints what `fetch` finds for each name, then what it did not, and answers the exit code.
    ///
    /// - Parameter fetch: the object, or a `DaemonFailure`/`CommandFailure` that says why there is none.
    static func run(_ context: CommandContext, fetch: (String) async throws -> JSONValue) async throws -> Int32 {
        let format = context.flags.string("format")
        let isTemplate = !format.isEmpty && format != "json"
        let template = isTemplate ? try Template.format(format, prefix: "template parsing error", exitCode: 64) : nil
        var found: [JSONValue] = []
        var output = ""
        var errors: [String] = []
        for name in context.arguments {
            do {
                let object = try await fetch(name)
                found.append(object)
                if let template { output += try template.execute(.init(value: object)) + "\n" }
            } catch let failure as DaemonFailure where !failure.isConnectionFailure {
                errors.append(failure.description)
            } catch let failure as CommandFailure {
                errors.append(failure.message)
            } catch let failure as TemplateError {
                errors.append("template parsing error: \(failure.message)")
            }
        }
        if format == "json" {
            output = JSONValue.array(found).text(.init(escapesHTML: true)) + "\n"
        } else if template == nil {
            output = JSONValue.array(found).text(.init(indent: "    ", escapesHTML: false)) + "\n"
        } else if output.isEmpty {
            output = "\n"
        }
        try await context.io.write(output)
        for error in errors { try await context.io.warn(error) }
        return errors.isEmpty ? 0 : 1
    }
}
