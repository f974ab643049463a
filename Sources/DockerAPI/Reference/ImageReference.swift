/// The name of an image, complete: `docker.io/library/nginx:stable-perl@sha256:…` for `nginx:stable-perl@sha256:…`.
///
/// Grammar, normalisation and the wording of errors follow `github.com/distribution/reference`, which docker's CLI and
/// daemon use.
public struct ImageReference: Sendable, Hashable, CustomStringConvertible {
    /// The registry of names that name none.
    public static let defaultDomain = "docker.io"
    /// The tag of names that have neither a tag nor a digest where one is needed.
    public static let defaultTag = "latest"
    /// How long a repository path may be, in bytes, without its registry.
    public static let maximumPathBytes = 255

    static let legacyDefaultDomain = "index.docker.io"
    static let officialPrefix = "library/"

    /// The registry, with its port: `docker.io`, `localhost:5000`, `[::1]:5000`.
    public let domain: String
    /// The repository within the registry: `library/nginx`.
    public let path: String
    /// The tag, where one was given.
    public private(set) var tag: String?
    /// The digest, where one was given: `sha256:` and 64 hexadecimal digits.
    public private(set) var digest: String?

    /// Reads a name as people write it (`nginx`, `localhost/x:1`, `ghcr.io/a/b@sha256:…`) and completes it.
    ///
    /// - Throws: `ImageReferenceError`, worded as docker words it.
    public init(parsing text: String) throws(ImageReferenceError) {
        guard !ReferenceGrammar.isIdentifier(text) else { throw .identifier(text) }
        let (domain, remainder) = Self.split(text)
        let repository = remainder.prefix { $0 != ":" }
        guard repository.lowercased() == repository else { throw .uppercase(String(repository)) }
        self = try Self.canonical("\(domain)/\(remainder)")
    }

    /// The complete name with its tag and digest.
    public var description: String { name + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "") }

    /// The complete name without tag and digest: `docker.io/library/nginx`.
    public var name: String { "\(domain)/\(path)" }

    /// The name as docker shows it: without `docker.io/` and `library/`, without tag and digest.
    public var familiarName: String {
        guard domain == Self.defaultDomain else { return name }
        guard path.hasPrefix(Self.officialPrefix) else { return path }
        let short = path.dropFirst(Self.officialPrefix.count)
        // `library/a.b/c` must keep its prefix: `a.b` would read as a registry.
        return short.contains("/") ? path : String(short)
    }

    /// The reference as docker shows it: `nginx:stable-perl`.
    public var familiar: String { familiarName + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "") }

    /// Whether neither a tag nor a digest was given.
    public var isNameOnly: Bool { tag == nil && digest == nil }

    /// The reference with `:latest` where it is only a name (`reference.TagNameOnly`).
    public var withDefaultTag: ImageReference {
        guard isNameOnly else { return self }
        var copy = self
        copy.tag = Self.defaultTag
        return copy
    }

    /// The same repository under another tag, without a digest.
    ///
    /// - Throws: `ImageReferenceError.tag` where that is no tag.
    public func withTag(_ tag: String) throws(ImageReferenceError) -> ImageReference {
        guard ReferenceGrammar.isTag(tag) else { throw .tag }
        var copy = self
        copy.tag = tag
        copy.digest = nil
        return copy
    }

    /// The same repository without tag and digest.
    public var repository: ImageReference {
        var copy = self
        copy.tag = nil
        copy.digest = nil
        return copy
    }

    private init(domain: String, path: String, tag: String?, digest: String?) {
        self.domain = domain
        self.path = path
        self.tag = tag
        self.digest = digest
    }

    private static func split(_ name: String) -> (domain: String, remainder: String) {
        guard let slash = name.firstIndex(of: "/") else { return (defaultDomain, officialPrefix + name) }
        let first = String(name[..<slash])
        let rest = String(name[name.index(after: slash)...])
        let (domain, remainder) =
            switch first {
            case "localhost": (first, rest)
            case legacyDefaultDomain: (defaultDomain, rest)
            case _ where first.contains(".") || first.contains(":"): (first, rest)
            // A repository has no capitals, so this can only be a host.
            case _ where first.lowercased() != first: (first, rest)
            default: (defaultDomain, name)
            }
        return domain == defaultDomain && !remainder.contains("/")
            ? (domain, officialPrefix + remainder) : (domain, remainder)
    }

    private static func canonical(_ text: String) throws(ImageReferenceError) -> ImageReference {
        guard let parts = ReferenceGrammar.match(text) else {
            throw ReferenceGrammar.match(text.lowercased()) == nil ? .format : .uppercaseName
        }
        guard parts.path.utf8.count <= maximumPathBytes else { throw .tooLong }
        if let digest = parts.digest { try ReferenceGrammar.checkDigest(digest) }
        return ImageReference(domain: parts.domain, path: parts.path, tag: parts.tag, digest: parts.digest)
    }
}

/// Why a text is no image reference; descriptions are docker's own words.
public enum ImageReferenceError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Not a reference at all.
    case format
    /// A repository with capitals, named here.
    case uppercase(String)
    /// A name that would be one in lower case.
    case uppercaseName
    /// 64 hexadecimal digits: an ID, which cannot name a repository.
    case identifier(String)
    /// A path longer than 255 bytes.
    case tooLong
    /// Not a tag.
    case tag
    /// A digest that is none.
    case digestFormat
    /// A digest of an algorithm nobody checks.
    case digestUnsupported
    /// A digest with too few or too many digits.
    case digestLength

    /// docker's wording.
    public var description: String {
        switch self {
        case .format: "invalid reference format"
        case .uppercase(let name): "invalid reference format: repository name (\(name)) must be lowercase"
        case .uppercaseName: "repository name must be lowercase"
        case .identifier(let text): "invalid repository name (\(text)), cannot specify 64-byte hexadecimal strings"
        case .tooLong: "repository name must not be more than \(ImageReference.maximumPathBytes) characters"
        case .tag: "invalid tag format"
        case .digestFormat: "invalid checksum digest format"
        case .digestUnsupported: "unsupported digest algorithm"
        case .digestLength: "invalid checksum digest length"
        }
    }
}
