/// One line of the conversation on a hijacked connection.
public enum ConversationItem: Sendable, Hashable {
    /// `> "bytes\n"`: send these bytes.
    case send(Template)
    /// `[half-close]`: close our writing side.
    case halfClose(line: Int)
    /// `< stdout "hello\n"`: this comes next on that channel, in however many frames.
    case expect(ChannelPattern)
    /// `< frame 1 6 "hello\n"`: the next frame of that channel is exactly this one.
    case frame(FramePattern)
    /// `[closed]`: the server closes the connection within the deadline, with nothing left unread.
    case closed(line: Int)
    /// `[open]`: the connection is still open now.
    case open(line: Int)

    /// The line of the file.
    public var line: Int {
        switch self {
        case .send(let template): template.line
        case .halfClose(let line), .closed(let line), .open(let line): line
        case .expect(let pattern): pattern.content.line
        case .frame(let pattern): pattern.line
        }
    }
}

/// A channel of a hijacked connection.
public enum StreamChannel: String, Sendable, Hashable, CaseIterable {
    /// Frames of type 1.
    case stdout
    /// Frames of type 2.
    case stderr
    /// The bytes as they come, without frames: a TTY.
    case raw
}

/// What must come next on a channel.
public struct ChannelPattern: Sendable, Hashable {
    /// Text that must come, or one line that must match.
    public enum Content: Sendable, Hashable {
        /// `"…"`: exactly these bytes come next; `...` inside stands for any bytes.
        case text(LinePattern)
        /// `/…/`: the next line, without its newline, matches as a whole.
        case line(RegexPattern, line: Int)

        /// The line of the file.
        public var line: Int {
            switch self {
            case .text(let pattern): pattern.line
            case .line(_, let line): line
            }
        }
    }
    /// Where it must come.
    public let channel: StreamChannel
    /// What must come.
    public let content: Content
}

/// An assertion about one frame's header and payload (Engine API: ContainerAttach, "Stream format").
public struct FramePattern: Sendable, Hashable {
    /// The line of the file.
    public let line: Int
    /// The first header byte: 0 stdin, 1 stdout, 2 stderr, 3 system error.
    public let channel: UInt8
    /// The size in the header.
    public let length: Int
    /// The payload.
    public let payload: LinePattern
}
