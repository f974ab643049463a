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

    init(_ spec: Spec, _ places: HostPlaces, _ supplies: Supplies?) throws(Failure) {
        if spec.has(SHIM_TERMINAL) {
            var pair: [Int32] = [-1, -1]
            try check(SHIM_STEP_STDIO, nil, clinux_seqpacket_pair(&pair))
            supplies?.streams.close()
            terminalSocket = pair[0]
            child = ChildStdio(input: -1, output: -1, error: -1, terminalSocket: pair[1])
            return
        }
        let streams = if let supplies { supplies.streams } else { try OutputPipes() }
        let childInput: Int32
        if spec.has(SHIM_STDIN_OPEN) {
            let pipe = try Pipe(SHIM_STEP_STDIO)
            input = pipe.write
            childInput = pipe.read
        } else {
            // Its own opening of the host's: locks and flags are not to be shared.
            let name = StaticText.pointer("null")
            childInput = try check(
                SHIM_STEP_STDIO, name, clinux_openat2(places.devices, name, CLINUX_O_RDONLY, 0, CLINUX_RESOLVE_BENEATH))
        }
        output = streams.output.read
        error = streams.error.read
        child = ChildStdio(
            input: childInput, output: streams.output.write, error: streams.error.write, terminalSocket: -1)
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

/// Both ends of a pipe, which are gone when a command begins.
struct Pipe {
    let read: Int32
    let write: Int32

    init(_ step: shim_step) throws(Failure) {
        var ends: [Int32] = [-1, -1]
        try check(step, nil, clinux_pipe(&ends))
        read = ends[0]
        write = ends[1]
    }
}

/// The pipes of a command that has no terminal.
struct OutputPipes {
    let output: Pipe
    let error: Pipe

    init() throws(Failure) {
        output = try Pipe(SHIM_STEP_STDIO)
        error = try Pipe(SHIM_STEP_STDIO)
    }

    func close() {
        for descriptor in [output.read, output.write, error.read, error.write] { _ = clinux_close(descriptor) }
    }
}
