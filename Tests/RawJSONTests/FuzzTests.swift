import RawJSON
import TestSupport
import Testing

@Suite struct FuzzTests {
    /// Whatever bytes come: a value that can be written and read again, or a refusal.
    @Test func anyBytesAreReadOrRefused() throws {
        let fuzz = Fuzz()
        var random = fuzz.generator
        var accepted = 0, refused = 0
        while fuzz.goesOn {
            let value = Self.value(&random, depth: 0)
            let text = value.text(Bool.random(using: &random) ? .pretty : .compact)
            #expect(try JSONValue.parse(text) == value, "seed \(fuzz.seed)")
            var bytes = Array(text.utf8)
            bytes.mutate(words: Self.words, using: &random)
            do {
                let read = try JSONValue.parse(bytes)
                #expect(try JSONValue.parse(read.text()) == read, "seed \(fuzz.seed): \(bytes)")
                accepted += 1
            } catch {
                #expect((0...bytes.count).contains(error.offset), "seed \(fuzz.seed): \(bytes)")
                refused += 1
            }
        }
        #expect(accepted > 0 && refused > 0)
    }

    /// A stream of values is the same however it is cut.
    @Test func aStreamIsTheSameHoweverItIsCut() throws {
        let fuzz = Fuzz()
        var random = fuzz.generator
        while fuzz.goesOn {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                bytes += Array(
                    (Self.value(&random, depth: 1).text() + ["", "\n", "\r\n", " "].randomElement(using: &random)!).utf8
                )
            }
            if Bool.random(using: &random) { bytes.mutate(words: Self.words, using: &random) }
            let whole = Self.decode(bytes, pieces: { bytes.count })
            let cut = Self.decode(bytes, pieces: { Int.random(in: 1...7, using: &random) })
            #expect(whole == cut, "seed \(fuzz.seed): \(bytes)")
        }
    }

    /// The values up to the first fault, and whether there was one.
    private static func decode(_ bytes: [UInt8], pieces: () -> Int) -> [String] {
        var decoder = JSONSequenceDecoder(maximumValueBytes: 4096)
        var texts: [String] = []
        var start = 0
        do {
            while start < bytes.count {
                let end = min(bytes.count, start + max(1, pieces()))
                for found in try decoder.append(Array(bytes[start..<end])) { texts.append(found.value.text()) }
                start = end
            }
            if let last = try decoder.finish() { texts.append(last.value.text()) }
            return texts
        } catch {
            // What came in the same piece before the fault is not handed out, so only the fault itself is compared.
            return ["fault"]
        }
    }

    private static let words = [
        "null", "true", "false", "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "\\udc00", "1e999",
        "-", "0.",
        "00", "\u{feff}", "/*", "NaN", "9223372036854775808", "1E+2", "\\x", "\t", "[[[[[[[[[[[[[[[[",
    ]

    private static func value(_ random: inout SeededGenerator, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 4 ? 5 : 8), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .number(JSONNumber(Int64.random(in: Int64.min...Int64.max, using: &random)))
        case 3: return JSONNumber(Double.random(in: -1e9...1e9, using: &random)).map { .number($0) } ?? .null
        case 4: return .string(string(&random))
        case 5, 6:
            return .array((0..<Int.random(in: 0...4, using: &random)).map { _ in value(&random, depth: depth + 1) })
        default:
            let members = (0..<Int.random(in: 0...4, using: &random)).map { index in
                JSONObject.Member(name: "\(index)\(string(&random))", value: value(&random, depth: depth + 1))
            }
            return .object(JSONObject(members: members))
        }
    }

    private static func string(_ random: inout SeededGenerator) -> String {
        let scalars = (0..<Int.random(in: 0...8, using: &random)).compactMap { _ in
            Unicode.Scalar(UInt32.random(in: 0...(Bool.random(using: &random) ? 0x7f : 0x10FFFF), using: &random))
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
