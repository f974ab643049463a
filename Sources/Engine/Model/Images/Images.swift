import ImageStore
import OCI

/// One line of `docker images`.
public struct ImageListing: Sendable, Hashable {
    /// The image.
    public var image: Image
    /// The tags to show: the filter's `reference` leaves some out.
    public var tags: [String]
    /// The digests to show.
    public var digests: [String]
    /// Bytes shared with other images; -1 where they were not added up.
    public var sharedSize: Int64
    /// How many containers use it; -1 where they were not counted.
    public var containers: Int
}

/// Which images to list.
public struct ImageListOptions: Sendable, Hashable {
    /// Whether intermediate images are listed, too; this engine has none.
    public var all = false
    /// Whether `sharedSize` is added up.
    public var sharedSize = false
    /// `before dangling label reference since until`.
    public var filters = FilterArguments()

    /// All with a name, and dangling ones.
    public init() {}
}

/// What `docker image prune` took away.
public struct ImagePruneReport: Sendable, Hashable {
    /// What was untagged and deleted, in docker's order.
    public var removed: [RemovalRecord]
    /// Bytes that came free.
    public var reclaimed: Int64
}

/// What `POST /images/create?fromSrc=` asks for.
public struct ImageImport: Sendable, Hashable {
    /// The name; nil for none.
    public var name: String?
    /// The remark in its history.
    public var message = ""
    /// Dockerfile instructions: `CMD ["sh"]`, `ENV A=b`.
    public var changes: [String] = []
    /// The platform; nil is the host's.
    public var platform: Platform?

    /// A nameless image.
    public init() {}
}
