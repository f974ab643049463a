import CLinux

/// An open descriptor, closed when nobody holds it.
public final class FileDescriptor: Sendable {
    /// The number, valid as long as this object lives.
    public let number: Int32

    /// Takes a descriptor over.
    public init(_ number: Int32) { self.number = number }

    deinit { clinux_close(number) }
}
