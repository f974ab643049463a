/// A scenario file, parsed and checked: what a manual page promises and the steps that prove it.
///
/// The format is described in `Conformance/FORMAT.md`.
public struct ScenarioDocument: Sendable, Hashable {
    /// The file as it was named to the parser, for messages.
    public let file: String
    /// The text of the file.
    public let text: String
    /// What stands between the `---` lines.
    public let frontMatter: FrontMatter
    /// The fenced blocks, in order.
    public let steps: [Step]
    /// The variables that get a fresh unique name for each replay, in the order in which they first appear.
    public let uniqueNames: [String]
    /// Faults that do not keep the scenario from running, for example a capture that nothing uses.
    public let warnings: [ScenarioError]

    /// The case's id: the path below the scenario folder, without `.md`.
    public var id: String { frontMatter.id }

    /// The first component of the id: `container`, `image`, …
    public var area: String { String(id.prefix { $0 != "/" }) }

    /// How a step or pattern is named in reports: `FILE:LINE`.
    public func label(line: Int) -> String { "\(file):\(line)" }
}

/// One fenced block.
public enum Step: Sendable, Hashable {
    /// A `console` block: docker commands as typed.
    case console(ConsoleStep)
    /// An `http` block: one request and what must come back.
    case http(HTTPStep)
    /// A `file NAME` block: a file in the case's directory.
    case file(FileStep)
    /// A `tar NAME` block: an archive in the case's directory.
    case tar(TarStep)

    /// The line of the opening fence.
    public var line: Int {
        switch self {
        case .console(let step): step.line
        case .http(let step): step.line
        case .file(let step): step.line
        case .tar(let step): step.line
        }
    }
}

/// A file that exists in the case's directory from this step on.
public struct FileStep: Sendable, Hashable {
    /// The line of the opening fence.
    public let line: Int
    /// A plain file name, without directories.
    public let name: String
    /// The content; each line of the block ends in a newline.
    public let content: Template
}

/// A tar archive that exists in the case's directory from this step on.
public struct TarStep: Sendable, Hashable {
    /// The line of the opening fence.
    public let line: Int
    /// A plain file name, without directories.
    public let name: String
    /// The entries, in archive order.
    public let entries: [TarEntryTemplate]
}

/// One entry of a `tar` block: `hello.txt 0644 "hello\n" uid=1000`.
public struct TarEntryTemplate: Sendable, Hashable {
    /// What the entry is.
    public enum Kind: Sendable, Hashable {
        /// A regular file with this content.
        case file(Template)
        /// A directory, written with a trailing slash.
        case directory
        /// A symbolic link to this target.
        case symbolicLink(String)
        /// A hard link to this entry's path.
        case hardLink(String)
    }
    /// The line of the entry.
    public let line: Int
    /// The path in the archive; a directory keeps its trailing slash.
    public let path: Template
    /// The kind, with its content or target.
    public let kind: Kind
    /// Permission bits; 0644 for files, 0755 for directories, 0777 for links where none are written.
    public let mode: UInt32
    /// Owner, 0 where none is written.
    public let uid: UInt32
    /// Group, 0 where none is written.
    public let gid: UInt32
    /// Seconds since 1970, 0 where none are written.
    public let modified: Int64
}
