import OCI

/// What `Conformance/fixtures/build` fetched for the layers, as lines of `architecture ARCH`,
/// `package LAYER NAME VERSION TAR` and `applet LAYER NAME`.
public struct PackageLock: Sendable {
    /// One fetched package.
    public struct Package: Sendable, Hashable {
        /// The layer its files go to.
        public let layer: String
        /// Its Debian name.
        public let name: String
        /// Its Debian version: `1.22.1-9+deb12u11`.
        public let version: String
        /// The tar archive of its files.
        public let tar: String
    }

    /// The Debian architecture, which is Go's name too for amd64 and arm64.
    public let architecture: String
    /// The packages, in the order they are laid down.
    public let packages: [Package]
    /// The names a layer's applet program goes by, by layer.
    public let applets: [String: [String]]

    /// Reads a lock.
    public init(path: String) throws {
        let text = String(decoding: try File.contents(of: path, limit: 1 << 20), as: UTF8.self)
        var packages: [Package] = []
        var applets: [String: [String]] = [:]
        var architecture: String?
        for (number, line) in text.split(separator: "\n").enumerated() {
            let words = line.split(separator: " ").map(String.init)
            switch (words.first, words.count) {
            case ("architecture", 2): architecture = words[1]
            case ("package", 5):
                packages.append(Package(layer: words[1], name: words[2], version: words[3], tar: words[4]))
            case ("applet", 3): applets[words[1], default: []].append(words[2])
            default: throw FixtureError("\(path):\(number + 1): \"\(line)\" is not a line of a package list")
            }
        }
        guard let architecture else { throw FixtureError("\(path): the architecture is missing") }
        self.architecture = architecture
        self.packages = packages
        self.applets = applets
    }

    /// The version of the named package without Debian's revision and epoch: `1.22.1`.
    public func upstreamVersion(of name: String) -> String? {
        guard let version = packages.first(where: { $0.name == name })?.version else { return nil }
        let withoutEpoch = version.split(separator: ":", maxSplits: 1).last ?? ""
        guard let dash = withoutEpoch.lastIndex(of: "-") else { return String(withoutEpoch) }
        return String(withoutEpoch[..<dash])
    }
}
