import CProbe

private func signalNumber(_ word: [UInt8]) -> Int32 {
    if let value = number(word), value > 0, value < Int(cprobe_signal_count()) { return Int32(value) }
    let name = hasPrefix(word, "SIG") ? Array(word.dropFirst(3)) : word
    var candidate: Int32 = 1
    while candidate < cprobe_signal_count() {
        if text(cprobe_signal_name(candidate)) == name { return candidate }
        candidate += 1
    }
    fail("no such signal:", word, code: 2)
}

func signals(_ arguments: inout Arguments) -> Int32 {
    var leftAlone: UInt64 = 0
    var exits: [(signal: Int32, code: Int32)] = []
    while let word = arguments.option("--ignore") {
        let signal = signalNumber(word)
        cprobe_signal_ignore(signal)
        leftAlone |= 1 << UInt64(signal)
    }
    while let word = arguments.option("--default") { leftAlone |= 1 << UInt64(signalNumber(word)) }
    while let word = arguments.option("--exit-on") {
        let parts = split(word, at: UInt8(ascii: "="))
        guard parts.count == 2, let code = number(parts[1]), code < 256 else { fail("not NAME=CODE:", word, code: 2) }
        exits.append((signalNumber(parts[0]), Int32(code)))
    }
    arguments.finish()
    cprobe_signals_block(leftAlone)
    writeAll(bytes("ready\n"), to: 1)
    while true {
        let received = cprobe_signal_wait()
        writeAll(text(cprobe_signal_name(received)) + [UInt8(ascii: "\n")], to: 1)
        for exit in exits where exit.signal == received { return exit.code }
    }
}
