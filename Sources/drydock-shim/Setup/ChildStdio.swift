import CLinux
import ShimProtocol

/// The child's ends of stdin, stdout and stderr, and the socket a terminal travels back through.
struct ChildStdio {
    let input: Int32
    let output: Int32
    let error: Int32
    /// Where the terminal's main side is sent to the monitor; -1 without a terminal.
    let terminalSocket: Int32

    /// Puts them on descriptors 0, 1 and 2.
    func install(terminal: Terminal?, spec: Spec) throws(Failure) {
        if let terminal {
            var descriptor = terminal.main
            let mark: UInt8 = 1
            let sent = withUnsafeBytes(of: mark) {
                clinux_send(terminalSocket, $0.baseAddress, 1, &descriptor, 1, 1)
            }
            try check(SHIM_STEP_TERMINAL, nil, sent)
            _ = clinux_close(terminal.main)
            try check(SHIM_STEP_TERMINAL, nil, clinux_make_controlling_terminal(terminal.secondary))
            try place(terminal.secondary, terminal.secondary, terminal.secondary)
            if let record = spec.last(SHIM_IDENTITY) {
                // A shell of another user must be able to reopen its own terminal, as runc's fixStdioPermissions does.
                let identity = try record.fixed(shim_identity.self, SHIM_STEP_TERMINAL)
                if identity.uid != 0 { _ = clinux_fchown(0, identity.uid, UInt32.max) }
            }
        } else {
            try place(input, output, error)
        }
    }

    private func place(_ input: Int32, _ output: Int32, _ error: Int32) throws(Failure) {
        try check(SHIM_STEP_STDIO, nil, clinux_dup2(input, 0))
        try check(SHIM_STEP_STDIO, nil, clinux_dup2(output, 1))
        try check(SHIM_STEP_STDIO, nil, clinux_dup2(error, 2))
    }
}

/// Both ends of a container's stdin, stdout and stderr, or the way its terminal comes back.
struct Stdio {
    /// The monitor's ends: write end of stdin, read ends of stdout and stderr; -1 where there is none.
    private(set) var input: Int32 = -1
    private(set) var output: Int32 = -1
    private(set) var error: Int32 = -1
    private(set) var child: ChildStdio
    private var terminalSocket: Int32 = -1

    init(_ spec: Spec) throws(Failure) {
        if spec.has(SHIM_TERMINAL) {
            var pair: [Int32] = [-1, -1]
            try check(SHIM_STEP_STDIO, nil, clinux_seqpacket_pair(&pair))
            terminalSocket = pair[0]
            child = ChildStdio(input: -1, output: -1, error: -1, terminalSocket: pair[1])
            return
        }
        let out = try Self.pipe()
        let err = try Self.pipe()
        var childInput: Int32
        if spec.has(SHIM_STDIN_OPEN) {
            let pipe = try Self.pipe()
            input = pipe.write
            childInput = pipe.read
        } else {
            let null = StaticText.pointer("/dev/null")
            childInput = try check(SHIM_STEP_STDIO, null, clinux_openat2(CLINUX_AT_FDCWD, null, CLINUX_O_RDONLY, 0, 0))
        }
        output = out.read
        error = err.read
        child = ChildStdio(input: childInput, output: out.write, error: err.write, terminalSocket: -1)
    }

    private static func pipe() throws(Failure) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        try check(SHIM_STEP_STDIO, nil, clinux_pipe(&ends))
        return (ends[0], ends[1])
    }

    /// Closes the child's ends once the child has its own copies, so that their last close is seen as the end of output.
    mutating func closeChildEnds() {
        for descriptor in [child.input, child.output, child.error, child.terminalSocket] where descriptor >= 0 {
            _ = clinux_close(descriptor)
        }
    }

    mutating func closeOutput() {
        if output >= 0 { _ = clinux_close(output) }
        if input == output { input = -1 }
        output = -1
    }

    mutating func closeError() {
        if error >= 0 { _ = clinux_close(error) }
        error = -1
    }

    /// Takes the terminal that the init has sent; called when the command runs.
    mutating func takeTerminal() throws(Failure) {
        guard terminalSocket >= 0 else { return }
        var mark: UInt8 = 0
        var descriptor: Int32 = -1
        var count = 1
        try check(SHIM_STEP_TERMINAL, nil, clinux_receive(terminalSocket, &mark, 1, &descriptor, &count, 1))
        guard count == 1 else { throw Failure(SHIM_STEP_TERMINAL, Errno.protocolError) }
        _ = clinux_close(terminalSocket)
        terminalSocket = -1
        input = descriptor
        output = descriptor
    }
}
