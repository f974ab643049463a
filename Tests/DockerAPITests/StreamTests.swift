import Testing

@testable import DockerAPI

@Suite("Multiplexed streams")
struct StreamTests {
    @Test("frames survive any split of the bytes")
    func splits() throws {
        var random = SplitMix(state: 3)
        for _ in 0..<500 {
            let frames = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                StreamFrame(
                    channel: [.stdin, .stdout, .stderr, .systemError].randomElement(using: &random) ?? .stdout,
                    payload: (0..<Int.random(in: 0...40, using: &random)).map { _ in
                        UInt8.random(in: 0...255, using: &random)
                    })
            }
            var rest = frames.flatMap(\.encoded)[...]
            var demultiplexer = StreamDemultiplexer()
            var seen: [StreamFrame] = []
            while !rest.isEmpty {
                let count = Int.random(in: 1...min(13, rest.count), using: &random)
                seen += try demultiplexer.append(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            try demultiplexer.finish()
            #expect(seen == frames)
        }
    }

    @Test("the header is channel, three zeros, length in network order")
    func header() {
        #expect(
            StreamFrame(channel: .stderr, payload: Array(repeating: 7, count: 258)).encoded.prefix(8)
                == [2, 0, 0, 0, 0, 0, 1, 2])
    }

    @Test("text in place of a header is refused with its offset")
    func malformed() throws {
        var demultiplexer = StreamDemultiplexer()
        _ = try demultiplexer.append(StreamFrame(channel: .stdout, payload: [1]).encoded)
        #expect(throws: StreamFrameError.malformedHeader(Array("hello wo".utf8), offset: 9)) {
            try demultiplexer.append("hello world".utf8)
        }
        #expect(throws: StreamFrameError.malformedHeader([1, 0, 1, 0, 0, 0, 0, 0], offset: 0)) {
            var demultiplexer = StreamDemultiplexer()
            _ = try demultiplexer.append([1, 0, 1, 0, 0, 0, 0, 0])
        }
    }

    @Test("a frame above the limit is refused at its header; an end within a frame is an error")
    func limits() throws {
        var small = StreamDemultiplexer(maximumPayloadBytes: 4)
        #expect(throws: StreamFrameError.tooLong(length: 5, limit: 4, offset: 0)) {
            try small.append([1, 0, 0, 0, 0, 0, 0, 5])
        }
        var cut = StreamDemultiplexer()
        _ = try cut.append([1, 0, 0, 0, 0, 0, 0, 5, 9])
        #expect(throws: StreamFrameError.truncated(offset: 0, available: 9)) { try cut.finish() }
    }
}
