import Testing

@testable import FixtureRegistry

struct TargetTests {
    @Test("A repository's path is the case, its modes, and the image")
    func repository() {
        let target = RequestTarget(uri: "/v2/c1/slow/redirect/team/nginx/manifests/latest?x=a%2Fb")
        #expect(target.kind == .manifest(reference: "latest"))
        #expect(target.case == "c1")
        #expect(target.modes == [.slow, .redirect])
        #expect(target.image == "team/nginx")
        #expect(target.query == ["x": "a/b"])
        #expect(RequestTarget(uri: "/v2/c1/nginx/blobs/uploads/").kind == .newUpload)
    }

    @Test("Ranges are cut out of a body, and one past its end is refused")
    func ranges() {
        var response = RegistryResponse(200, body: [0, 1, 2, 3])
        Responder.apply("bytes=1-2", to: &response, resumes: true)
        #expect(response.status == 206)
        if case .bytes(let bytes) = response.body { #expect(bytes == [1, 2]) }
        var past = RegistryResponse(200, body: [0])
        Responder.apply("bytes=1-", to: &past, resumes: true)
        #expect(past.status == 416)
    }
}
