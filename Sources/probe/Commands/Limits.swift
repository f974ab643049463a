import CProbe

/// Linux's resource numbers are their places here (getrlimit(2)).
private let resourceNames: [StaticString] = [
    "cpu", "fsize", "data", "stack", "core", "rss", "nproc", "nofile", "memlock", "as", "locks", "sigpending",
    "msgqueue", "nice", "rtprio", "rttime",
]

/// Where a limit stands under cgroup v2, and where under v1.
private let cgroupFiles: [(name: StaticString, unified: StaticString, legacy: StaticString)] = [
    ("memory", "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"),
    ("swap", "/sys/fs/cgroup/memory.swap.max", "/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes"),
    ("reservation", "/sys/fs/cgroup/memory.low", "/sys/fs/cgroup/memory/memory.soft_limit_in_bytes"),
    ("pids", "/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/pids/pids.max"),
    ("cpu", "/sys/fs/cgroup/cpu.max", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
    ("cpuPeriod", "", "/sys/fs/cgroup/cpu/cpu.cfs_period_us"),
    ("cpuWeight", "/sys/fs/cgroup/cpu.weight", "/sys/fs/cgroup/cpu/cpu.shares"),
    ("cpuset", "/sys/fs/cgroup/cpuset.cpus", "/sys/fs/cgroup/cpuset/cpuset.cpus"),
]

func limits(_ arguments: inout Arguments) -> Int32 {
    arguments.finish()
    var output = Output()
    output.put("{")
    output.name("rlimits")
    output.put("{")
    for index in resourceNames.indices {
        var (soft, hard): (UInt64, UInt64) = (0, 0)
        guard cprobe_limit(Int32(index), &soft, &hard) == 0 else { continue }
        if index > 0 { output.put(",") }
        output.name(resourceNames[index])
        output.put("{")
        output.name("soft")
        put(soft, to: &output)
        output.put(",")
        output.name("hard")
        put(hard, to: &output)
        output.put("}")
    }
    output.put("},")
    output.name("cgroup")
    output.put("{")
    let isUnified = contents(of: bytes("/sys/fs/cgroup/cgroup.controllers")).error == 0
    output.name("version")
    output.put(isUnified ? "2" : "1")
    for file in cgroupFiles {
        output.put(",")
        output.name(file.name)
        let read = contents(of: bytes(isUnified ? file.unified : file.legacy))
        let value = read.bytes.prefix { $0 != UInt8(ascii: "\n") }
        if read.error != 0 { output.put("null") } else { output.quote(value) }
    }
    output.put("}}\n")
    output.flush()
    return 0
}

private func put(_ limit: UInt64, to output: inout Output) {
    if limit == .max { output.put("null") } else { output.put(number: limit) }
}
