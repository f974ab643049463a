import Crypto

/// The name of content by its hash: `sha256:` and 64 hexadecimal digits (OCI image-spec, descriptor.md, Digests).
public struct Digest: Sendable, Hashable, CustomStringConvertible {
    /// The registered hash algorithms.
    public enum Algorithm: String, Sendable, Hashable {
        case sha256, sha512

        /// How many hexadecimal digits a digest of this algorithm has.
        public var hexadecimalCount: Int {
            switch self {
            case .sha256: 64
            case .sha512: 128
            }
        }
    }

    /// The algorithm before the colon.
    public let algorithm: Algorithm
    /// The lower-case hexadecimal digits after the colon.
    public let hexadecimal: String

    /// Parses `algorithm:hex`; upper-case digits and unregistered algorithms are refused, as the specification says.
    public init(parsing text: String) throws(OCIError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw OCIError(.invalidDigest, "\"\(text.prefix(160))\" is not a digest: expected ALGORITHM:HEX")
        }
        guard let algorithm = Algorithm(rawValue: String(parts[0])) else {
            throw OCIError(.unsupported, "digest algorithm \"\(parts[0].prefix(40))\" is not sha256 or sha512")
        }
        let isHexadecimal = parts[1].utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard isHexadecimal, parts[1].utf8.count == algorithm.hexadecimalCount else {
            throw OCIError(
                .invalidDigest,
                "\"\(text.prefix(160))\" is not a digest: expected \(algorithm.hexadecimalCount) hexadecimal digits")
        }
        self.algorithm = algorithm
        hexadecimal = String(parts[1])
    }

    init(algorithm: Algorithm, hash: some Sequence<UInt8>) {
        self.algorithm = algorithm
        var digits: [UInt8] = []
        let alphabet = Array("0123456789abcdef".utf8)
        for byte in hash {
            digits.append(alphabet[Int(byte >> 4)])
            digits.append(alphabet[Int(byte & 15)])
        }
        hexadecimal = String(decoding: digits, as: UTF8.self)
    }

    /// The SHA-256 digest of these bytes.
    public static func sha256(of bytes: [UInt8]) -> Digest {
        Digest(algorithm: .sha256, hash: SHA256.hash(data: bytes))
    }

    /// `sha256:9f86d0…`
    public var description: String { "\(algorithm.rawValue):\(hexadecimal)" }
}

/// A digest computed over bytes as they come.
public struct DigestHasher {
    private enum State {
        case sha256(SHA256)
        case sha512(SHA512)
    }
    private var state: State
    /// How many bytes have been hashed.
    public private(set) var byteCount: Int64 = 0

    /// A hasher that has seen no bytes.
    public init(_ algorithm: Digest.Algorithm = .sha256) {
        switch algorithm {
        case .sha256: state = .sha256(SHA256())
        case .sha512: state = .sha512(SHA512())
        }
    }

    /// Hashes the next bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        byteCount += Int64(bytes.count)
        switch state {
        case .sha256(var hash):
            hash.update(bufferPointer: bytes)
            state = .sha256(hash)
        case .sha512(var hash):
            hash.update(bufferPointer: bytes)
            state = .sha512(hash)
        }
    }

    /// The digest of all bytes so far.
    public var digest: Digest {
        switch state {
        case .sha256(let hash): Digest(algorithm: .sha256, hash: hash.finalize())
        case .sha512(let hash): Digest(algorithm: .sha512, hash: hash.finalize())
        }
    }
}
