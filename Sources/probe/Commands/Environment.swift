import CProbe

private func pairs() -> [[UInt8]] {
    var list: [[UInt8]] = []
    while let pair = cprobe_environment(Int32(list.count)) { list.append(text(pair)) }
    return list
}

func environment(_ arguments: inout Arguments) -> Int32 {
    arguments.finish()
    var output = Output()
    for pair in pairs() {
        output.put(pair)
        output.newLine()
    }
    output.flush()
    return 0
}

func environmentJSON(_ arguments: inout Arguments) -> Int32 {
    arguments.finish()
    var output = Output()
    output.put("{")
    let list = pairs()
    for index in list.indices {
        if index > 0 { output.put(",") }
        let name = list[index].prefix { $0 != UInt8(ascii: "=") }
        output.quote(name)
        output.put(":")
        output.quote(list[index].dropFirst(name.count + 1))
    }
    output.put("}\n")
    output.flush()
    return 0
}
