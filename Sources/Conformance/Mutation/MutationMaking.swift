import DockerAPI
import RawJSON
import Scenario

/// The operations that a group of mutations is about, under a short name.
struct MutatedOperations: Sendable {
    let name: String
    let operations: Set<Operation>
    /// The statuses of a success.
    static let success = 200...299

    /// - Parameter lines: `GET /containers/json`.
    init(_ name: String, _ lines: String...) {
        self.name = name
        operations = Set(
            lines.compactMap { line in
                let words = line.split(separator: " ").map(String.init)
                return words.count == 2 ? Operation(method: words[0], path: words[1]) : nil
            })
    }

    func mutation(_ name: String, _ fault: String, _ change: Mutation.Change) -> Mutation {
        Mutation(name: "\(self.name)/\(name)", fault: fault, operations: operations, change: change)
    }

    // MARK: what the daemon answers

    private func edits(
        _ places: [String], _ word: String, _ fault: String, _ edit: @escaping @Sendable (JSONValue) -> JSONPlace.Edit
    ) -> [Mutation] {
        places.map { text in
            let place = JSONPlace(text)
            return mutation(
                "\(text)/\(word)", "\(fault.replacing("PLACE", with: text))",
                .document(Self.success) { document, _ in place.edit(&document, edit) })
        }
    }

    /// Members that are left out.
    func missing(_ places: String...) -> [Mutation] {
        edits(places, "missing", "leaves PLACE out") { _ in .remove }
    }

    /// Members that are null.
    func null(_ places: String...) -> [Mutation] {
        edits(places, "null", "gives null for PLACE") { _ in .replace(.null) }
    }

    /// Members of another type.
    func mistyped(_ places: String...) -> [Mutation] {
        edits(places, "mistyped", "gives PLACE another type") { .replace($0.mistyped) }
    }

    /// Members with a fixed value.
    func value(_ place: String, _ value: JSONValue, _ word: String) -> [Mutation] {
        edits([place], word, "always says \(value.text()) for PLACE") { _ in .replace(value) }
    }

    /// A member under another name.
    func renamed(_ place: String, to name: String) -> [Mutation] {
        edits([place], "renamed", "calls PLACE \(name)") { _ in .rename(name) }
    }

    /// Texts that are altered where they can be.
    func text(
        _ place: String, _ word: String, _ fault: String, _ edit: @escaping @Sendable (String) -> String
    ) -> [Mutation] {
        edits([place], word, fault) { value in value.string.map { .replace(.string(edit($0))) } ?? .keep }
    }

    /// A list without its elements, or an object without its members.
    func emptied(_ place: String = "") -> [Mutation] {
        let at = JSONPlace(place)
        return [
            mutation(
                "\(place.isEmpty ? "" : "\(place)/")emptied", "answers an empty \(place.isEmpty ? "list" : place)",
                .document(Self.success) { document, _ in
                    at.edit(&document) { value in
                        switch value {
                        case .array: .replace([])
                        case .object: .replace([:])
                        default: .keep
                        }
                    }
                })
        ]
    }

    /// Another status than the right one.
    func status(_ right: Int, _ wrong: Int) -> [Mutation] {
        [
            mutation(
                "\(right)-as-\(wrong)", "answers \(wrong) where \(right) is due",
                .head { head, _ in
                    guard head.status == right else { return false }
                    head.status = wrong
                    if wrong == 204 || right == 204 || right == 304 {
                        head.remove("Transfer-Encoding")
                        head.set("Content-Length", "0")
                    }
                    return true
                })
        ]
    }

    func header(missing name: String) -> [Mutation] {
        [mutation("\(name)/missing", "sends no \(name)", .head { head, _ in head.remove(name) })]
    }

    func header(_ name: String, _ value: String) -> [Mutation] {
        [
            mutation(
                "\(name)/wrong", "sends \(value) as \(name)",
                .head { head, _ in
                    guard let old = head[name], old != value else { return false }
                    head.set(name, value)
                    return true
                })
        ]
    }

    func delivered(_ delivery: Mutation.Delivery, _ name: String, _ fault: String) -> [Mutation] {
        [mutation(name, fault, .delivery(delivery))]
    }

    func messages(
        _ name: String, _ fault: String, _ edit: @escaping @Sendable (JSONValue, Int) -> [JSONValue]?
    ) -> [Mutation] { [mutation(name, fault, .messages(edit))] }

    /// Members of the messages of a stream, edited.
    func message(
        _ place: String, _ name: String, _ fault: String,
        where applies: @escaping @Sendable (JSONValue) -> Bool = { _ in true },
        _ edit: @escaping @Sendable (JSONValue) -> JSONPlace.Edit
    ) -> [Mutation] {
        let at = JSONPlace(place)
        return messages(name, fault) { value, _ in
            var new = value
            return applies(value) && at.edit(&new, edit) ? [new] : nil
        }
    }

    func frames(
        _ name: String, _ fault: String, _ edit: @escaping @Sendable (StreamFrame, Int) -> [UInt8]?
    ) -> [Mutation] { [mutation(name, fault, .frames(edit))] }

    // MARK: what the daemon ignores

    /// Parameters of the query that have no effect.
    func ignoring(_ names: String...) -> [Mutation] {
        names.map { name in
            mutation(
                "?\(name)/ignored", "ignores the parameter \(name)",
                .request { request in
                    let count = request.query.count
                    request.query.removeAll { $0.name == name }
                    return request.query.count < count
                })
        }
    }

    /// A parameter that always has one value.
    func forcing(_ name: String, _ value: String) -> [Mutation] {
        [
            mutation(
                "?\(name)/always-\(value)", "takes the parameter \(name) for \(value), whatever it is",
                .request { request in
                    guard !request.query.contains(where: { $0.name == name && $0.value == value }) else { return false }
                    request.query.removeAll { $0.name == name }
                    request.query.append((name, value))
                    return true
                })
        ]
    }

    /// Members of the request's body that have no effect, where they ask for something.
    func ignoring(body places: String...) -> [Mutation] {
        places.map { text in
            let place = JSONPlace(text)
            return mutation(
                "\(text)/ignored", "ignores \(text)",
                .request { request in
                    guard var document = request.document,
                        place.edit(&document, { $0.asksForNothing ? .keep : .remove })
                    else { return false }
                    request.document = document
                    return true
                })
        }
    }

    /// Nothing is done, and success is claimed.
    func undone(_ status: Int = 204, _ body: JSONValue? = nil) -> [Mutation] {
        [
            mutation(
                "undone", "answers \(status) and does nothing",
                .instead { _ in CannedAnswer(status: status, body: body) })
        ]
    }
}
