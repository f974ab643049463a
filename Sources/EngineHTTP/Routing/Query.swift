import DockerAPI
import RawJSON

/// The parameters after `?`, read as Go's `url.ParseQuery` reads them: `+` is a space, the first value counts.
public struct Query: Sendable, Hashable {
    private var values: [String: [String]] = [:]

    /// Reads the text after `?`; a pair that is not validly percent-encoded is left out.
    public init(_ text: some StringProtocol) {
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentDecoding.decode(parts[0], plusIsSpace: true),
                let value = PercentDecoding.decode(parts.count > 1 ? parts[1] : "", plusIsSpace: true)
            else { continue }
            values[name, default: []].append(value)
        }
    }

    /// The first value of a name; nil where it is absent.
    public subscript(name: String) -> String? { values[name]?.first }

    /// All values of a name.
    public func all(_ name: String) -> [String] { values[name] ?? [] }

    /// The first value where it is not empty.
    public func text(_ name: String) -> String? { self[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// A boolean by docker's rule; false where it is absent.
    public func flag(_ name: String) -> Bool { QueryBoolean.value(self[name]) }

    /// A boolean by docker's rule, with what holds where it is absent.
    public func flag(_ name: String, default fallback: Bool) -> Bool {
        QueryBoolean.value(self[name], default: fallback)
    }

    /// A whole number; nil where it is absent.
    ///
    /// - Throws: `BadRequest` in the words of Go's `strconv`.
    public func integer(_ name: String) throws(BadRequest) -> Int? {
        guard let text = text(name) else { return nil }
        guard let number = Int(text) else {
            throw BadRequest("strconv.Atoi: parsing \"\(text)\": invalid syntax")
        }
        return number
    }

    /// The `filters` parameter in either of its forms.
    ///
    /// - Throws: `BadRequest`: `invalid filter: …`.
    public func filters() throws(BadRequest) -> Filters {
        do { return try Filters(parsing: self["filters"] ?? "") } catch { throw BadRequest(error.description) }
    }
}

/// Percent-encoded text (RFC 3986, section 2.1).
enum PercentDecoding {
    /// The text that is meant; nil where a `%` is not followed by two digits, or the bytes are not UTF-8.
    static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
        let bytes = text.utf8
        guard bytes.contains(where: { $0 == UInt8(ascii: "%") || (plusIsSpace && $0 == UInt8(ascii: "+")) }) else {
            return String(text)
        }
        var result: [UInt8] = []
        var rest = bytes.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.next()?.hexadecimalValue, let low = rest.next()?.hexadecimalValue else {
                    return nil
                }
                result.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: result.append(0x20)
            default: result.append(byte)
            }
        }
        return String(validating: result, as: UTF8.self)
    }
}
