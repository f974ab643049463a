import RawJSON

/// The JSON values of a body as they come, those not yet matched kept.
struct JSONValues: Sendable {
    private var decoder = JSONSequenceDecoder()
    /// Values that no matcher has taken.
    var waiting: [JSONValue] = []

    mutating func append(_ bytes: some Sequence<UInt8>) throws(JSONParseError) {
        waiting += try decoder.append(bytes).map(\.value)
    }

    mutating func finish() throws(JSONParseError) {
        if let last = try decoder.finish() { waiting.append(last.value) }
    }
}
