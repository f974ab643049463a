import OCI

/// Where images are kept and how much they may take.
public struct ImageStoreConfiguration: Sendable {
    /// The folder; everything of the store is beneath it.
    public var root: String
    /// How many blobs are downloaded at once, as dockerd's `max-concurrent-downloads`.
    public var concurrentDownloads = 3
    /// How many layers are unpacked at once.
    public var concurrentUnpacks = 2
    /// How large one layer may be.
    public var limits = UnpackLimits()
    /// Whether a layer is on the disk, not only in the kernel's cache, before its image counts as there: survives a
    /// loss of power at the price of waiting for the disk. A killed process loses nothing either way.
    public var synchronizesLayers = false

    /// A store in that folder.
    public init(root: String) { self.root = root }
}

/// A container that stands on an image, as the engine knows it.
public struct ContainerUse: Sendable, Hashable {
    /// The container's full ID.
    public var containerID: String
    /// The image it was made from.
    public var image: Digest
    /// The uppermost of the image's layers; it and those below stay as long as the container does.
    public var topLayer: Digest?
    /// Whether it runs or is paused or restarting.
    public var isRunning: Bool

    /// A use by parts.
    public init(containerID: String, image: Digest, topLayer: Digest?, isRunning: Bool) {
        self.containerID = containerID
        self.image = image
        self.topLayer = topLayer
        self.isRunning = isRunning
    }
}
