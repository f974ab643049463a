/// A use or a capture of a variable; what the static check walks, in the order of the replay.
enum VariableEvent: Hashable {
    case use(String, line: Int)
    case capture(String, line: Int)
    /// A use that gives an object its name, so that an unknown variable gets a fresh unique one.
    case name(String, line: Int)
}

extension Step {
    var events: [VariableEvent] {
        switch self {
        case .console(let step): step.commands.flatMap(\.variableEvents)
        case .http(let step): step.variableEvents
        case .file(let step): step.content.events
        case .tar(let step):
            step.entries.flatMap { entry in
                if case .file(let content) = entry.kind {
                    entry.path.events + content.events
                } else {
                    entry.path.events
                }
            }
        }
    }
}

extension ConsoleCommand {
    var variableEvents: [VariableEvent] {
        var result: [VariableEvent] = []
        if case .docker(let line) = action { result += line.namingEvents }
        for event in events {
            switch event {
            case .expect(let pattern): result += pattern.events
            case .type(.text(let template)): result += template.events
            case .type(.control), .endOfInput, .resize: break
            }
        }
        return result + (standardError?.events ?? [])
    }
}

extension CommandLine {
    /// The words of commands whose last word names a new object.
    private static let creators = [["volume", "create"], ["network", "create"], ["rename"], ["container", "rename"]]

    fileprivate var namingEvents: [VariableEvent] {
        var names: Set<Int> = []
        for (index, word) in words.enumerated() {
            if index > 0, words[index - 1].parts == [.text("--name")] { names.insert(index) }
            if case .text("--name=") = word.parts.first { names.insert(index) }
        }
        let leading = words.dropFirst().prefix(2).map { word -> String in
            if word.parts.count == 1, case .text(let text) = word.parts[0] { text } else { "" }
        }
        if Self.creators.contains(where: { leading.starts(with: $0) }) { names.insert(words.count - 1) }
        return words.enumerated().flatMap { index, word in
            word.parts.flatMap { part -> [VariableEvent] in
                switch part {
                case .text: []
                case .variable(let name): [names.contains(index) ? .name(name, line: line) : .use(name, line: line)]
                case .substitution(let inner, _): inner.namingEvents
                }
            }
        }
    }
}

extension HTTPStep {
    var variableEvents: [VariableEvent] {
        var result: [VariableEvent] = []
        if case .request(let request) = action { result += request.variableEvents }
        for header in response?.headers ?? [] {
            switch header.value {
            case .text(let pattern): result += pattern.events
            case .encodedJSON(let pattern): result += pattern.events
            case .absent, .any, .regex: break
            }
        }
        return result + body.events + conversation.flatMap(\.events)
    }
}

extension HTTPRequestTemplate {
    fileprivate var variableEvents: [VariableEvent] {
        var result = namedInQuery(target.template) + headers.flatMap(\.value.events)
        switch body {
        case .json(let json): result += json.namingEvents(createsObject: createsNamedObject)
        case .text(let text): result += text.events
        case .none, .file: break
        }
        return result
    }

    private var createsNamedObject: Bool {
        ["/volumes/create", "/networks/create"].contains { target.template.source.hasSuffix($0) }
    }

    private func namedInQuery(_ template: Template) -> [VariableEvent] {
        var result: [VariableEvent] = []
        for (index, piece) in template.pieces.enumerated() {
            guard case .variable(let name) = piece else { continue }
            if index > 0, case .text(let before) = template.pieces[index - 1],
                before.hasSuffix("?name=") || before.hasSuffix("&name=")
            {
                result.append(.name(name, line: template.line))
            } else {
                result.append(.use(name, line: template.line))
            }
        }
        return result
    }
}

extension JSONTemplate {
    /// In a body that creates a volume or network, the value of `"Name"` is a name.
    fileprivate func namingEvents(createsObject: Bool) -> [VariableEvent] {
        guard createsObject else { return events }
        var before = ""
        var result: [VariableEvent] = []
        for piece in pieces.flatMap(\.template.pieces) {
            switch piece {
            case .text(let text): before += text
            case .variable(let name):
                let isName = before.filter { !$0.isWhitespace }.hasSuffix("\"Name\":\"")
                result.append(isName ? .name(name, line: line) : .use(name, line: line))
            }
        }
        return result
    }
}

extension BodyPattern {
    fileprivate var events: [VariableEvent] {
        switch self {
        case .notAsserted, .empty, .byteCount: []
        case .json(let pattern): pattern.events
        case .jsonStream(let stream):
            stream.items.flatMap { if case .value(let pattern) = $0 { pattern.events } else { [VariableEvent]() } }
        case .text(let pattern): pattern.events
        case .tar(let pattern): pattern.events
        }
    }
}

extension ConversationItem {
    fileprivate var events: [VariableEvent] {
        switch self {
        case .send(let template): template.events
        case .expect(let pattern): if case .text(let text) = pattern.content { text.events } else { [] }
        case .frame(let frame): frame.payload.events
        case .halfClose, .closed, .open: []
        }
    }
}

extension JSONPattern {
    var events: [VariableEvent] {
        switch form {
        case .any, .absent, .literal, .number, .regex, .kind, .length: []
        case .compare(_, .number): []
        case .string(let pattern): pattern.events
        case .variable(let name), .compare(_, .variable(let name)): [.use(name, line: line)]
        case .capture(let name, let inner): inner.events + [.capture(name, line: line)]
        case .not(let inner), .each(let inner): inner.events
        case .object(let members, _): members.flatMap { $0.name.events + $0.value.events }
        case .array(let elements, _):
            elements.flatMap { if case .value(let pattern) = $0 { pattern.events } else { [VariableEvent]() } }
        case .either(let patterns), .all(let patterns): patterns.flatMap(\.events)
        }
    }
}
