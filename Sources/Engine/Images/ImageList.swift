import ImageStore
import OCI

extension Engine {
    /// The images, latest first; filters `before dangling label reference since until`.
    public func images(_ options: ImageListOptions = .init()) async throws(EngineError) -> [ImageListing] {
        let filters = options.filters
        try filters.check(["before", "dangling", "label", "reference", "since", "until"])
        let dangling = try filters.flag("dangling")
        let until = try filters.until()
        let before = try await created(filters["before"].first)
        let since = try await created(filters["since"].first)
        let shared = options.sharedSize ? await imageStore.usage().sharedSizes : [:]
        var counts: [Digest: Int] = [:]
        for container in containers.all { if let image = container.definition.image { counts[image, default: 0] += 1 } }
        return await imageStore.list().compactMap { image in
            let labels = image.configuration.execution.labels
            let moment = Self.created(image)
            guard dangling.map({ $0 == image.isDangling }) ?? true,
                filters.acceptsLabels(Dictionary(labels.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })),
                until.map({ moment < $0 }) ?? true, before.map({ moment < $0 }) ?? true,
                since.map({ moment > $0 }) ?? true
            else { return nil }
            var listing = ImageListing(
                image: image, tags: image.tags, digests: image.digests,
                sharedSize: options.sharedSize ? shared[image.id] ?? 0 : -1, containers: counts[image.id] ?? 0)
            let patterns = filters["reference"]
            if !patterns.isEmpty {
                listing.tags = image.tags.filter { tag in patterns.contains { ReferencePattern($0).matches(tag) } }
                listing.digests = image.digests.filter { digest in
                    patterns.contains { ReferencePattern($0).matches(digest) }
                }
                guard !listing.tags.isEmpty || !listing.digests.isEmpty else { return nil }
            }
            return listing
        }
    }

    private func created(_ name: String?) async throws(EngineError) -> Int64? {
        guard let name else { return nil }
        return Self.created(try await image(name))
    }

    private static func created(_ image: Image) -> Int64 {
        image.configuration.created.flatMap { Timestamp(parsing: $0) }?.nanosecondsSince1970 ?? 0
    }
}

/// A pattern of the filter `reference`: `*` and `?` stand for anything but a slash (Go's path.Match).
struct ReferencePattern {
    private let pattern: String

    init(_ pattern: String) { self.pattern = pattern }

    /// Whether a name fits, with or without its tag.
    func matches(_ name: String) -> Bool {
        if Self.matches(Array(pattern.utf8)[...], Array(name.utf8)[...]) { return true }
        let last = name.lastIndex(of: "/").map { name.index(after: $0) } ?? name.startIndex
        guard let colon = name[last...].firstIndex(where: { $0 == ":" || $0 == "@" }) else { return false }
        return Self.matches(Array(pattern.utf8)[...], Array(name[..<colon].utf8)[...])
    }

    private static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == UInt8(ascii: "*") {
            let rest = pattern.dropFirst()
            var tail = text
            while true {
                if matches(rest, tail) { return true }
                guard let next = tail.first, next != UInt8(ascii: "/") else { return false }
                tail = tail.dropFirst()
            }
        }
        guard let next = text.first, first == next || (first == UInt8(ascii: "?") && next != UInt8(ascii: "/")) else {
            return false
        }
        return matches(pattern.dropFirst(), text.dropFirst())
    }
}
