import OCI

/// How large an unpacked layer may be, in every direction.
public struct UnpackLimits: Sendable, Hashable {
    /// The tar archive's own limits.
    public var tar = TarLimits()
    /// How many folders deep a path may go.
    public var depth = 256
    /// How many times its compressed size a layer may unfold to, past `ratioFreeBytes`.
    public var ratio: Int64 = 200
    /// Up to this many bytes a layer may unfold as it likes.
    public var ratioFreeBytes: Int64 = 1 << 30

    /// The defaults.
    public init() {}

    /// How many bytes a layer of this compressed size may have.
    func archiveBytes(compressed: Int64) -> Int64 {
        let (product, isOverflow) = compressed.multipliedReportingOverflow(by: ratio)
        return min(tar.archiveBytes, max(ratioFreeBytes, isOverflow ? Int64.max : product))
    }
}
