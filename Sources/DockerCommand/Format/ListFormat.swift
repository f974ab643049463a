import RawJSON

/// What `--format` asks of a listing: a table, a table of one's own, JSON, or a template a row.
struct ListFormat: Sendable {
    struct Column: Sendable {
        var header: String
        var field: String

        init(_ header: String, _ field: String) {
            self.header = header
            self.field = field
        }
    }

    /// One row: fields by name, and methods that take arguments.
    struct Row: Sendable {
        var fields: [String: JSONValue]
        var labels: [String: String] = [:]

        /// The fields as an object, by name.
        var json: JSONValue {
            .object(JSONObject(members: fields.sorted { $0.key < $1.key }.map { member($0.key, $0.value) }))
        }
    }

    /// The columns of the table, in order.
    var columns: [Column]
    /// Headers of fields that are not among the standard columns, for `table {{.Field}}`.
    var headers: [String: String] = [:]
    /// The name of docker's row type, for messages.
    var typeName = "formatter.subContext"
    /// What docker says before the fault of a template, where it says the same of all.
    var faultPrefix: String?

    /// The text for `--format format`.
    func render(_ rows: [Row], format: String) throws(CommandFailure) -> String {
        if format.isEmpty || format == "table" { return table(rows) }
        if format == "json" {
            return rows.map { $0.json.text(.init(escapesHTML: true)) + "\n" }.joined()
        }
        let isTable = format == "table" || format.hasPrefix("table ")
        let body = isTable ? String(format.dropFirst(6)).trimmingSpaces() : format
        do {
            let template = try Template(Self.unescaped(body))
            var lines: [String] = []
            if isTable {
                lines.append(
                    try template.execute(
                        .init(
                            value: headerRow, methods: Self.headerMethods, missing: missing, inert: Self.headerFunctions
                        )))
            }
            for row in rows { lines.append(try template.execute(subject(row))) }
            let text = lines.map { $0 + "\n" }.joined()
            return isTable ? Table().align(text) : text
        } catch {
            throw CommandFailure(faultPrefix.map { "\($0): \(error.message)" } ?? Self.message(error, body))
        }
    }

    /// A template that failed, as docker reports it for listings.
    static func message(_ error: TemplateError, _ template: String) -> String {
        error.isExecution
            ? "failed to execute template: \(error.message)" : "failed to parse template: \(error.message)"
    }

    /// `\t` and `\n` written out in a format are the characters.
    static func unescaped(_ format: String) -> String {
        var out = ""
        var rest = Substring(format)
        while let first = rest.popFirst() {
            if first == "\\", let next = rest.first, next == "t" || next == "n" {
                out.append(next == "t" ? "\t" : "\n")
                rest = rest.dropFirst()
            } else {
                out.append(first)
            }
        }
        return out
    }

    private func table(_ rows: [Row]) -> String {
        let lines =
            [columns.map(\.header)]
            + rows.map { row in
                columns.map { column in row.fields[column.field].map { $0.isNull ? "" : GoFormat.text($0) } ?? "" }
            }
        return Table().align(lines.map { $0.joined(separator: "\t") + "\n" }.joined())
    }

    private func subject(_ row: Row) -> Template.Subject {
        let labels = row.labels
        return Template.Subject(
            value: row.json,
            methods: ["Label": { .string(labels[$0.first?.string ?? ""] ?? "") }],
            missing: missing)
    }

    private var missing: @Sendable (String) -> String? {
        let typeName = typeName
        return { "can't evaluate field \($0) in type *\(typeName)" }
    }

    private var headerRow: JSONValue {
        var values = headers
        for column in columns { values[column.field] = column.header }
        return .strings(values)
    }

    /// docker leaves headers as they are where a row's value is turned.
    private static let headerFunctions: Set<String> = ["json", "title", "lower", "upper", "truncate"]

    private static let headerMethods: [String: @Sendable ([JSONValue]) -> JSONValue] = [
        "Label": { values in
            let name = values.first?.string ?? ""
            let last = name.split(separator: ".").last.map(String.init) ?? name
            return .string(last.map { $0 == "-" || $0 == "_" ? " " : String($0) }.joined().uppercased())
        }
    ]
}

/// IDs and texts cut to fit.
enum Shorten {
    /// The first twelve digits, without `sha256:`.
    static func id(_ id: String) -> String {
        String((id.split(separator: ":", maxSplits: 1).last ?? "").prefix(12))
    }

    /// At most `width` characters, the last an ellipsis where something was cut.
    static func ellipsis(_ text: String, _ width: Int) -> String {
        text.count <= width ? text : String(text.prefix(width - 1)) + "…"
    }
}
