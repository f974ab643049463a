import RawJSON

/// Writes JSON that came as a pattern.
struct JSONRenderer {
    /// Values up to this width stay on one line.
    private static let width = 100

    let variables: Variables

    /// The pattern anew: parts that match stay as they were written, others become what came.
    func body(_ pattern: JSONPattern, _ body: [UInt8]) -> [String]? {
        // A body that is not JSON is a finding for a person, nothing to record.
        do throws(JSONParseError) {
            return lines(merged(pattern, try JSONValue.parse(body)))
        } catch { return nil }
    }

    /// All values of a stream, one below the other.
    func stream(_ body: [UInt8]) -> [String]? {
        var decoder = JSONSequenceDecoder()
        do throws(JSONParseError) {
            var values = try decoder.append(body).map(\.value)
            if let (last, _) = try decoder.finish() { values.append(last) }
            return values.flatMap { lines(rendered($0)) }
        } catch { return nil }
    }

    private indirect enum Node {
        case leaf(String)
        case object([(name: String, value: Node)], prefix: String)
        case array([Node])
    }

    private func merged(_ pattern: JSONPattern, _ value: JSONValue) -> Node {
        if pattern.match(value, variables: variables).isMatch { return .leaf(pattern.source) }
        guard case .object(let members, let exactly) = pattern.form, let object = value.object else {
            if case .capture(let name, _) = pattern.form, case .leaf(let text) = rendered(value) {
                return .leaf("${\(name) = \(text)}")
            }
            return rendered(value)
        }
        var result: [(name: String, value: Node)] = []
        for member in members {
            let quoted = member.name.source
            guard let name = JSONRenderer.plainName(member.name), let found = object[name] else {
                if case .absent = member.value.form { result.append((quoted, .leaf("absent"))) }
                continue
            }
            result.append((quoted, merged(member.value, found)))
        }
        if exactly {
            let known = Set(members.compactMap { JSONRenderer.plainName($0.name) })
            for other in object.members where !known.contains(other.name) {
                result.append((JSONValue.string(other.name).text(), rendered(other.value)))
            }
        }
        return .object(result, prefix: exactly ? "exactly " : "")
    }

    private static func plainName(_ template: Template) -> String? {
        switch template.pieces.first {
        case nil: ""
        case .text(let text) where template.pieces.count == 1: text
        default: nil
        }
    }

    private func rendered(_ value: JSONValue) -> Node {
        switch value {
        case .string(let text): return .leaf(string(text))
        case .array(let elements): return .array(elements.map(rendered))
        case .object(let object):
            return .object(object.members.map { (JSONValue.string($0.name).text(), rendered($0.value)) }, prefix: "")
        case .null, .bool, .number: return .leaf(value.text())
        }
    }

    private func string(_ text: String) -> String {
        if Timestamp(text) != nil { return "timestamp" }
        let escaped = String(JSONValue.string(text).text().dropFirst().dropLast())
        return "\"\(TextRenderer(variables: variables).content(escaped))\""
    }

    private func lines(_ node: Node) -> [String] { text(node, indent: "").split(separator: "\n").map(String.init) }

    private func text(_ node: Node, indent: String) -> String {
        let flat = flat(node)
        if indent.count + flat.count <= Self.width { return flat }
        let inner = indent + "  "
        switch node {
        case .leaf(let text): return text
        case .object(let members, let prefix):
            let rows = members.map { "\(inner)\($0.name): \(text($0.value, indent: inner))" }
            return "\(prefix){\n\(rows.joined(separator: ",\n"))\n\(indent)}"
        case .array(let elements):
            let rows = elements.map { "\(inner)\(text($0, indent: inner))" }
            return "[\n\(rows.joined(separator: ",\n"))\n\(indent)]"
        }
    }

    private func flat(_ node: Node) -> String {
        switch node {
        case .leaf(let text): text
        case .object(let members, let prefix):
            members.isEmpty
                ? "\(prefix){}"
                : "\(prefix){ \(members.map { "\($0.name): \(flat($0.value))" }.joined(separator: ", ")) }"
        case .array(let elements): "[\(elements.map(flat).joined(separator: ", "))]"
        }
    }
}
