/// How a registry behaves for one repository: a component of its path between the case and the image, as in
/// `CASE/truncated-blob/nginx`. Several may follow one another.
public enum Mode: String, Sendable, Hashable, CaseIterable {
    /// Every request needs `Authorization: Basic` with the fixture credentials.
    case authBasic = "auth-basic"
    /// Every request needs a bearer token from the token server, which wants the fixture credentials.
    case authBearer = "auth-bearer"
    /// Layers are valid gzip with the right size, but not what their digest says.
    case wrongDigest = "wrong-digest"
    /// The connection closes halfway through a layer, however often it is asked for.
    case truncatedBlob = "truncated-blob"
    /// The connection closes halfway through a layer, and the rest can be had by a range request.
    case truncatedOnce = "truncated-once"
    /// The manifest is cut in half; its digest header is the whole one's.
    case shortManifest = "short-manifest"
    /// 401 whatever is sent.
    case unauthorized
    /// 403.
    case denied
    /// 429 with Retry-After.
    case rateLimited = "rate-limited"
    /// 500.
    case serverError = "server-error"
    /// 503 for the case's first manifest request of the image, then as usual.
    case unavailableOnce = "unavailable-once"
    /// Blobs are found by way of a 307.
    case redirect
    /// Blobs trickle for about three seconds.
    case slow
    /// 404 for every manifest.
    case manifestUnknown = "manifest-unknown"
    /// 404 for every blob.
    case blobUnknown = "blob-unknown"
    /// The manifest comes with a content type no client knows.
    case badMediaType = "bad-media-type"
    /// The manifest is valid and larger than 4 MiB.
    case hugeManifest = "huge-manifest"
    /// Tags stand for an index of two platforms.
    case index
    /// The image claims another architecture than the host's.
    case foreignPlatform = "foreign-platform"
    /// Manifests have Docker's media types of schema 2.
    case schema2 = "schema-2"
    /// Manifests are of the abandoned schema 1.
    case schema1 = "schema-1"
    /// What GET answers comes chunked, without Content-Length.
    case noContentLength = "no-content-length"

    /// The modes in which a blob must really be fetched; images get a layer of the case's own then.
    static let concerningBlobs: Set<Mode> = [
        .wrongDigest, .truncatedBlob, .truncatedOnce, .blobUnknown, .redirect, .slow, .noContentLength,
    ]
}

/// The one account of the fixture registry.
public enum FixtureCredentials {
    /// The user.
    public static let user = "drydock"
    /// The password.
    public static let password = "secret"
}
