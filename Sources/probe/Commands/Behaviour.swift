import CProbe

func exitCommand(_ arguments: inout Arguments) -> Int32 {
    let word = arguments.next("CODE")
    arguments.finish()
    guard let code = number(word), code < 256 else { fail("not an exit code:", word, code: 2) }
    return Int32(code)
}

func sleepCommand(_ arguments: inout Arguments) -> Int32 {
    cprobe_end_on_signals()
    guard !arguments.words.isEmpty else { while true { cprobe_pause() } }
    let word = arguments.next("SECONDS")
    arguments.finish()
    guard let seconds = number(word) else { fail("not a number of seconds:", word, code: 2) }
    cprobe_sleep(UInt64(seconds) * 1_000_000_000)
    return 0
}

func pauseCommand(_ arguments: inout Arguments) -> Int32 {
    arguments.finish()
    while true { cprobe_pause() }
}

func printCommand(_ arguments: inout Arguments) -> Int32 {
    let descriptor: Int32 = arguments.flag("--stderr") ? 2 : 1
    var output = Output()
    for index in arguments.words.indices {
        if index > 0 { output.put(" ") }
        output.put(arguments.words[index])
    }
    output.newLine()
    output.flush(to: descriptor)
    return 0
}

func echo(_ arguments: inout Arguments) -> Int32 {
    arguments.finish()
    cprobe_end_on_signals()
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = buffer.withUnsafeMutableBytes { cprobe_read(0, $0.baseAddress, $0.count) }
        if count < 0 { fail("cannot read stdin", error: Int32(-count)) }
        if count == 0 { break }
        writeAll(Array(buffer[..<count]), to: 1)
    }
    writeAll(bytes("eof\n"), to: 1)
    return 0
}

func log(_ arguments: inout Arguments) -> Int32 {
    let lines = arguments.number("--lines", default: 10)
    let rate = arguments.number("--rate", default: 0)
    let width = arguments.number("--bytes", default: 0)
    let stderrEvery = arguments.number("--stderr-every", default: 0)
    let isPartial = arguments.flag("--partial")
    let waits = arguments.flag("--wait")
    let isWhole = arguments.flag("--whole")
    arguments.finish()
    if isWhole { cprobe_signals_block(0) }
    cprobe_end_on_signals()
    let start = cprobe_monotonic()
    var index = 0
    while index < lines {
        index += 1
        var output = Output()
        output.put("line ")
        output.put(number: index)
        while output.bytes.count < width { output.put(output.bytes.count + 1 == width ? "." : " .") }
        if index < lines || !isPartial { output.newLine() }
        output.flush(to: stderrEvery > 0 && index % stderrEvery == 0 ? 2 : 1)
        if rate > 0, index < lines {
            let due = start + UInt64(index) * 1_000_000_000 / UInt64(rate)
            let now = cprobe_monotonic()
            if due > now { cprobe_sleep(due - now) }
        }
    }
    if isWhole { cprobe_signals_release() }
    while waits { cprobe_pause() }
    return 0
}

func terminal(_ arguments: inout Arguments) -> Int32 {
    let watches = arguments.flag("--watch")
    arguments.finish()
    if watches { cprobe_signals_block(0) }
    printTerminal()
    while watches {
        let received = text(cprobe_signal_name(cprobe_signal_wait()))
        if equals(received, "WINCH") { printTerminal() }
        if equals(received, "TERM") || equals(received, "INT") { return 0 }
    }
    return 0
}

private func printTerminal() {
    let streams: [StaticString] = ["stdin", "stdout", "stderr"]
    var output = Output()
    output.put("{")
    var (rows, columns): (UInt16, UInt16) = (0, 0)
    var hasSize = false
    for index in streams.indices {
        output.name(streams[index])
        output.put(cprobe_is_terminal(Int32(index)) == 1 ? "true," : "false,")
        if !hasSize { hasSize = cprobe_window_size(Int32(index), &rows, &columns) == 0 }
    }
    output.name("rows")
    if hasSize { output.put(number: rows) } else { output.put("null") }
    output.put(",")
    output.name("columns")
    if hasSize { output.put(number: columns) } else { output.put("null") }
    output.put("}\n")
    output.flush()
}
