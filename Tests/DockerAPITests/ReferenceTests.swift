import Testing

@testable import DockerAPI

@Suite("Image references")
struct ReferenceTests {
    static let hex = String(repeating: "0123456789abcdef", count: 4)

    @Test(
        "names are completed and shortened as docker does",
        arguments: [
            ("nginx", "docker.io/library/nginx", "nginx"),
            ("nginx:stable-perl", "docker.io/library/nginx:stable-perl", "nginx:stable-perl"),
            ("docker.io/nginx", "docker.io/library/nginx", "nginx"),
            ("index.docker.io/library/nginx:1", "docker.io/library/nginx:1", "nginx:1"),
            ("a/b", "docker.io/a/b", "a/b"),
            ("localhost/a", "localhost/a", "localhost/a"),
            ("localhost:5000/a:1", "localhost:5000/a:1", "localhost:5000/a:1"),
            ("LOCALHOST/a", "LOCALHOST/a", "LOCALHOST/a"),
            ("127.0.0.1:5000/x/y", "127.0.0.1:5000/x/y", "127.0.0.1:5000/x/y"),
            ("[::1]:5000/x", "[::1]:5000/x", "[::1]:5000/x"),
            ("ghcr.io/a/b__c/d---e.f_g", "ghcr.io/a/b__c/d---e.f_g", "ghcr.io/a/b__c/d---e.f_g"),
            ("x@sha256:\(hex)", "docker.io/library/x@sha256:\(hex)", "x@sha256:\(hex)"),
            ("x:1@sha256:\(hex)", "docker.io/library/x:1@sha256:\(hex)", "x:1@sha256:\(hex)"),
        ])
    func normalisation(text: String, complete: String, familiar: String) throws {
        let reference = try ImageReference(parsing: text)
        #expect(reference.description == complete)
        #expect(reference.familiar == familiar)
        #expect(try ImageReference(parsing: familiar) == reference)
        #expect(try ImageReference(parsing: complete) == reference)
    }

    @Test(
        "what is no reference is refused in docker's words",
        arguments: [
            ("", "invalid reference format"),
            ("nginx:", "invalid reference format"),
            ("nginx@", "invalid reference format"),
            (":tag", "invalid reference format"),
            ("a//b", "invalid reference format"),
            ("-a", "invalid reference format"),
            ("a..b", "invalid reference format"),
            ("a___b", "invalid reference format"),
            ("a b", "invalid reference format"),
            ("http://x/y", "invalid reference format"),
            ("nginx:.x", "invalid reference format"),
            ("x@sha256:abc", "invalid reference format"),
            ("Nginx", "invalid reference format: repository name (library/Nginx) must be lowercase"),
            ("a/B:T", "invalid reference format: repository name (a/B) must be lowercase"),
            (hex, "invalid repository name (\(hex)), cannot specify 64-byte hexadecimal strings"),
            ("x@sha256:\(hex.dropLast())", "invalid checksum digest length"),
            ("x@md5:\(hex)", "unsupported digest algorithm"),
            (
                String(repeating: "a", count: 248),
                "repository name must not be more than 255 characters"
            ),
        ])
    func refusal(text: String, message: String) {
        #expect {
            try ImageReference(parsing: text)
        } throws: {
            "\($0)" == message
        }
    }

    @Test("limits are inclusive")
    func limits() throws {
        #expect(try ImageReference(parsing: String(repeating: "a", count: 247)).path.utf8.count == 255)
        let tag = String(repeating: "t", count: 128)
        #expect(try ImageReference(parsing: "x:\(tag)").tag == tag)
        #expect(throws: ImageReferenceError.format) { try ImageReference(parsing: "x:\(tag)t") }
    }

    @Test("a tag can be defaulted and replaced")
    func tags() throws {
        let reference = try ImageReference(parsing: "nginx")
        #expect(reference.withDefaultTag.familiar == "nginx:latest")
        #expect(try reference.withTag("1").familiar == "nginx:1")
        #expect(throws: ImageReferenceError.tag) { try reference.withTag("a b") }
        #expect(try ImageReference(parsing: "x@sha256:\(Self.hex)").withDefaultTag.tag == nil)
    }

    @Test("whatever is accepted reads back as itself, whatever is not is refused without a crash")
    func property() throws {
        var random = SplitMix(state: 7)
        let alphabet = Array("ab0._-/:@A[]é ")
        for _ in 0..<20_000 {
            let length = Int.random(in: 0...12, using: &random)
            let text = String((0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] })
            guard let reference = try? ImageReference(parsing: text) else { continue }
            #expect(try ImageReference(parsing: reference.description) == reference)
            #expect(try ImageReference(parsing: reference.familiar) == reference)
        }
    }
}

/// A small generator with a seed, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
