import OCI
import StartupBenchmark

/// A kind of report of `drydock bench`.
enum BenchReport: String, CaseIterable {
    case ndjson, json, markdown, html, picture

    private static let limit = 512 << 20

    /// Writes it; `-` is standard output, and a name that ends in `.gz` is compressed.
    func write(_ summary: BenchmarkSummary, to path: String) throws {
        let text =
            switch self {
            case .ndjson: RawData.text(of: summary.result)
            case .json: RawData.json(of: summary).text() + "\n"
            case .markdown: TextTable(summary).markdown
            case .html: Page(summary).html
            case .picture: Page(summary).picture ?? ""
            }
        guard path != "-" else { return Console.output(text) }
        let bytes = Array(text.utf8)
        guard path.hasSuffix(".gz") else { return try File.replace(path, with: bytes) }
        let memory = MemorySink(limit: Self.limit)
        let sink = try GzipSink(level: 9, next: memory)
        try sink.write(bytes)
        try sink.finish()
        try File.replace(path, with: memory.bytes)
    }

    /// The text of a file of raw samples, compressed or not.
    static func text(of path: String) throws -> String {
        let bytes: [UInt8]
        do { bytes = try File.contents(of: path, limit: limit) } catch {
            throw Fault(description: "the raw samples \(path) cannot be read: \(error)")
        }
        guard bytes.starts(with: [0x1F, 0x8B]) else { return String(decoding: bytes, as: UTF8.self) }
        let memory = MemorySink(limit: limit)
        let sink = try GunzipSink(next: memory)
        try sink.write(bytes)
        try sink.finish()
        return String(decoding: memory.bytes, as: UTF8.self)
    }
}
