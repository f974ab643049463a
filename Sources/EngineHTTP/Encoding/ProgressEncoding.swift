import ImageStore
import OCI
import RawJSON

/// The lines of docker's progress streams (moby `pkg/streamformatter`): a JSON object and CR LF each.
enum ProgressLine {
    static func text(_ value: JSONValue) -> String { value.text() + "\r\n" }

    /// What went wrong, as the last line of a stream that had begun.
    static func failure(_ message: String) -> String {
        text(["errorDetail": ["message": .string(message)], "error": .string(message)])
    }

    /// A remark under an identifier.
    static func status(_ status: String, id: String? = nil) -> String {
        var members = JSONMembers()
        members.add("status", status)
        if let id { members.add("id", id) }
        return text(members.value)
    }

    /// What a layer is at.
    static func layer(_ id: String, _ status: String, progress: (current: Int64, total: Int64)? = nil) -> String {
        var members = JSONMembers()
        members.add("status", status)
        if let progress {
            var detail = JSONMembers()
            detail.add("current", progress.current)
            if progress.total > 0 { detail.add("total", progress.total) }
            members.add("progressDetail", detail.value)
            members.add("progress", ProgressBar.text(current: progress.current, total: progress.total))
        } else {
            members.add("progressDetail", .object(JSONObject()))
        }
        members.add("id", id)
        return text(members.value)
    }
}

/// docker's textual bar (moby `pkg/jsonmessage`, `JSONProgress.String` at 200 columns).
enum ProgressBar {
    static func text(current: Int64, total: Int64) -> String {
        let done = padded(size(current))
        guard total > 0 else { return done }
        let filled = min(Int(Double(current) / Double(total) * 100) / 2, 50)
        let bar = "[" + String(repeating: "=", count: filled) + ">" + String(repeating: " ", count: 50 - filled) + "] "
        return current > total ? bar + done : bar + "\(done)/\(size(total))"
    }

    private static func padded(_ text: String) -> String {
        String(repeating: " ", count: max(0, 8 - text.utf8.count)) + text
    }

    /// Four significant digits and a decimal unit: `27.8MB`, `512B`, `1.024kB` (go-units `HumanSize`).
    static func size(_ bytes: Int64) -> String {
        var value = Double(bytes)
        var unit = 0
        let units = ["B", "kB", "MB", "GB", "TB", "PB"]
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        let places = value >= 100 ? 1 : value >= 10 ? 2 : 3
        let scale = (0..<places).reduce(1.0) { product, _ in product * 10 }
        let rounded = Int64((value * scale).rounded())
        var fraction = String(rounded % Int64(scale))
        fraction = String(repeating: "0", count: places - fraction.utf8.count) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        return "\(rounded / Int64(scale))\(fraction.isEmpty ? "" : "." + fraction)\(units[unit])"
    }
}

extension PullEvent {
    /// The line that tells it; nil for what clients are not told.
    var line: String? {
        switch self {
        case .pulling(let repository, let identifier): ProgressLine.status("Pulling from \(repository)", id: identifier)
        case .layer(let id, let progress): progress.line(id)
        case .digest(let digest): ProgressLine.status("Digest: \(digest)")
        case .status(let text): ProgressLine.status("Status: \(text)")
        case .warning(let text): ProgressLine.status(text)
        case .completed: nil
        }
    }
}

extension LayerProgress {
    func line(_ id: String) -> String {
        switch self {
        case .pullingFileSystemLayer: ProgressLine.layer(id, "Pulling fs layer")
        case .waiting: ProgressLine.layer(id, "Waiting")
        case .alreadyExists: ProgressLine.layer(id, "Already exists")
        case .downloading(let current, let total): ProgressLine.layer(id, "Downloading", progress: (current, total))
        case .retrying(let seconds):
            ProgressLine.layer(id, "Retrying in \(seconds) second\(seconds == 1 ? "" : "s")")
        case .verifyingChecksum: ProgressLine.layer(id, "Verifying Checksum")
        case .downloadComplete: ProgressLine.layer(id, "Download complete")
        case .extracting(let current, let total): ProgressLine.layer(id, "Extracting", progress: (current, total))
        case .pullComplete: ProgressLine.layer(id, "Pull complete")
        }
    }
}

extension LoadEvent {
    /// The line that tells it; layers only where the client wants to see progress.
    func line(quiet: Bool) -> String? {
        switch self {
        case .layer(let id, let progress):
            guard !quiet else { return nil }
            if case .extracting(let current, let total) = progress {
                return ProgressLine.layer(id, "Loading layer", progress: (current, total))
            }
            return nil
        case .loaded(let name): return ProgressLine.text(["stream": .string("Loaded image: \(name)\n")])
        case .loadedID(let id): return ProgressLine.text(["stream": .string("Loaded image ID: \(id)\n")])
        case .renamed(let name, let old):
            let text = "The image \(name) already exists, renaming the old one with ID \(old) to empty string\n"
            return ProgressLine.text(["stream": .string(text)])
        }
    }
}
