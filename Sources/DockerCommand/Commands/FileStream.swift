import DockerClient

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Files read and written in pieces.
enum FileStream {
    private static let pieceBytes = 128 << 10

    /// The body for a file name, or for `-` standard input.
    static func source(_ name: String, _ io: CommandIO) throws(CommandFailure) -> EngineRequest.Body {
        guard name != "-" else { return .stream(Pieces(next: io.readInput)) }
        let file = try Handle(path: io.resolve(name), shownAs: name, flags: O_RDONLY)
        return .stream(Pieces(next: { try file.read(pieceBytes) }))
    }

    /// Writes a body to a file, which takes its name only when the body is complete.
    static func write(_ stream: EngineStream, to path: String) async throws {
        let partial = path + ".partial-\(getpid())"
        let file = try Handle(path: partial, shownAs: path, flags: O_WRONLY | O_CREAT | O_TRUNC)
        do {
            for try await bytes in stream { try file.write(bytes) }
            guard rename(partial, path) == 0 else { throw CommandFailure("\(path): \(Handle.reason(errno))") }
        } catch {
            unlink(partial)
            throw error
        }
    }

    /// A sequence from a function that answers `nil` at the end.
    struct Pieces: AsyncSequence, Sendable {
        let next: @Sendable () async throws -> [UInt8]?

        func makeAsyncIterator() -> Iterator { Iterator(pieces: self) }

        struct Iterator: AsyncIteratorProtocol {
            let pieces: Pieces
            mutating func next() async throws -> [UInt8]? { try await pieces.next() }
        }
    }

    /// An open descriptor, closed with its last reference.
    final class Handle: Sendable {
        private let descriptor: Int32
        private let name: String

        init(path: String, shownAs name: String, flags: Int32) throws(CommandFailure) {
            self.name = name
            descriptor = open(path, flags | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw CommandFailure("open \(name): \(Self.reason(errno))") }
        }

        deinit { close(descriptor) }

        func read(_ count: Int) throws(CommandFailure) -> [UInt8]? {
            var failure: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                var got = -1
                repeat { got = systemRead(descriptor, buffer.baseAddress, count) } while got < 0 && errno == EINTR
                failure = got < 0 ? errno : 0
                filled = max(0, got)
            }
            guard failure == 0 else { throw CommandFailure("read \(name): \(Self.reason(failure))") }
            return bytes.isEmpty ? nil : bytes
        }

        func write(_ bytes: [UInt8]) throws(CommandFailure) {
            var offset = 0
            while offset < bytes.count {
                let done = bytes.withUnsafeBytes {
                    systemWrite(descriptor, $0.baseAddress.map { $0 + offset }, bytes.count - offset)
                }
                if done < 0 && errno == EINTR { continue }
                guard done > 0 else { throw CommandFailure("write \(name): \(Self.reason(errno))") }
                offset += done
            }
        }

        static func reason(_ code: Int32) -> String {
            let text = String(cString: strerror(code))
            return text.prefix(1).lowercased() + text.dropFirst()
        }
    }
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}

private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, buffer, count)
}
