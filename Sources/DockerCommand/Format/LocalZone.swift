#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The time of day somewhere at some moment.
public struct LocalZone: Sendable, Hashable {
    /// Seconds east of Greenwich.
    public var offset: Int64
    /// `UTC`, `CEST`; `+0530` where the zone has no name.
    public var abbreviation: String

    /// A zone from its parts.
    public init(offset: Int64, abbreviation: String) {
        self.offset = offset
        self.abbreviation = abbreviation
    }

    /// Universal time.
    public static let utc = LocalZone(offset: 0, abbreviation: "UTC")

    /// The process's zone (`TZ`, else the system's) at a moment, in seconds since 1970.
    public static func system(at seconds: Int64) -> LocalZone {
        var moment = time_t(seconds), parts = tm()
        guard localtime_r(&moment, &parts) != nil else { return .utc }
        return LocalZone(
            offset: Int64(parts.tm_gmtoff), abbreviation: parts.tm_zone.map { String(cString: $0) } ?? "UTC")
    }

    /// `+0200`, or `+02:00` with a separator.
    func sign(separator: String = "") -> String {
        let minutes = abs(offset) / 60
        func two(_ number: Int64) -> String { (number < 10 ? "0" : "") + String(number) }
        return "\(offset < 0 ? "-" : "+")\(two(minutes / 60))\(separator)\(two(minutes % 60))"
    }

    /// `Z`, or `+02:00`: as RFC 3339 ends.
    var rfc3339: String { offset == 0 ? "Z" : sign(separator: ":") }
}
