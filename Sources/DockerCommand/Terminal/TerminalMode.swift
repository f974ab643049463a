#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import Synchronization

/// The mode of the process's terminal: cooked as found, or raw while a container has it.
final class TerminalMode: Sendable {
    private let descriptor: Int32
    private let saved = Mutex<termios?>(nil)

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { restore() }

    /// Raw: no echo, no signals from keys, bytes as typed. Output keeps its processing off too, as the container's
    /// own terminal does it.
    func makeRaw() throws(CommandFailure) {
        var mode = termios()
        guard tcgetattr(descriptor, &mode) == 0 else {
            throw CommandFailure("the terminal's mode cannot be read: \(FileStream.Handle.reason(errno))")
        }
        let before = mode
        saved.withLock { if $0 == nil { $0 = before } }
        cfmakeraw(&mode)
        guard tcsetattr(descriptor, TCSANOW, &mode) == 0 else {
            throw CommandFailure("the terminal cannot be made raw: \(FileStream.Handle.reason(errno))")
        }
    }

    /// Back to the mode found at first.
    func restore() {
        saved.withLock { saved in
            guard var mode = saved else { return }
            tcsetattr(descriptor, TCSANOW, &mode)
            saved = nil
        }
    }

    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    static func windowSize(_ descriptor: Int32) -> WindowSize? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 else { return nil }
        return WindowSize(rows: Int(size.ws_row), columns: Int(size.ws_col))
    }
}
