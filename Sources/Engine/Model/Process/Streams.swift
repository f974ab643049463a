/// What `POST /containers/{id}/attach` asks for.
public struct AttachOptions: Sendable, Hashable {
    /// Whether what was logged so far comes first.
    public var logs = false
    /// Whether live output follows.
    public var stream = false
    /// Whether input is taken.
    public var stdin = false
    /// Whether stdout is wanted.
    public var stdout = false
    /// Whether stderr is wanted.
    public var stderr = false
    /// The keys that detach: `ctrl-p,ctrl-q`; nil is the daemon's default.
    public var detachKeys: String?

    /// Nothing.
    public init() {}
}
