extension ScenarioDocument {
    /// Parses and checks a scenario.
    ///
    /// - Parameters:
    ///   - text: the file's text.
    ///   - file: the file's name, for messages.
    ///   - expectedID: the id that its path gives it; `nil` leaves the id unchecked.
    /// - Throws: every fault that was found.
    public static func parse(
        _ text: String, file: String, expectedID: String?
    ) throws(ScenarioErrors) -> ScenarioDocument {
        throw ScenarioErrors(errors: [])
    }

    /// The id that a path below the scenario folder gives: `container/run/x.md` is `container/run/x`.
    public static func id(forPath path: String) -> String {
        path.hasSuffix(".md") ? String(path.dropLast(3)) : path
    }
}
