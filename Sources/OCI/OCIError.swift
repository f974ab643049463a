/// Why an image document, archive or stored blob was refused: a code to act on and a sentence to show.
public struct OCIError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of fault it is; new kinds may be added without breaking callers.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case invalidDigest, invalidDocument, invalidArchive, invalidStream, unsupported
            case limitExceeded, contentMismatch, notFound, fileSystem
        }
        private let kind: Kind
        private init(_ kind: Kind) { self.kind = kind }

        /// A digest that is not `algorithm:hex` (OCI image-spec, descriptor.md, Digests).
        public static let invalidDigest = Code(.invalidDigest)
        /// A manifest, index, configuration or layout file whose JSON does not have the specified shape.
        public static let invalidDocument = Code(.invalidDocument)
        /// A tar archive that breaks its format.
        public static let invalidArchive = Code(.invalidArchive)
        /// Compressed bytes that do not decompress.
        public static let invalidStream = Code(.invalidStream)
        /// Well-formed input that asks for something this module does not do.
        public static let unsupported = Code(.unsupported)
        /// Input larger than the caller allowed.
        public static let limitExceeded = Code(.limitExceeded)
        /// Bytes whose digest or size is not the announced one.
        public static let contentMismatch = Code(.contentMismatch)
        /// A blob, tag or file that is not there.
        public static let notFound = Code(.notFound)
        /// A failed system call on a file; `errno` says how.
        public static let fileSystem = Code(.fileSystem)

        /// The code's own name, for example `limitExceeded`.
        public var description: String { kind.rawValue }
    }

    /// The kind of fault.
    public let code: Code
    /// One sentence without a full stop that names the thing, for example `layer 2: size is negative`.
    public let message: String
    /// The system's error number, where a system call failed.
    public let errno: Int32?

    /// An error by parts.
    public init(_ code: Code, _ message: String, errno: Int32? = nil) {
        self.code = code
        self.message = message
        self.errno = errno
    }

    /// The message.
    public var description: String { message }
}
