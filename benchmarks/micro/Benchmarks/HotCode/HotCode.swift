import Benchmark
import DockerAPI
import Foundation
import OCI
import RawJSON

/// A megabyte and more of each input, made once: what is measured is the code that reads it.
private enum Input {
    static let frame = Array(String(repeating: "a line of output, as containers write them\n", count: 24).utf8)

    /// Frames of a kilobyte on both channels.
    static let frames: [UInt8] = (0..<1024).flatMap { index -> [UInt8] in
        let length = UInt32(frame.count)
        let header =
            [UInt8(1 + index % 2), 0, 0, 0] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) }
        return header + frame
    }

    /// 500 files of 4 KiB.
    static func tar() throws -> [UInt8] {
        let memory = MemorySink(limit: 16 << 20)
        let writer = TarWriter(to: memory)
        for index in 0..<500 {
            try writer.add(
                TarEntry(path: "usr/lib/module/file\(index)"),
                content: [UInt8](repeating: UInt8(index % 251), count: 4096))
        }
        try writer.finish()
        return memory.bytes
    }

    /// What `GET /containers/json` answers about 200 containers.
    static let list: JSONValue = .array(
        (0..<200).map { index in
            [
                "Id": .string(String(repeating: "0123456789abcdef", count: 4)), "Names": [.string("/name-\(index)")],
                "Image": "nginx:latest", "Command": "nginx -g \"daemon off;\"", "Created": 1_700_000_000,
                "Labels": ["io.drydock.case": "container/run", "io.drydock.run": "k3x9"],
                "Ports": [["IP": "127.0.0.1", "PrivatePort": 80, "PublicPort": 32768, "Type": "tcp"]],
                "State": "running", "Status": "Up 3 minutes", "HostConfig": ["NetworkMode": "bridge"],
            ]
        })

    /// A log of 100,000 lines as dockerd's json-file keeps it.
    static func log(at path: String) throws {
        let line =
            #"{"log":"a line of output, as containers write them\n","stream":"stdout","time":"2026-01-02T03:04:05.678901234Z"}"#
        try Data((line + "\n").utf8.cycled(100_000)).write(to: URL(filePath: path))
    }
}

extension Sequence where Element == UInt8 {
    fileprivate func cycled(_ times: Int) -> [UInt8] {
        let once = Array(self)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(once.count * times)
        for _ in 0..<times { bytes += once }
        return bytes
    }
}

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput, .peakMemoryResident], warmupIterations: 3, maxDuration: .seconds(3))

    Benchmark("frames: demultiplex 1 MiB in pieces of 64 KiB") { benchmark in
        for _ in benchmark.scaledIterations {
            var demultiplexer = StreamDemultiplexer()
            var count = 0
            var rest = Input.frames[...]
            while !rest.isEmpty {
                count += try demultiplexer.append(rest.prefix(64 << 10)).count
                rest = rest.dropFirst(64 << 10)
            }
            guard count == 1024 else { return benchmark.error("\(count) frames came out of 1024") }
        }
    }

    Benchmark("tar: read 500 files of 4 KiB") { benchmark in
        let archive = try Input.tar()
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            var decoder = TarDecoder()
            var files = 0
            try archive.withUnsafeBytes { bytes in
                try decoder.decode(bytes) { event in if case .entryEnd = event { files += 1 } }
            }
            guard files == 500 else { return benchmark.error("\(files) files came out of 500") }
        }
    }

    Benchmark("JSON: write the list of 200 containers") { benchmark in
        for _ in benchmark.scaledIterations { blackHole(Input.list.text()) }
    }

    Benchmark("JSON: read the list of 200 containers") { benchmark in
        let bytes = Array(Input.list.text().utf8)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(try JSONValue.parse(bytes)) }
    }

    #if os(Linux)
        logBenchmark()
    #endif
}

#if os(Linux)
    import Engine

    /// Reads a log to its end as a client that follows it does.
    private func logBenchmark() {
        Benchmark("log: follow 100,000 lines of a json-file") { benchmark in
            let folder = FileManager.default.temporaryDirectory.appending(path: "drydock-micro-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let path = folder.appending(path: "log").path
            try Input.log(at: path)
            var query = LogQuery()
            query.follows = true
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations {
                let (changes, end) = AsyncStream.makeStream(of: Void.self)
                end.finish()
                var lines = 0
                for try await batch in LogReader(path: path, query: query, changes: changes, isOver: { true }) {
                    lines += batch.entries.count
                }
                guard lines == 100_000 else { return benchmark.error("\(lines) lines came out of 100,000") }
            }
            benchmark.stopMeasurement()
        }
    }
#endif
