/// Sends a request body piece by piece while the answer is awaited, or already read.
struct BodyUpload {
    let link: Connection
    let isChunked: Bool
    let pieceDeadline: Duration

    /// Sends all; an error of the source or of the wire fails the answer, unless that has ended by itself.
    func run(_ pieces: any AsyncSequence<[UInt8], any Error> & Sendable) async {
        do {
            try await send(pieces)
            if isChunked { try await write(Array("0\r\n\r\n".utf8)) }
        } catch let DockerClientError.connectionLost(endpoint, awaited, reason) {
            // The connection tells the inbox itself, after what the daemon had to say.
            link.record.note(
                .failed(DockerClientError.connectionLost(endpoint, awaited: awaited, reason: reason).description))
        } catch {
            link.inbox.finish(.failure(error))
            link.close()
        }
    }

    private func send(_ pieces: some AsyncSequence<[UInt8], any Error>) async throws {
        for try await piece in pieces where !piece.isEmpty {
            guard isChunked else {
                try await write(piece)
                continue
            }
            try await write(Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8))
        }
    }

    private func write(_ bytes: [UInt8]) async throws {
        try await link.write(bytes, within: pieceDeadline, awaited: "the daemon to take the request body")
    }
}
