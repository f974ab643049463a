import DockerClient
import NIOCore
import NIOPosix

/// Asks a published port of this machine until it answers.
enum HTTPProbe {
    /// Returns at the first answer with status 200; connections that fail or close early are made again after half a millisecond.
    static func untilAnswered(port: Int, deadline: Duration) async throws {
        let end = ContinuousClock.now + deadline
        while ContinuousClock.now < end {
            if try await isAnswered(port: port) { return }
            try Task.checkCancellation()
            // Asking without a pause would take the processor from what is to answer.
            try await Task.sleep(for: .microseconds(500))
        }
        throw BenchmarkFault("port \(port) did not answer with 200 within \(deadline)")
    }

    private static func isAnswered(port: Int) async throws -> Bool {
        let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
        do {
            channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(1))
                .connect(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                    }
                }
        } catch is NIOConnectionError {
            return false
        } catch let error as IOError where error.errnoCode != 0 {
            return false
        }
        do {
            return try await channel.executeThenClose { input, output in
                try await output.write(ByteBuffer(string: "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n"))
                var head: [UInt8] = []
                for try await piece in input {
                    head += piece.readableBytesView
                    if head.count >= 12 { break }
                }
                return head.starts(with: Array("HTTP/1.1 200".utf8)) || head.starts(with: Array("HTTP/1.0 200".utf8))
            }
        } catch is IOError {
            // Accepted by the port, but nothing listens behind it yet.
            return false
        } catch is ChannelError {
            return false
        }
    }
}
