import CProbe

func listen(_ arguments: inout Arguments) -> Int32 {
    let isDatagram = arguments.flag("--udp")
    let port = arguments.number("--port", default: 80)
    arguments.finish()
    guard port > 0, port < 65536 else { fail("a port is 1 to 65535", code: 2) }
    cprobe_end_on_signals()
    // A client that closes early must not end the server.
    cprobe_signal_ignore(cprobe_broken_pipe)
    let descriptor = cprobe_listen(UInt16(port), isDatagram ? 1 : 0)
    guard descriptor >= 0 else { fail("cannot listen", error: -descriptor) }
    var ready = Output()
    ready.put("listening ")
    ready.put(number: port)
    ready.newLine()
    ready.flush()
    while true {
        if isDatagram { _ = cprobe_echo_datagram(descriptor) } else { answer(descriptor) }
    }
}

private func answer(_ listener: Int32) {
    var peer = [CChar](repeating: 0, count: 64)
    let connection = peer.withUnsafeMutableBufferPointer { cprobe_accept(listener, $0.baseAddress, $0.count) }
    guard connection >= 0 else { return }
    defer { cprobe_close(connection) }
    guard readHead(connection) else { return }
    var body = Output()
    writeIdentity(&body, peer: text(peer))
    body.newLine()
    var response = Output()
    response.put("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ")
    response.put(number: body.bytes.count)
    response.put("\r\n\r\n")
    response.put(body.bytes)
    let bytes = response.bytes
    var start = 0
    while start < bytes.count {
        let written = bytes.withUnsafeBytes {
            cprobe_write(connection, $0.baseAddress.map { $0 + start }, bytes.count - start)
        }
        // A client that goes away is no reason to stop listening.
        guard written > 0 else { return }
        start += written
    }
}

/// Reads up to the blank line after a request's headers, at most 64 KiB.
private func readHead(_ connection: Int32) -> Bool {
    var head: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while head.count < 65536 {
        let count = buffer.withUnsafeMutableBytes { cprobe_read(connection, $0.baseAddress, $0.count) }
        guard count > 0 else { return false }
        head.append(contentsOf: buffer[..<count])
        let end = bytes("\r\n\r\n")
        if head.count >= 4, head.indices.dropLast(3).contains(where: { head[$0..<$0 + 4].elementsEqual(end) }) {
            return true
        }
    }
    return false
}
