import FixtureImages
import OCI
import RawJSON

/// Answers requests; every answer is made here, and how it travels is the server's business.
struct Responder: Sendable {
    struct Request: Sendable {
        var method: String
        var uri: String
        var headers: [(name: String, value: String)]
        var body: [UInt8]
        /// What the listener demands of every request: `authBasic`, `authBearer` or nothing.
        var listenerMode: Mode?
        /// Where the client reached us: `127.0.0.1:5123`.
        var address: String

        func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name }?.value
        }
    }

    let images: CaseImages
    let state: RegistryState

    /// The answer to a request, which is logged for its case.
    func respond(_ request: Request) -> RegistryResponse {
        let target = RequestTarget(uri: request.uri)
        var response = answer(request, target)
        if case .control = target.kind {
        } else {
            response.headers.append(("Docker-Distribution-Api-Version", "registry/2.0"))
        }
        if !target.case.isEmpty {
            let entry = LoggedRequest(
                method: request.method, path: request.uri, status: response.status,
                hasAuthorization: request.header("authorization") != nil, userAgent: request.header("user-agent") ?? "")
            state.log(entry, case: target.case)
        }
        return response
    }

    private func answer(_ request: Request, _ target: RequestTarget) -> RegistryResponse {
        if case .control(let name, let rest) = target.kind {
            return Control(images: images, state: state).answer(name, rest, request, target)
        }
        let required = [
            request.listenerMode, target.modes.contains(.authBasic) ? .authBasic : nil,
            target.modes.contains(.authBearer) ? .authBearer : nil,
        ]
        for mode in required.compactMap(\.self) {
            let refusal = Authentication(state: state).refusal(
                target, mode: mode, authorization: request.header("authorization"), address: request.address)
            if let refusal { return refusal }
        }
        if let failure = failure(target) { return failure }
        switch target.kind {
        case .ping: return .json(200, [:])
        case .manifest(let reference): return manifest(reference, request, target)
        case .blob(let digest): return blob(digest, request, target)
        case .newUpload, .upload: return Uploads(images: images, state: state).answer(request, target)
        case .tags: return tags(target)
        case .control, .unknown: return .error(404, .nameUnknown, "there is nothing at \(request.uri)")
        }
    }

    /// The answer of a mode that fails every request of its repository.
    private func failure(_ target: RequestTarget) -> RegistryResponse? {
        let modes = target.modes
        if modes.contains(.unauthorized) {
            return .error(
                401, .unauthorized, "authentication required", headers: [("WWW-Authenticate", #"Basic realm="nobody""#)]
            )
        }
        if modes.contains(.denied) { return .error(403, .denied, "requested access to the resource is denied") }
        if modes.contains(.rateLimited) {
            return .error(
                429, .tooManyRequests, "you have reached your pull rate limit", headers: [("Retry-After", "1")])
        }
        if modes.contains(.serverError) { return .error(500, .unknown, "the fixture registry fails on purpose") }
        return nil
    }

    // MARK: Manifests

    private func manifest(_ reference: String, _ request: Request, _ target: RequestTarget) -> RegistryResponse {
        switch request.method {
        case "GET", "HEAD": break
        case "PUT": return Uploads(images: images, state: state).putManifest(reference, request, target)
        case "DELETE": return Uploads(images: images, state: state).deleteManifest(reference, target)
        default: return .error(405, .unsupported, "\(request.method) is not allowed on a manifest")
        }
        if target.modes.contains(.manifestUnknown) { return .error(404, .manifestUnknown, "manifest unknown") }
        if target.modes.contains(.unavailableOnce), isFirst(target) {
            return .error(503, .unavailable, "the fixture registry is unavailable this once")
        }
        if target.modes.contains(.schema1) { return Self.schema1Manifest(target) }
        let document: Document?
        do { document = try images.manifest(reference, target) } catch {
            return .error(500, .unknown, "\(error)")
        }
        guard let document else {
            return .error(404, .manifestUnknown, "manifest unknown: \(target.repository):\(reference)")
        }
        return present(document, target)
    }

    private func isFirst(_ target: RequestTarget) -> Bool {
        state.withCase(target.case) { $0.wasUnavailable.insert(target.image).inserted }
    }

    private func present(_ document: Document, _ target: RequestTarget) -> RegistryResponse {
        var type = document.mediaType.rawValue
        var bytes = document.bytes
        if target.modes.contains(.badMediaType) { type = "application/vnd.drydock.no-such-type+json" }
        if target.modes.contains(.shortManifest) { bytes = Array(bytes.prefix(bytes.count / 2)) }
        var response = RegistryResponse(
            200,
            headers: [
                ("Content-Type", type), ("Docker-Content-Digest", document.digest.description),
                ("ETag", "\"\(document.digest)\""),
            ], body: bytes)
        response.hidesLength = target.modes.contains(.noContentLength)
        return response
    }

    private static func schema1Manifest(_ target: RequestTarget) -> RegistryResponse {
        let value: JSONValue = [
            "schemaVersion": 1, "name": .string(target.repository), "tag": "latest", "architecture": "amd64",
            "fsLayers": [], "history": [], "signatures": [],
        ]
        let bytes = value.bytes()
        return RegistryResponse(
            200,
            headers: [
                ("Content-Type", "application/vnd.docker.distribution.manifest.v1+prettyjws"),
                ("Docker-Content-Digest", Digest.sha256(of: bytes).description),
            ], body: bytes)
    }

    // MARK: Blobs

    private func blob(_ text: String, _ request: Request, _ target: RequestTarget) -> RegistryResponse {
        guard request.method == "GET" || request.method == "HEAD" else {
            return .error(405, .unsupported, "\(request.method) is not allowed on a blob")
        }
        let digest: Digest
        do { digest = try Digest(parsing: text) } catch { return .error(400, .digestInvalid, error.message) }
        if target.modes.contains(.blobUnknown) { return .error(404, .blobUnknown, "blob unknown to registry") }
        if target.modes.contains(.redirect), request.method == "GET" {
            return RegistryResponse(
                307, headers: [("Location", "http://\(request.address)/_drydock/blob/\(target.case)/\(digest)")])
        }
        return serveBlob(digest, request, target)
    }

    func serveBlob(_ digest: Digest, _ request: Request, _ target: RequestTarget) -> RegistryResponse {
        var response = RegistryResponse(
            200,
            headers: [
                ("Content-Type", "application/octet-stream"), ("Docker-Content-Digest", digest.description),
                ("Accept-Ranges", "bytes"),
            ])
        do {
            guard let body = try images.blob(digest, target) else {
                return .error(404, .blobUnknown, "blob unknown to registry: \(digest)")
            }
            response.body = body
        } catch {
            return .error(500, .unknown, "\(error)")
        }
        damageLayer(&response, target)
        if let range = request.header("range") {
            Self.apply(range, to: &response, resumes: !target.modes.contains(.truncatedBlob))
        }
        response.trickles = target.modes.contains(.slow)
        response.hidesLength = target.modes.contains(.noContentLength)
        return response
    }

    private func damageLayer(_ response: inout RegistryResponse, _ target: RequestTarget) {
        let isWrong = target.modes.contains(.wrongDigest)
        switch response.body {
        case .file(let path, let offset, let count, _) where isWrong:
            response.body = .file(
                path: path, offset: offset, count: count, patch: .init(offset: Self.gzipTimeOffset))
        case .bytes(var bytes) where isWrong && bytes.starts(with: Self.gzipMagic):
            bytes[Int(Self.gzipTimeOffset)] ^= 0xFF
            response.body = .bytes(bytes)
        // The configuration stays whole, so that it is the layer that fails.
        case .bytes(let bytes) where !bytes.starts(with: Self.gzipMagic): return
        default: break
        }
        if target.modes.contains(.truncatedBlob) || target.modes.contains(.truncatedOnce) {
            response.cutAfter = response.body.count / 2
        }
    }

    private static let gzipMagic: [UInt8] = [0x1F, 0x8B]
    /// Where the modification time starts in a gzip header; no decompressor minds another one (RFC 1952).
    private static let gzipTimeOffset: Int64 = 4

    /// `Range: bytes=A-B`, `A-` or `-N` (RFC 9110 section 14); any other form is ignored, as it allows.
    static func apply(_ range: String, to response: inout RegistryResponse, resumes: Bool) {
        let size = response.body.count
        guard range.hasPrefix("bytes=") else { return }
        let ends = range.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2, ends[0].isEmpty || Int64(ends[0]) != nil, ends[1].isEmpty || Int64(ends[1]) != nil else {
            return
        }
        let first = Int64(ends[0]) ?? max(0, size - (Int64(ends[1]) ?? 0))
        let last = ends[0].isEmpty ? size - 1 : min(size - 1, Int64(ends[1]) ?? size - 1)
        guard first >= 0, first <= last else {
            response = RegistryResponse(416, headers: [("Content-Range", "bytes */\(size)")])
            return
        }
        response.status = 206
        response.cutAfter = resumes ? nil : response.cutAfter.map { max(0, $0 - first) }
        response.headers.append(("Content-Range", "bytes \(first)-\(last)/\(size)"))
        switch response.body {
        case .bytes(let bytes): response.body = .bytes(Array(bytes[Int(first)...Int(last)]))
        case .file(let path, let offset, _, let patch):
            response.body = .file(path: path, offset: offset + first, count: last - first + 1, patch: patch)
        }
    }

    // MARK: Tags

    private func tags(_ target: RequestTarget) -> RegistryResponse {
        var tags = images.tags(target)
        guard !tags.isEmpty else { return .error(404, .nameUnknown, "repository name not known to registry") }
        if let last = target.query["last"] { tags = tags.filter { $0 > last } }
        var headers: [(name: String, value: String)] = []
        if let count = target.query["n"].flatMap({ Int($0) }), count >= 0, count < tags.count {
            tags = Array(tags.prefix(count))
            headers.append(
                ("Link", "</v2/\(target.repository)/tags/list?n=\(count)&last=\(tags.last ?? "")>; rel=\"next\""))
        }
        return .json(
            200, ["name": .string(target.repository), "tags": .array(tags.map(JSONValue.string))], headers: headers)
    }
}
