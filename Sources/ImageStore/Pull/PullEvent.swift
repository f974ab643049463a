import OCI

/// What a pull or load does, in the order that docker tells it.
public enum PullEvent: Sendable, Hashable {
    /// `Pulling from REPOSITORY`, under the tag or digest.
    case pulling(repository: String, identifier: String)
    /// A layer's progress, under the first twelve digits of its digest.
    case layer(id: String, LayerProgress)
    /// `Digest: sha256:…`
    case digest(Digest)
    /// `Status: Downloaded newer image for nginx:latest`, or `… Image is up to date for …`; the text after `Status: `.
    case status(String)
    /// Something the user should know, though the pull goes on.
    case warning(String)
    /// The pull is over.
    case completed(image: Digest)
}

/// How far one layer has come.
public enum LayerProgress: Sendable, Hashable {
    case pullingFileSystemLayer
    case waiting
    case alreadyExists
    /// Bytes of the blob so far and in all.
    case downloading(current: Int64, total: Int64)
    /// A try failed; seconds until the next.
    case retrying(seconds: Int64)
    case verifyingChecksum
    case downloadComplete
    /// Bytes of the blob that are unpacked, and all.
    case extracting(current: Int64, total: Int64)
    case pullComplete
}
