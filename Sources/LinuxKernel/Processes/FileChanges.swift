import CLinux
import Glibc

/// Tells that files changed (inotify(7)), without saying how: whoever waits looks for itself.
public struct FileChanges: Sendable {
    /// What is told.
    public struct Kinds: OptionSet, Sendable, Hashable {
        /// IN_… bits.
        public let rawValue: UInt32
        /// Bits as they are.
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        /// A write or a truncation.
        public static let contents = Kinds(rawValue: UInt32(IN_MODIFY))
        /// The file was renamed, or removed for good.
        public static let departure = Kinds(rawValue: UInt32(IN_MOVE_SELF | IN_DELETE_SELF | IN_ATTRIB))
        /// In a folder: a name came or went.
        public static let names = Kinds(rawValue: UInt32(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO))
    }

    /// Readable when something happened; see ``drain()``.
    public let descriptor: FileDescriptor

    /// An empty list; at most `/proc/sys/fs/inotify/max_user_instances` of them exist.
    public init() throws(SystemError) {
        descriptor = FileDescriptor(try SystemCall.check(clinux_inotify(), "make an inotify instance"))
    }

    /// Adds a file or folder; one more call for the same file replaces what is told of it.
    public func add(_ path: String, _ kinds: Kinds) throws(SystemError) {
        try SystemCall.check(clinux_inotify_add(descriptor.number, path, kinds.rawValue), "watch \(path)")
    }

    /// Forgets what happened so far, so that the next wait is for something new. Look at the files after this call.
    ///
    /// - Returns: whether anything had happened.
    @discardableResult
    public func drain() throws(SystemError) -> Bool {
        var happened = false
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let answer = clinux_read(descriptor.number, &buffer, buffer.count)
            if answer == -Int64(EAGAIN) { return happened }
            if try SystemCall.check(answer, "read an inotify instance") == 0 { return happened }
            happened = true
        }
    }

    /// Waits for something to happen, and forgets it.
    ///
    /// - Returns: whether something happened before the time was up.
    public func next(watcher: DescriptorWatcher, timeout: Duration? = nil) async throws -> Bool {
        guard try await watcher.wait(for: descriptor, timeout: timeout) else { return false }
        return try drain()
    }
}
