import CProbe

func identity(_ arguments: inout Arguments) -> Int32 {
    arguments.finish()
    var output = Output()
    writeIdentity(&output, peer: nil)
    output.newLine()
    output.flush()
    return 0
}

func writeIdentity(_ output: inout Output, peer: [UInt8]?) {
    output.put("{")
    let numbers: [StaticString] = ["uid", "gid", "euid", "egid", "pid", "ppid", "sid", "pgid"]
    for index in numbers.indices {
        output.name(numbers[index])
        output.put(number: cprobe_identity(Int32(index)))
        output.put(",")
    }
    var groups = [UInt32](repeating: 0, count: 1024)
    let count = groups.withUnsafeMutableBufferPointer { cprobe_groups($0.baseAddress, Int32($0.count)) }
    output.name("groups")
    output.list(Array(groups.prefix(Int(max(0, count)))).sorted()) { $0.put(number: $1) }
    var space = [CChar](repeating: 0, count: 4096)
    output.put(",")
    output.name("hostname")
    _ = space.withUnsafeMutableBufferPointer { cprobe_host_name($0.baseAddress, $0.count) }
    output.quote(text(space))
    output.put(",")
    output.name("cwd")
    let error = space.withUnsafeMutableBufferPointer { cprobe_working_directory($0.baseAddress, $0.count) }
    if error < 0 { output.put("null") } else { output.quote(text(space)) }
    output.put(",")
    output.name("argv")
    output.list(Arguments(from: 0).words) { $0.quote($1) }
    output.put(",")
    output.name("exe")
    output.quote(linkTarget(bytes("/proc/self/exe")))
    if let peer {
        output.put(",")
        output.name("peer")
        output.quote(peer)
    }
    output.put("}")
}

/// The value of a line `Name:\tvalue` in /proc/self/status.
private func statusValue(_ content: [UInt8], _ name: StaticString) -> [UInt8] {
    for line in split(content, at: UInt8(ascii: "\n")) where hasPrefix(line, name) {
        return Array(line.drop { $0 != UInt8(ascii: "\t") }.dropFirst())
    }
    return []
}

func processStatus(_ arguments: inout Arguments) -> Int32 {
    arguments.finish()
    let content = contents(of: bytes("/proc/self/status")).bytes
    var output = Output()
    let fields: [(StaticString, StaticString)] = [
        ("noNewPrivs", "NoNewPrivs:"), ("seccomp", "Seccomp:"), ("threads", "Threads:"),
    ]
    output.put("{")
    for (name, key) in fields {
        output.name(name)
        let value = statusValue(content, key)
        if value.isEmpty { output.put("null") } else { output.put(value) }
        output.put(",")
    }
    output.name("umask")
    output.quote(statusValue(content, "Umask:"))
    output.put(",")
    output.name("capEff")
    output.quote(statusValue(content, "CapEff:"))
    output.put("}\n")
    output.flush()
    return 0
}

private let capabilityNames: [StaticString] = [
    "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
    "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
    "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
    "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
    "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
    "CHECKPOINT_RESTORE",
]

func capabilities(_ arguments: inout Arguments) -> Int32 {
    arguments.finish()
    let content = contents(of: bytes("/proc/self/status")).bytes
    let sets: [(StaticString, StaticString)] = [
        ("effective", "CapEff:"), ("permitted", "CapPrm:"), ("inheritable", "CapInh:"), ("bounding", "CapBnd:"),
        ("ambient", "CapAmb:"),
    ]
    var output = Output()
    output.put("{")
    for index in sets.indices {
        if index > 0 { output.put(",") }
        let digits = statusValue(content, sets[index].1)
        let mask = hexadecimal(digits)
        output.name(sets[index].0)
        output.put("{")
        output.name("hex")
        output.quote(digits)
        output.put(",")
        output.name("names")
        output.list(capabilityNames.indices.filter { mask >> UInt64($0) & 1 == 1 }) { output, bit in
            output.put("\"CAP_")
            output.put(capabilityNames[bit])
            output.put("\"")
        }
        output.put("}")
    }
    output.put("}\n")
    output.flush()
    return 0
}

/// A field of mountinfo with its octal escapes (`\040`) resolved.
private func unescaped(_ field: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < field.count {
        if field[index] == UInt8(ascii: "\\"), index + 3 < field.count {
            var value = 0
            for digit in field[index + 1...index + 3] { value = value * 8 + Int(digit) - 0x30 }
            result.append(UInt8(truncatingIfNeeded: value))
            index += 4
        } else {
            result.append(field[index])
            index += 1
        }
    }
    return result
}

func mounts(_ arguments: inout Arguments) -> Int32 {
    arguments.finish()
    let read = contents(of: bytes("/proc/self/mountinfo"))
    guard read.error == 0 else { fail("cannot read /proc/self/mountinfo", error: read.error) }
    var output = Output()
    for line in split(read.bytes, at: UInt8(ascii: "\n")) {
        let fields = split(line, at: UInt8(ascii: " "))
        guard let dash = fields.firstIndex(where: { equals($0, "-") }), dash >= 6, fields.count >= dash + 4 else {
            continue
        }
        let pairs: [(StaticString, [UInt8])] = [
            ("target", unescaped(fields[4])), ("source", unescaped(fields[dash + 2])), ("type", fields[dash + 1]),
            ("root", unescaped(fields[3])),
        ]
        output.put("{")
        for (name, value) in pairs {
            output.name(name)
            output.quote(value)
            output.put(",")
        }
        output.name("options")
        output.list(split(fields[5], at: UInt8(ascii: ","))) { $0.quote($1) }
        output.put(",")
        output.name("superOptions")
        output.list(split(fields[dash + 3], at: UInt8(ascii: ","))) { $0.quote($1) }
        output.put(",")
        output.name("propagation")
        output.list(Array(fields[6..<dash])) { $0.quote($1) }
        output.put("}\n")
    }
    output.flush()
    return 0
}

func descriptors(_ arguments: inout Arguments) -> Int32 {
    arguments.finish()
    let listing = names(in: bytes("/proc/self/fd"))
    guard listing.error == 0 else { fail("cannot read /proc/self/fd", error: listing.error) }
    // The descriptor that read the folder is closed by now, so its link is gone.
    let open = listing.names.map { ($0, linkTarget(bytes("/proc/self/fd/") + $0)) }.filter { !$0.1.isEmpty }
    var output = Output()
    output.put("{")
    for index in open.indices {
        if index > 0 { output.put(",") }
        output.quote(open[index].0)
        output.put(":")
        output.quote(open[index].1)
    }
    output.put("}\n")
    output.flush()
    return 0
}

func first(_ arguments: inout Arguments) -> Int32 {
    arguments.finish()
    var output = Output()
    output.put(number: cprobe_first_instruction())
    output.newLine()
    output.flush()
    return 0
}
