import DockerAPI

/// The status line and headers of an answer.
public struct ResponseHead: Sendable {
    /// The version of the status line: `HTTP/1.1`.
    public let httpVersion: String
    /// The status code.
    public let status: Int
    /// The reason phrase, possibly empty.
    public let reason: String
    /// All headers in their order and casing, white space around values removed.
    public let headers: [(name: String, value: String)]
    /// The head as it came, with its line ends and the empty line.
    public let raw: [UInt8]

    /// The value of the first header of that name, in any casing.
    public func first(_ name: String) -> String? {
        let name = name.lowercased()
        return headers.first { $0.name.lowercased() == name }?.value
    }

    /// The values of all headers of that name, in any casing.
    public func all(_ name: String) -> [String] {
        let name = name.lowercased()
        return headers.filter { $0.name.lowercased() == name }.map(\.value)
    }

    /// The media type of `Content-Type` without parameters, in lower case.
    public var mediaType: String? {
        first("Content-Type").map { value in
            String(value.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }).lowercased()
        }
    }

    /// What the daemon says about the stream: frames (`application/vnd.docker.multiplexed-stream`, API 1.42 on), raw
    /// bytes (`application/vnd.docker.raw-stream`; before 1.42 that was said of frames too), or nothing.
    public var streamFormat: StreamFormat? {
        switch mediaType {
        case "application/vnd.docker.multiplexed-stream": .multiplexed
        case "application/vnd.docker.raw-stream": .raw
        default: nil
        }
    }

    /// How output is carried.
    public enum StreamFormat: Sendable, Hashable {
        /// In frames of `StreamFrame`.
        case multiplexed
        /// As the process wrote it.
        case raw
    }

    /// Whether docker's client takes the answer for a success: 200 to 399, and 101.
    public var isSuccess: Bool { (200..<400).contains(status) || status == 101 }
}
