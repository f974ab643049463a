import Engine
import NIOCore

/// The frames of docker's multiplexed streams: channel, three zero bytes, length in big-endian order, bytes.
enum StreamFrames {
    static let raw = "application/vnd.docker.raw-stream"
    static let multiplexed = "application/vnd.docker.multiplexed-stream"

    /// What the stream is called: until API 1.41 frames went by the name of raw bytes.
    static func contentType(isTerminal: Bool, _ call: Call) -> String {
        isTerminal || !call.speaks(42) ? raw : multiplexed
    }

    /// Writes the eight bytes before each piece.
    static func writeHeader(channel: UInt8, length: Int, to buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt64(channel) << 56 | UInt64(UInt32(truncatingIfNeeded: length)))
    }

    /// A piece of output as it goes over the wire.
    static func bytes(of chunk: OutputChunk, isTerminal: Bool) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(chunk.bytes.count + 8)
        if !isTerminal { writeHeader(channel: UInt8(chunk.channel.rawValue), length: chunk.bytes.count, to: &buffer) }
        buffer.writeBytes(chunk.bytes)
        return buffer
    }
}

extension Reply {
    /// A client's conversation with a process: until the process ends, the client detaches, or it goes.
    static func conversation(_ session: AttachSession, _ call: Call, takesInput: Bool) -> Reply {
        // Without an upgrade the stream goes by its old name at every version.
        let isUpgraded = call.headers.contains(name: "Upgrade")
        let type = isUpgraded ? StreamFrames.contentType(isTerminal: session.isTerminal, call) : StreamFrames.raw
        return .hijack(type) { stream in
            let output = session.begin()
            do {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    if takesInput { group.addTask { try await forward(stream.input, to: session) } }
                    for try await chunk in output {
                        try await stream.write(StreamFrames.bytes(of: chunk, isTerminal: session.isTerminal))
                    }
                    // Before its input is given up, which takes two more turns of threads.
                    stream.closeOutput()
                    group.cancelAll()
                }
            } catch {
                await session.detach()
                throw error
            }
            await session.detach()
        }
    }

    private static func forward(_ input: ByteInput, to session: AttachSession) async throws {
        do {
            for try await bytes in input { try await session.write(Array(bytes.readableBytesView)) }
        } catch let gone as ClientGone {
            // Whoever reads the output learns of it only when the output ends.
            await session.detach()
            throw gone
        }
        // The end of a cancelled reading is not the client's.
        if !Task.isCancelled { await session.closeInput() }
    }
}
