import RawJSON

/// `docker images --tree`: an image a block, its platforms beneath it, as docker's CLI 28 lays it out.
///
/// Colours mark titles even where standard output is no terminal; docker's CLI does so too.
struct ImageTree: Sendable {
    private struct Details {
        var id: String
        var diskUsage: String
        var contentSize: String
        var isUsed: Bool
    }

    private struct Image {
        var names: [String]
        var details: Details
        var platforms: [(name: String, isAvailable: Bool, details: Details)]
        var created: Int64
    }

    private struct Column {
        var title: String
        var width: Int
        var isRight = false
        var text: @Sendable (Details) -> String
    }

    private enum Style: String {
        case plain = "\u{1b}[39m"
        case title = "\u{1b}[39m\u{1b}[1m"
        case dim = "\u{1b}[39m\u{1b}[2m"
        case name = "\u{1b}[34m\u{1b}[1m"
        case warning = "\u{1b}[93m"

        func apply(_ text: String) -> String { "\(rawValue)\(text)\u{1b}[0m" }
    }

    private static let spacing = 3
    private static let chipWidth = 5
    private static let minimumNameWidth = 12
    private static let warning =
        "WARNING: This is an experimental feature. The output may change and shouldn't be depended on."
    private static let chip = "\u{1b}[38;5;0m\u{1b}[48;5;14m U \u{1b}[0m"

    private let images: [Image]
    private let isTerminal: Bool
    private let terminalWidth: Int
    private let width: Int
    private let columns: [Column]
    private let nameWidth: Int

    /// - Parameters:
    ///   - list: the array of `GET /images/json?manifests=1`.
    ///   - all: dangling images too.
    ///   - columns: the width of the terminal that standard output is; `nil` where it is none.
    init(_ list: [JSONValue], all: Bool, columns width: Int?) {
        images = list.filter { all || !Self.isDangling($0) }.map(Self.image)
            .enumerated().sorted { ($1.element.created, $0.offset) < ($0.element.created, $1.offset) }.map(\.element)
        isTerminal = width != nil
        terminalWidth = width.flatMap { $0 == 0 ? nil : $0 } ?? 80
        self.width = max(20, terminalWidth)
        let standard = [
            Column(title: "ID", width: 12) { $0.id },
            Column(title: "DISK USAGE", width: 10, isRight: true) { $0.diskUsage },
            Column(title: "CONTENT SIZE", width: 12, isRight: true) { $0.contentSize },
            Column(title: "EXTRA", width: Self.chipWidth) { _ in "" },
        ]
        // A column that leaves too little for the names goes, and all after it.
        var room = self.width
        let kept = standard.prefix { column in
            guard room - column.width - Self.spacing >= Self.minimumNameWidth else { return false }
            room -= column.width + Self.spacing
            return true
        }
        self.columns = Array(kept)
        let widest = images.flatMap { $0.names.map(\.count) + $0.platforms.map { $0.name.count + 3 } }.max() ?? 0
        nameWidth = min(room, max(widest, "IMAGE".count))
    }

    var text: String {
        let showsUse = images.contains { $0.platforms.contains { $0.details.isUsed } }
        let isSpaced = images.contains { !$0.platforms.isEmpty }
        var lines = [isTerminal ? Style.warning.apply(Self.warning) : Self.warning, legend, ""]
        lines.append(header)
        for image in images {
            lines += self.lines(image, showsUse: showsUse)
            if isSpaced { lines.append("") }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private var legend: String {
        let (shown, plain) =
            isTerminal
            ? (
                "\u{1b}[1m\u{1b}[106m\u{1b}[30mi\u{1b}[0m\u{1b}[0m \u{1b}[96mInfo → \u{1b}[0m\u{1b}[0m \(Self.chip) In Use ",
                "i Info →   U  In Use "
            ) : ("Info ->  U In Use ", "Info ->  U In Use ")
        return String(repeating: " ", count: max(0, width - plain.count)) + shown
    }

    private var header: String {
        var line = cell("IMAGE", nameWidth) { Style.title.apply($0) }
        for column in columns {
            line +=
                String(repeating: " ", count: Self.spacing)
                + cell(column.title, column.width, isRight: column.isRight) { Style.title.apply($0) }
        }
        return line
    }

    private func lines(_ image: Image, showsUse: Bool) -> [String] {
        let names = image.names.isEmpty ? ["<untagged>"] : image.names
        let style = image.names.isEmpty ? Style.dim : Style.name
        var lines = names.dropLast().map { name in
            isTerminal ? style.apply(Shorten.ellipsis(name, terminalWidth)) : name
        }
        lines.append(row(names.last ?? "", style, image.details, .plain, showsUse))
        for (index, platform) in image.platforms.enumerated() {
            let branch = index == image.platforms.count - 1 ? "└─ " : "├─ "
            let style = platform.isAvailable ? Style.plain : Style.dim
            lines.append(row(branch + platform.name, style, platform.details, style, showsUse))
        }
        return lines
    }

    private func row(_ name: String, _ nameStyle: Style, _ details: Details, _ style: Style, _ showsUse: Bool) -> String
    {
        func styled(_ style: Style) -> (String) -> String { { isTerminal ? style.apply($0) : $0 } }
        var line = cell(Shorten.ellipsis(name, nameWidth), nameWidth, styled(nameStyle))
        for column in columns {
            line += String(repeating: " ", count: Self.spacing)
            if column.title == "EXTRA" {
                let isShown = showsUse && details.isUsed
                let chip = isTerminal ? (Self.chip, 3) : ("U", 1)
                line += (isShown ? chip.0 : "") + String(repeating: " ", count: column.width - (isShown ? chip.1 : 0))
            } else {
                line += cell(column.text(details), column.width, isRight: column.isRight, styled(style))
            }
        }
        return line
    }

    private func cell(_ text: String, _ width: Int, isRight: Bool = false, _ style: (String) -> String) -> String {
        let space = String(repeating: " ", count: max(0, width - text.count))
        return isRight ? space + style(text) : style(text) + space
    }

    private static func image(_ value: JSONValue) -> Image {
        var content = 0.0
        var isUsed = (value["Containers"]?.int64 ?? 0) > 0
        var platforms: [(String, Bool, Details)] = []
        for manifest in value["Manifests"]?.array ?? [] where manifest["Kind"]?.string == "image" {
            let size = manifest["Size"]?["Content"]?.double ?? 0
            content += size
            let data = manifest["ImageData"]
            let isPartUsed = data?["Containers"]?.array?.isEmpty == false
            if isPartUsed { isUsed = true }
            let details = Details(
                id: Shorten.id(manifest["ID"]?.string ?? ""),
                diskUsage: Units.humanSize(manifest["Size"]?["Total"]?.double ?? 0),
                contentSize: Units.humanSize(size), isUsed: isPartUsed)
            platforms.append((platform(data?["Platform"]), manifest["Available"]?.bool == true, details))
        }
        let details = Details(
            id: Shorten.id(value["Id"]?.string ?? ""), diskUsage: Units.humanSize(value["Size"]?.double ?? 0),
            contentSize: Units.humanSize(content), isUsed: isUsed)
        return Image(
            names: (value["RepoTags"]?.array ?? []).compactMap(\.string).enumerated()
                .sorted { ($1.element.utf8.count, $0.offset) < ($0.element.utf8.count, $1.offset) }.map(\.element),
            details: details,
            platforms: platforms, created: value["Created"]?.int64 ?? 0)
    }

    private static func platform(_ value: JSONValue?) -> String {
        let parts = ["os", "architecture", "variant"].compactMap { value?[$0]?.string }.filter { !$0.isEmpty }
        return parts.isEmpty ? "unknown" : parts.joined(separator: "/")
    }

    private static func isDangling(_ value: JSONValue) -> Bool {
        let tags = (value["RepoTags"]?.array ?? []).compactMap(\.string)
        let digests = (value["RepoDigests"]?.array ?? []).compactMap(\.string)
        return (tags.isEmpty && digests.isEmpty) || (tags == ["<none>:<none>"] && digests == ["<none>@<none>"])
    }
}
