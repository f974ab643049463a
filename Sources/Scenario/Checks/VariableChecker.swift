/// Walks a scenario in the order of its replay and checks that every variable is known where it is used.
struct VariableChecker {
    private(set) var faults: [SyntaxFault] = []
    private(set) var warnings: [SyntaxFault] = []
    private(set) var uniqueNames: [String]

    private let images: [String]
    private var captured: [(name: String, line: Int)] = []
    private var used: Set<String> = []
    private static let builtIns = [
        "api", "case", "dir", "host.address", "registry", "registry.basic", "registry.bearer",
        "registry.host",
    ]

    init(frontMatter: FrontMatter) {
        uniqueNames = frontMatter.names
        images = frontMatter.needs.compactMap(\.imageName)
    }

    mutating func check(_ steps: [Step]) {
        for event in steps.flatMap(\.events) {
            switch event {
            case .use(let name, let line): use(name, line)
            case .name(let name, let line): declare(name, line)
            case .capture(let name, let line): capture(name, line)
            }
        }
        for (name, line) in captured where !used.contains(name) {
            warnings.append(
                SyntaxFault(
                    "nothing uses the capture ${\(name)}", hint: "Without the name, ${/regex/} asserts the same",
                    line: line))
        }
    }

    private var known: [String] { uniqueNames + captured.map(\.name) }

    private mutating func declare(_ name: String, _ line: Int) {
        if known.contains(name) || name.contains(".") || Self.builtIns.contains(name) { return use(name, line) }
        uniqueNames.append(name)
    }

    private mutating func capture(_ name: String, _ line: Int) {
        if let first = captured.first(where: { $0.name == name }) {
            faults.append(
                SyntaxFault(
                    "${\(name)} is captured twice, first in line \(first.line)",
                    hint: "Use another name, or ${\(name)} to assert it", line: line))
        } else if uniqueNames.contains(name) || Self.builtIns.contains(name) {
            faults.append(
                SyntaxFault(
                    "${\(name)} has a value already and cannot be captured", hint: "Use another name", line: line))
        } else {
            captured.append((name, line))
        }
    }

    private mutating func use(_ name: String, _ line: Int) {
        used.insert(name)
        if known.contains(name) || Self.builtIns.contains(name) { return }
        if name.hasPrefix("image.") { return useImage(String(name.dropFirst("image.".count)), line) }
        if name.contains(".") {
            let hint = Suggestion.hint(for: name, in: Self.builtIns + ["image.NAME"], called: "built-ins")
            faults.append(SyntaxFault("unknown built-in ${\(name)}", hint: hint, line: line))
            return
        }
        let hint =
            known.isEmpty
            ? "Nothing is captured so far; a name that nothing has yet goes into `names: [\(name)]`"
            : "Captured so far: \(known.map { "${\($0)}" }.joined(separator: ", "))"
        faults.append(SyntaxFault("unknown capture ${\(name)}", hint: hint, line: line))
    }

    private mutating func useImage(_ name: String, _ line: Int) {
        let candidates =
            [name, name.hasSuffix(".id") ? String(name.dropLast(3)) : name]
            + (name.hasSuffix(".digest") ? [String(name.dropLast(7))] : [])
        if candidates.contains(where: images.contains) { return }
        let image = candidates.last ?? name
        let needs =
            images.isEmpty ? "Write `needs: [image \(image)]`" : "Needed images: \(images.joined(separator: ", "))"
        faults.append(SyntaxFault("${image.\(name)}: the image is not in `needs`", hint: needs, line: line))
    }
}
