import CProbe

func writeCommand(_ arguments: inout Arguments) -> Int32 {
    let path = arguments.next("PATH")
    let content = arguments.next("TEXT")
    arguments.finish()
    let descriptor = withCString(path) { cprobe_open_writing($0) }
    guard descriptor >= 0 else { fail("cannot write", path, error: -descriptor) }
    writeAll(content + [UInt8(ascii: "\n")], to: descriptor)
    cprobe_close(descriptor)
    return 0
}

func cat(_ arguments: inout Arguments) -> Int32 {
    let path = arguments.next("PATH")
    arguments.finish()
    let read = contents(of: path)
    guard read.error == 0 else { fail("cannot read", path, error: read.error) }
    writeAll(read.bytes, to: 1)
    return 0
}

func list(_ arguments: inout Arguments) -> Int32 {
    let path = arguments.next("PATH")
    arguments.finish()
    var status = cprobe_status_t()
    let error = withCString(path) { cprobe_status($0, &status) }
    guard error == 0 else { fail("cannot list", path, error: -error) }
    var output = Output()
    if status.mode & 0o170000 == 0o040000 {
        let listing = names(in: path)
        guard listing.error == 0 else { fail("cannot list", path, error: listing.error) }
        for name in listing.names {
            let full = path + [UInt8(ascii: "/")] + name
            guard withCString(full, { cprobe_status($0, &status) }) == 0 else { continue }
            put(status, name, full, to: &output)
        }
    } else {
        put(status, path, path, to: &output)
    }
    output.flush()
    return 0
}

private func put(_ status: cprobe_status_t, _ name: [UInt8], _ path: [UInt8], to output: inout Output) {
    let types: [(UInt32, StaticString)] = [
        (0o100000, "file"), (0o040000, "directory"), (0o120000, "link"), (0o020000, "character"), (0o060000, "block"),
        (0o010000, "fifo"), (0o140000, "socket"),
    ]
    for (bits, type) in types where status.mode & 0o170000 == bits { output.put(type) }
    output.put(" ")
    let mode = String(status.mode & 0o7777, radix: 8)
    if mode.utf8.count < 4 { output.put(repeatElement(UInt8(ascii: "0"), count: 4 - mode.utf8.count)) }
    output.put(mode.utf8)
    for value in [UInt64(status.uid), UInt64(status.gid), status.size] {
        output.put(" ")
        output.put(number: value)
    }
    output.put(" ")
    output.put(name)
    if status.mode & 0o170000 == 0o120000 {
        output.put(" -> ")
        output.put(linkTarget(path))
    }
    output.newLine()
}
