import RawJSON
import Testing

@Suite("JSON as it came")
struct RawJSONTests {
    @Test(
        "writes back what it read",
        arguments: [
            "null", "true", "false", "0", "-0", "1.0", "1e400", "123456789012345678901234567890", #""""#,
            #""a\"\\\n\t\r""#, "[]",
            "{}", #"[1,[2,{"a":null}]]"#, #"{"b":1,"a":2,"b":3}"#, #""é😀""#,
        ])
    func roundTrip(_ text: String) throws {
        #expect(try JSONValue.parse(text).text() == text)
    }

    @Test(
        "refuses what RFC 8259 refuses, with the line",
        arguments: [
            ("", 1), ("{", 1), ("[1,]", 1), ("{\"a\":1,}", 1), ("01", 1), ("1.", 1), ("+1", 1), (".5", 1), ("1e", 1),
            ("nul", 1),
            ("[1\n2]", 2), ("\"a\nb\"", 1), ("\"\\x\"", 1), ("\"\\u12\"", 1), ("\"\\u+123\"", 1), ("{a:1}", 1),
            ("{\"a\" 1}", 1),
            ("1 2", 1), ("'a'", 1),
            ("\"open", 1), ("\u{FEFF}{}", 1),
        ])
    func refusals(_ text: String, _ line: Int) {
        do {
            _ = try JSONValue.parse(text)
            Issue.record("read \(text)")
        } catch {
            #expect(error.line == line, "\(error)")
            #expect(!error.reason.isEmpty)
        }
    }

    @Test("resolves escapes; a lone surrogate is U+FFFD as Go reads it")
    func escapes() throws {
        #expect(try JSONValue.parse(#""\u0041\ud83d\ude00\/\b\f""#) == .string("A😀/\u{8}\u{C}"))
        #expect(try JSONValue.parse(#""\ud83d""#) == .string("\u{FFFD}"))
        #expect(try JSONValue.parse(#""\ud83dx""#) == .string("\u{FFFD}x"))
    }

    @Test("refuses bytes that are not UTF-8 and nesting without end")
    func limits() {
        #expect(throws: JSONParseError.self) { try JSONValue.parse([0x22, 0xFF, 0x22]) }
        #expect(throws: JSONParseError.self) { try JSONValue.parse(String(repeating: "[", count: 100_000)) }
    }

    @Test("a repeated member counts with its last value, and setting one keeps the order")
    func members() throws {
        var object = try #require(try JSONValue.parse(#"{"a":1,"b":2,"a":3}"#).object)
        #expect(object["a"] == 3)
        object["b"] = "x"
        object["c"] = nil
        object["d"] = true
        #expect(object.names == ["a", "b", "a", "d"])
        object["a"] = nil
        #expect(object.names == ["b", "d"])
    }

    @Test("numbers keep their text and are read exactly")
    func numbers() throws {
        #expect(try JSONValue.parse("9223372036854775807").int64 == .max)
        #expect(try JSONValue.parse("9223372036854775808").int64 == nil)
        #expect(try JSONValue.parse("3.0").int64 == nil)
        #expect(JSONNumber(0.5)?.text == "0.5")
        #expect(JSONNumber(3.0)?.text == "3")
        #expect(JSONNumber(.infinity) == nil)
        #expect(JSONNumber(-0.0)?.double == 0)
        #expect(JSONNumber(1e300)?.double == 1e300)
    }

    @Test("writes pretty as docker inspect does, and escapes HTML as Go does")
    func writing() throws {
        let value = try JSONValue.parse(#"{"a":[1,{}],"b":[]}"#)
        #expect(value.text(.pretty) == "{\n    \"a\": [\n        1,\n        {}\n    ],\n    \"b\": []\n}")
        #expect(JSONValue.string("<&>\u{1}").text(.init(escapesHTML: true)) == #""\u003c\u0026\u003e\u0001""#)
        #expect(JSONValue.null.line() == Array("null\n".utf8))
    }

    @Test("escapes what Go escapes and nothing else, wherever it stands")
    func escaping() {
        let short: [UnicodeScalar: String] = [
            "\"": #"\""#, "\\": #"\\"#, "\n": #"\n"#, "\r": #"\r"#, "\t": #"\t"#, "\u{2028}": #"\u2028"#,
            "\u{2029}": #"\u2029"#,
        ]
        for scalar in (0..<0x2100).compactMap(UnicodeScalar.init) {
            let digits = String(scalar.value, radix: 16)
            let code = scalar.value < 0x20 ? #"\u"# + String(repeating: "0", count: 4 - digits.count) + digits : nil
            let expected = short[scalar] ?? code ?? String(Character(scalar))
            for (before, after) in [("", ""), ("a", ""), ("", "b"), ("é", "é")] {
                let text = JSONValue.string("\(before)\(Character(scalar))\(after)").text()
                #expect(text.utf8.elementsEqual("\"\(before)\(expected)\(after)\"".utf8), "U+\(digits)")
            }
        }
    }
}

@Suite("JSON values one after the other")
struct JSONSequenceTests {
    static func decode(_ text: String, chunk: Int) throws -> [String] {
        var decoder = JSONSequenceDecoder()
        var result: [String] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            result += try decoder.append(bytes[start..<min(start + chunk, bytes.count)]).map { $0.value.text() }
        }
        if let last = try decoder.finish() { result.append(last.value.text()) }
        return result
    }

    @Test(
        "are cut at their ends however the bytes come",
        arguments: [
            ("{\"a\":\"}\"}\r\n{\"b\":[1]}", ["{\"a\":\"}\"}", "{\"b\":[1]}"]), ("{}{}", ["{}", "{}"]),
            ("1 2\n3", ["1", "2", "3"]),
            ("\"a\\\"\" []", ["\"a\\\"\"", "[]"]), ("", []), ("  \n", []), ("true", ["true"]),
        ])
    func cuts(_ text: String, _ values: [String]) throws {
        for chunk in [1, 2, 3, 64] { #expect(try Self.decode(text, chunk: chunk) == values) }
    }

    @Test("a broken or endless value is an error")
    func faults() {
        #expect(throws: JSONParseError.self) { try Self.decode("{\"a\":", chunk: 1) }
        #expect(throws: JSONParseError.self) { try Self.decode("}", chunk: 1) }
        var decoder = JSONSequenceDecoder(maximumValueBytes: 8)
        #expect(throws: JSONParseError.self) { try decoder.append(Array("[1,2,3,4,5,6".utf8)) }
    }
}
