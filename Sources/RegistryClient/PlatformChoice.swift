import OCI

extension Platform {
    /// What this process runs on.
    public static var host: Platform {
        #if arch(x86_64)
            Platform(architecture: "amd64")
        #elseif arch(arm64)
            Platform(architecture: "arm64", variant: "v8")
        #elseif arch(arm)
            Platform(architecture: "arm", variant: "v7")
        #elseif arch(i386)
            Platform(architecture: "386")
        #elseif arch(powerpc64le)
            Platform(architecture: "ppc64le")
        #elseif arch(s390x)
            Platform(architecture: "s390x")
        #elseif arch(riscv64)
            Platform(architecture: "riscv64")
        #endif
    }

    /// Reads `linux/arm64/v8`, `linux/amd64`, `arm64` or `linux`, with the usual other names of architectures
    /// (`x86_64`, `aarch64`), as containerd's `platforms.Parse` does.
    public init?(parsing text: String) {
        let parts = text.lowercased().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let isPlain = parts.allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy {
                    $0 == 0x5F || $0 == 0x2D || $0 == 0x2E || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0)
                }
        }
        guard isPlain, (1...3).contains(parts.count) else { return nil }
        if parts.count == 1 {
            if ["linux", "windows", "darwin", "freebsd"].contains(parts[0]) {
                self.init(os: parts[0], architecture: Platform.host.architecture, variant: Platform.host.variant)
            } else {
                self = Platform(architecture: parts[0]).normalized
            }
            return
        }
        self = Platform(os: parts[0], architecture: parts[1], variant: parts.count == 3 ? parts[2] : nil).normalized
    }

    /// The same platform by its canonical names (containerd's `platforms.Normalize`).
    public var normalized: Platform {
        var result = self
        result.os = os.lowercased()
        result.architecture = architecture.lowercased()
        result.variant = variant?.lowercased()
        switch result.architecture {
        case "i386": result.architecture = "386"
        case "x86_64", "x86-64": result.architecture = "amd64"
        case "aarch64": result.architecture = "arm64"
        case "armhf": (result.architecture, result.variant) = ("arm", "v7")
        case "armel": (result.architecture, result.variant) = ("arm", "v6")
        default: break
        }
        switch (result.architecture, result.variant ?? "") {
        case ("386", _), ("amd64", "v1"): result.variant = nil
        case ("arm64", "8"), ("arm64", ""): result.variant = "v8"
        case ("arm", ""), ("arm", "7"): result.variant = "v7"
        case ("arm", "5"), ("arm", "6"), ("arm", "8"): result.variant = "v\(result.variant ?? "")"
        case (_, ""): result.variant = nil
        default: break
        }
        return result
    }
}

/// Chooses from an index what a platform can run, best first (containerd's `platforms.Only`).
struct PlatformChoice {
    private let wanted: Platform
    private let accepted: [Platform]

    init(_ platform: Platform) {
        wanted = platform.normalized
        accepted = Self.accepted(by: wanted)
    }

    func choose(from index: ImageIndex) throws(RegistryError) -> Descriptor {
        for platform in accepted {
            if let match = index.manifests.first(where: { $0.platform?.normalized == platform && isManifest($0) }) {
                return match
            }
        }
        // An entry that names no platform runs anywhere, as docker sees it.
        if let match = index.manifests.first(where: { $0.platform == nil && isManifest($0) }) { return match }
        throw RegistryError(.notFound, "no matching manifest for \(wanted) in the manifest list entries")
    }

    private func isManifest(_ descriptor: Descriptor) -> Bool { descriptor.mediaType.isManifest }

    private static func accepted(by platform: Platform) -> [Platform] {
        func variants(_ architecture: String, from highest: Int, to lowest: Int) -> [Platform] {
            stride(from: highest, through: lowest, by: -1).map {
                Platform(os: platform.os, architecture: architecture, variant: "v\($0)").normalized
            }
        }
        let number = platform.variant.flatMap { Int($0.dropFirst()) }
        switch platform.architecture {
        case "amd64":
            return variants("amd64", from: number ?? 1, to: 1) + [Platform(os: platform.os, architecture: "386")]
        case "arm64" where number != nil:
            return [platform, Platform(os: platform.os, architecture: "arm64", variant: "v8")]
                + variants("arm", from: 8, to: 5)
        case "arm":
            return variants("arm", from: number ?? 7, to: 5)
        default: return [platform]
        }
    }
}

extension Digest {
    /// Whether these bytes have this digest.
    func matches(_ bytes: [UInt8]) -> Bool {
        var hasher = DigestHasher(algorithm)
        bytes.withUnsafeBytes { hasher.update($0) }
        return hasher.digest == self
    }
}
