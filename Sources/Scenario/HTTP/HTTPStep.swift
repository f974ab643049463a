import RawJSON

/// An `http` block: a request and what must come back, or the continuation of one in the background.
public struct HTTPStep: Sendable, Hashable {
    /// What is done.
    public enum Action: Sendable, Hashable {
        /// Send a request.
        case request(HTTPRequestTemplate)
        /// `fg %name`: go on with a response in the background.
        case foreground(job: String)
    }

    /// How the exchange must stand when the step is over.
    public enum Ending: String, Sendable, Hashable, CaseIterable {
        /// `[ended]`: the server has ended the response.
        case ended
        /// `[open]`: the response or connection is still open; it stays in the background where it has a name.
        case open
    }

    /// The line of the opening fence.
    public let line: Int
    /// The line of the request, or of `fg`.
    public let requestLine: Int
    /// ```` ```http raw ````: no labels and no filters are added.
    public let raw: Bool
    /// What is done.
    public let action: Action
    /// The name of the exchange, where the request line ends in `&name`.
    public let background: String?
    /// `[within 10s]`: the request is repeated until the response matches or this time has passed.
    public let within: Duration?
    /// `[timeout 20s]`: the step's own limit; `nil` means the default of 30 s.
    public let timeout: Duration?
    /// The response; `nil` in a continuation.
    public let response: ResponsePattern?
    /// What must come as body, in a continuation the next part of it.
    public let body: BodyPattern
    /// What is said on a hijacked connection after the head.
    public let conversation: [ConversationItem]
    /// How the exchange must stand at the end; `nil` asserts nothing.
    public let ending: Ending?
    /// The lines of the file that say what is expected, status line first, from 1; what recording replaces.
    public let expectationLines: Range<Int>
    /// The part of them that is the body's.
    public let bodyLines: Range<Int>
}

/// The request of an `http` block.
public struct HTTPRequestTemplate: Sendable, Hashable {
    /// Where a request goes.
    public enum Target: Sendable, Hashable {
        /// A path of the Engine API that gets the negotiated version as prefix: `/containers/json`.
        case versioned(Template)
        /// A path sent as it is: `/v1.41/info`, `/_ping`, `//…` (one slash goes).
        case asWritten(Template)
        /// An absolute `http://` URL: a published port or the registry.
        case absolute(Template)

        /// The template, whichever kind.
        public var template: Template {
            switch self {
            case .versioned(let template), .asWritten(let template), .absolute(let template): template
            }
        }
    }

    /// What is sent as body.
    public enum Body: Sendable, Hashable {
        /// No body.
        case none
        /// JSON text; values of variables are escaped where they stand inside a JSON string.
        case json(JSONTemplate)
        /// Text as it stands, without a newline at its end.
        case text(Template)
        /// `@NAME`: the bytes of a file or tar block.
        case file(String)
    }

    /// A header to send.
    public struct Header: Sendable, Hashable {
        /// The name as written.
        public let name: String
        /// The value.
        public let value: Template
        /// Whether the value is JSON that goes base64url-encoded (`X-Registry-Auth: {…}`).
        public let isEncodedJSON: Bool
    }

    /// The method, as written.
    public let method: String
    /// The target.
    public let target: Target
    /// Headers, in order.
    public let headers: [Header]
    /// The body.
    public let body: Body

    /// The first header of that name, without regard to case.
    public func header(_ name: String) -> Header? {
        headers.first { $0.name.lowercased() == name.lowercased() }
    }

    /// Whether the headers ask for a hijacked connection (`Connection: Upgrade`).
    public var asksForUpgrade: Bool { header("Upgrade") != nil }
}

/// JSON text with variables: `{"Image": "${image.nginx}", "Memory": ${bytes}}`.
public struct JSONTemplate: Sendable, Hashable {
    /// A stretch: `quoted` ones stand inside a JSON string.
    public struct Piece: Sendable, Hashable {
        let template: Template
        let quoted: Bool
    }

    /// As written.
    public let source: String
    /// The line on which it begins.
    public let line: Int
    let pieces: [Piece]

    /// The JSON text with all values filled in.
    public func expand(_ variables: Variables) throws(UnknownVariable) -> String {
        var result = ""
        for piece in pieces {
            let escaping: (String) -> String = piece.quoted ? { Self.escaped($0) } : { $0 }
            result += try piece.template.expand(variables, escaping: escaping)
        }
        return result
    }

    var events: [VariableEvent] { pieces.flatMap(\.template.events) }
}

/// The head of a response: status line and headers.
public struct ResponsePattern: Sendable, Hashable {
    /// The status line's line.
    public let line: Int
    /// Which status codes are right.
    public let status: StatusPattern
    /// What headers must be, in order of the file.
    public let headers: [HeaderPattern]
}

/// Which status codes are right: `200`, `2xx`, `200|204`.
public struct StatusPattern: Sendable, Hashable, CustomStringConvertible {
    /// As written.
    public let description: String
    let ranges: [ClosedRange<Int>]

    /// Whether a code is right.
    public func accepts(_ status: Int) -> Bool { ranges.contains { $0.contains(status) } }
    /// Whether this asks for an error, 4xx or 5xx, only.
    public var expectsError: Bool { ranges.allSatisfy { $0.lowerBound >= 400 } }
}

/// What a response header must be.
public struct HeaderPattern: Sendable, Hashable {
    /// What the value must be.
    public enum Value: Sendable, Hashable {
        /// `Name: absent`.
        case absent
        /// `Name: any`: there, whatever its value.
        case any
        /// `Name: /regex/`: the whole value matches.
        case regex(RegexPattern)
        /// `Name: base64 {…}`: the value is base64 of JSON that matches (`X-Docker-Container-Path-Stat`).
        case encodedJSON(JSONPattern)
        /// Text with variables, captures and `...`.
        case text(LinePattern)
    }
    /// The line of the file.
    public let line: Int
    /// The name as written; compared without regard to case.
    public let name: String
    /// What the value must be.
    public let value: Value
}

/// What a body must be.
public enum BodyPattern: Sendable, Hashable {
    /// Nothing written: nothing asserted.
    case notAsserted
    /// `(empty)`: no byte.
    case empty(line: Int)
    /// `(bytes N)`, `(bytes >= N)`.
    case byteCount(CountPattern, line: Int)
    /// One JSON value, and nothing after it.
    case json(JSONPattern)
    /// JSON values one after the other.
    case jsonStream(JSONStreamPattern)
    /// Lines of text.
    case text(TextPattern)
    /// `tar` and its entries.
    case tar(TarPattern)
}

/// A count or size with its comparison: `3`, `>= 3`.
public struct CountPattern: Sendable, Hashable, CustomStringConvertible {
    /// How it is compared.
    public let comparison: Comparison
    /// With what.
    public let count: Int

    /// Whether a count is right.
    public func accepts(_ value: Int) -> Bool { comparison.holds(value, count) }
    /// `3` or `>= 3`.
    public var description: String { comparison == .equal ? "\(count)" : "\(comparison.rawValue) \(count)" }
}

/// How two values are compared.
public enum Comparison: String, Sendable, Hashable, CaseIterable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="

    /// Whether the comparison holds between the two, the found one on the left.
    public func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
        switch self {
        case .equal: left == right
        case .notEqual: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        }
    }
}

extension JSONTemplate {
    static func escaped(_ text: String) -> String { String(JSONValue.string(text).text().dropFirst().dropLast()) }
}
