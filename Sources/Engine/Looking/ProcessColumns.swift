import CLinux
import Glibc
import LinuxKernel
import OCI

/// What `/proc/PID` tells of a process, in ps(1)'s terms.
struct ProcessFacts {
    var pid: Int32
    var parent = ""
    var uid: UInt32 = 0
    var state = ""
    var nice = ""
    var terminal = "?"
    /// Seconds of processor time.
    var seconds: Int64 = 0
    var started: Timestamp
    var residentKB: Int64 = 0
    var virtualKB: Int64 = 0
    var name = ""
    var command = ""

    /// nil where the process has gone meanwhile.
    init?(pid: Int32) throws(SystemError) {
        self.pid = pid
        let (stat, status, line): (String, String, [UInt8])
        do {
            stat = try SmallFile.text("/proc/\(pid)/stat")
            status = try SmallFile.text("/proc/\(pid)/status")
            line = try SmallFile.read("/proc/\(pid)/cmdline")
        } catch {
            guard error.errno == ENOENT || error.errno == ESRCH else { throw error }
            return nil
        }
        // The name stands in brackets and may hold any character.
        guard let open = stat.firstIndex(of: "("), let close = stat.lastIndex(of: ")") else { return nil }
        name = String(stat[stat.index(after: open)..<close])
        let fields = stat[stat.index(after: close)...].split(separator: " ").map(String.init)
        guard fields.count > 21, let ticks = Int64(fields[19]) else { return nil }
        let hertz = Int64(sysconf(Int32(_SC_CLK_TCK)))
        state = fields[0]
        parent = fields[1]
        if let device = Int64(fields[4]), device != 0 {
            terminal = device >> 8 == 136 ? "pts/\(device & 0xFF)" : "tty\(device & 0xFF)"
        }
        seconds = ((Int64(fields[11]) ?? 0) + (Int64(fields[12]) ?? 0)) / hertz
        nice = fields[16]
        virtualKB = (Int64(fields[20]) ?? 0) / 1024
        residentKB = (Int64(fields[21]) ?? 0) * 4
        let sinceBoot = clinux_realtime_ns() - Self.uptimeNanoseconds()
        started = Timestamp(nanosecondsSince1970: sinceBoot + ticks * 1_000_000_000 / hertz)
        for row in status.split(separator: "\n") where row.hasPrefix("Uid:") {
            uid = row.split(whereSeparator: { " \t".contains($0) }).dropFirst(2).first.flatMap { UInt32($0) } ?? 0
        }
        let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        command = words.isEmpty ? "[\(name)]" : words.joined(separator: " ")
    }

    private static func uptimeNanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// `00:01:02`
    var clock: String { [seconds / 3600, seconds / 60 % 60, seconds % 60].map(Self.two).joined(separator: ":") }

    /// `12:34` today, `Nov24` before.
    var startText: String {
        var moment = time_t(started.seconds)
        var parts = tm()
        localtime_r(&moment, &parts)
        if Timestamp.now.seconds - started.seconds < 86400 {
            return "\(Self.two(Int64(parts.tm_hour))):\(Self.two(Int64(parts.tm_min)))"
        }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(months[Int(parts.tm_mon)])\(Self.two(Int64(parts.tm_mday)))"
    }

    var elapsedSeconds: Int64 { max(1, Timestamp.now.seconds - started.seconds) }

    static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : String(number) }
}

/// The columns that ps(1) shows for its arguments.
struct ProcessColumns {
    private struct Column: Sendable {
        let title: String
        let value: @Sendable (ProcessFacts, [UInt32: String]) -> String
    }

    private let columns: [Column]
    private let users: [UInt32: String]

    var titles: [String] { columns.map(\.title) }

    func row(_ process: ProcessFacts) -> [String] { columns.map { $0.value(process, users) } }

    /// - Throws: `invalidArgument`, as ps(1) refuses.
    init(_ arguments: String) throws(EngineError) {
        users = Self.hostUsers()
        let words = arguments.split(separator: " ").map(String.init)
        var names: [String] = []
        var index = 0
        while index < words.count {
            let word = words[index]
            index += 1
            switch word {
            case "-ef", "-e", "-A", "-f", "ax", "-eF": continue
            case "aux", "-aux", "auxww":
                names = ["user", "pid", "%cpu", "%mem", "vsz", "rss", "tty", "stat", "start", "time", "command"]
            case "-o", "-eo", "-axo", "o", "--format":
                guard index < words.count else {
                    throw EngineError(.invalidArgument, "ps: error: format specification must follow -o")
                }
                names += words[index].split(separator: ",").map(String.init)
                index += 1
            default:
                guard word.hasPrefix("-o"), word.count > 2 else {
                    throw EngineError(.invalidArgument, "ps: error: unsupported option \(word)")
                }
                names += word.dropFirst(2).split(separator: ",").map(String.init)
            }
        }
        if names.isEmpty { names = ["uid", "pid", "ppid", "c", "stime", "tty", "TIME", "CMD"] }
        guard names.contains("pid") else {
            throw EngineError(.invalidArgument, "Couldn't find PID field in ps output")
        }
        columns = try names.map { name throws(EngineError) in
            guard let column = Self.column(name) else {
                throw EngineError(.invalidArgument, "ps: error: unknown user-defined format specifier \"\(name)\"")
            }
            return column
        }
    }

    private static func column(_ text: String) -> Column? {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let known: [String: Column] = [
            "uid": Column(title: "UID") { users($0, $1) }, "user": Column(title: "USER") { users($0, $1) },
            "pid": Column(title: "PID") { process, _ in String(process.pid) },
            "ppid": Column(title: "PPID") { process, _ in process.parent },
            "c": Column(title: "C") { process, _ in String(process.seconds * 100 / process.elapsedSeconds) },
            "stime": Column(title: "STIME") { process, _ in process.startText },
            "start": Column(title: "START") { process, _ in process.startText },
            "tty": Column(title: "TTY") { process, _ in process.terminal },
            "time": Column(title: "TIME") { process, _ in process.clock },
            "cmd": Column(title: "CMD") { process, _ in process.command },
            "args": Column(title: "COMMAND") { process, _ in process.command },
            "command": Column(title: "COMMAND") { process, _ in process.command },
            "comm": Column(title: "COMMAND") { process, _ in process.name },
            "stat": Column(title: "STAT") { process, _ in process.state },
            "state": Column(title: "S") { process, _ in process.state },
            "ni": Column(title: "NI") { process, _ in process.nice },
            "rss": Column(title: "RSS") { process, _ in String(process.residentKB) },
            "vsz": Column(title: "VSZ") { process, _ in String(process.virtualKB) },
            "%cpu": Column(title: "%CPU") { process, _ in
                "\(process.seconds * 100 / process.elapsedSeconds).0"
            },
            "%mem": Column(title: "%MEM") { _, _ in "0.0" },
        ]
        guard let column = known[parts[0].lowercased()] else { return nil }
        return parts.count > 1 ? Column(title: parts[1], value: column.value) : column
    }

    private static func users(_ process: ProcessFacts, _ names: [UInt32: String]) -> String {
        names[process.uid] ?? String(process.uid)
    }

    private static func hostUsers() -> [UInt32: String] {
        // Without the file users are shown by number, as ps(1) does.
        guard let passwd = try? SmallFile.read("/etc/passwd") else { return [:] }
        let users = UserDatabase(passwd: passwd, group: []).users
        return Dictionary(users.map { ($0.uid, $0.name) }, uniquingKeysWith: { first, _ in first })
    }
}
