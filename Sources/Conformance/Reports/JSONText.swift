import RawJSON

/// Text as a JSON string literal, for places that want one line.
enum JSONText {
    /// The text in double quotes with JSON escapes.
    static func quoted(_ text: String) -> String {
        JSONValue.string(text).text()
    }
}
