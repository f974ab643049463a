import DockerAPI
import TestSupport
import Testing

@Suite struct ReferenceFuzzTests {
    /// Whatever text comes: a reference that is written and read as the same one, or a refusal.
    @Test func anyTextIsAReferenceOrRefused() throws {
        let fuzz = Fuzz()
        var random = fuzz.generator
        var accepted = 0, refused = 0
        while fuzz.goesOn {
            let text = Self.reference(&random)
            let reference = try ImageReference(parsing: text)
            #expect(try ImageReference(parsing: reference.description) == reference, "seed \(fuzz.seed): \(text)")
            #expect(try ImageReference(parsing: reference.familiar) == reference, "seed \(fuzz.seed): \(text)")
            var bytes = Array(text.utf8)
            bytes.mutate(words: Self.words, using: &random)
            let mutated = String(decoding: bytes, as: UTF8.self)
            do {
                let reference = try ImageReference(parsing: mutated)
                let again = try ImageReference(parsing: reference.description)
                #expect(again == reference && !reference.name.isEmpty, "seed \(fuzz.seed): \(mutated)")
                #expect(!reference.description.contains { $0 == " " || $0 == "\n" || $0.isUppercase && $0 > "\u{7f}" })
                accepted += 1
            } catch {
                refused += 1
            }
        }
        #expect(accepted > 0 && refused > 0, "seed \(fuzz.seed)")
    }

    private static let words = [
        ":", "@", "/", "//", "sha256:", "docker.io/", "library/", "localhost/", "[::1]:5000/", "..", "__", "___", "-",
        "A", "ü", " ",
        "\0", "@sha256:" + String(repeating: "0", count: 64), ":" + String(repeating: "t", count: 128),
        "index.docker.io/",
    ]

    private static func reference(_ random: inout SeededGenerator) -> String {
        // docker.io is left out: docker's short form of docker.io/a.b/c is a.b/c, which is another reference.
        let domains = [
            "", "", "localhost/", "registry.example.com/", "127.0.0.1:5000/", "[2001:db8::1]:5000/", "a.b:1/",
        ]
        let components = ["nginx", "library", "a", "a-b", "a--b", "a_b", "a__b", "a.b", "0", "x1"]
        let path = (0..<Int.random(in: 1...3, using: &random)).map { _ in
            components.randomElement(using: &random) ?? "a"
        }
        var text = (domains.randomElement(using: &random) ?? "") + path.joined(separator: "/")
        if Bool.random(using: &random) {
            text += ":" + (["latest", "1.0", "_x", "A-b"].randomElement(using: &random) ?? "1")
        }
        if Int.random(in: 0..<4, using: &random) == 0 {
            text +=
                "@sha256:" + (0..<64).map { _ in String(Int.random(in: 0..<16, using: &random), radix: 16) }.joined()
        }
        return text
    }
}
