import Glibc
import LinuxKernel

/// `--security-opt` taken apart.
struct SecurityOptions: Sendable, Hashable {
    var noNewPrivileges = false
    /// The text of a seccomp profile; `unconfined` is none, nil the default.
    var seccomp: String?
    var isUnconfinedSystemPaths = false

    init(_ options: [String]) throws(EngineError) {
        for option in options {
            if option == "no-new-privileges" {
                noNewPrivileges = true
                continue
            }
            // docker took ':' where it now writes '='.
            guard let separator = option.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
                throw EngineError(.invalidArgument, "invalid --security-opt 1: \"\(option)\"")
            }
            let value = String(option[option.index(after: separator)...])
            switch option[..<separator] {
            case "no-new-privileges":
                guard let flag = Bool(value) else {
                    throw EngineError(.invalidArgument, "invalid --security-opt 2: \"\(option)\"")
                }
                noNewPrivileges = flag
            case "seccomp": seccomp = value == "builtin" ? nil : value
            case "systempaths": isUnconfinedSystemPaths = value == "unconfined"
            // Neither module is asked for anything here; docker takes the options on such hosts, too.
            case "apparmor", "label", "writable-cgroups": break
            default: throw EngineError(.invalidArgument, "invalid --security-opt 2: \"\(option)\"")
            }
        }
    }
}

/// A ulimit as setrlimit(2) wants it.
struct UlimitNumbers: Sendable, Hashable {
    private static let resources: [String: Int32] = [
        "cpu": 0, "fsize": 1, "data": 2, "stack": 3, "core": 4, "rss": 5, "nproc": 6, "nofile": 7, "memlock": 8,
        "locks": 10, "sigpending": 11, "msgqueue": 12, "nice": 13, "rtprio": 14, "rttime": 15,
    ]

    let limit: ResourceLimit

    init(_ ulimit: Ulimit) throws(EngineError) {
        guard let resource = Self.resources[ulimit.name] else {
            throw EngineError(.invalidArgument, "invalid ulimit type: \(ulimit.name)")
        }
        guard ulimit.hard == -1 || (ulimit.soft != -1 && ulimit.soft <= ulimit.hard) else {
            throw EngineError(
                .invalidArgument,
                "ulimit soft limit must be less than or equal to hard limit: \(ulimit.soft) > \(ulimit.hard)")
        }
        limit = ResourceLimit(
            resource: resource, soft: ulimit.soft < 0 ? .max : UInt64(ulimit.soft),
            hard: ulimit.hard < 0 ? .max : UInt64(ulimit.hard))
    }
}

/// Options of the log driver.
///
/// `local` keeps its text in the same lines of JSON as `json-file`, not in the form of dockerd's driver of that name, which
/// is nobody's to read: no path is shown for it. It is rotated by default.
struct LogSettings: Sendable, Hashable {
    /// The drivers there are.
    static let drivers = ["json-file", "local", "none"]

    /// Whether output is kept at all.
    var isKept: Bool
    /// Bytes after which the file is rotated; 0 for never.
    var maximumSize: UInt64 = 0
    /// How many files are kept.
    var maximumFiles: UInt32 = 1

    init(_ configuration: LogConfiguration) throws(EngineError) {
        isKept = configuration.driver != "none"
        if configuration.driver == "local" { (maximumSize, maximumFiles) = (20 << 20, 5) }
        for (name, value) in configuration.options.sorted(by: { $0.key < $1.key }) {
            switch name {
            case "max-size": maximumSize = try Self.size(value)
            case "max-file":
                guard let count = UInt32(value), count > 0 else {
                    throw EngineError(.invalidArgument, "max-file cannot be less than 1")
                }
                maximumFiles = count
            case "labels", "labels-regex", "env", "env-regex", "tag", "compress", "mode", "max-buffer-size",
                "cache-disabled", "cache-max-file", "cache-max-size", "cache-compress":
                break
            default:
                throw EngineError(
                    .invalidArgument, "unknown log opt '\(name)' for \(configuration.driver) log driver")
            }
        }
    }

    private static func size(_ text: String) throws(EngineError) -> UInt64 {
        let digits = text.prefix { $0.isNumber }
        let factors: [String: UInt64] = ["": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30]
        var suffix = text.dropFirst(digits.count).lowercased()
        if suffix.count > 1, suffix.hasSuffix("b") { suffix.removeLast() }
        guard let number = UInt64(digits), let factor = factors[suffix] else {
            throw EngineError(.invalidArgument, "invalid size: '\(text)'")
        }
        let (size, isTooLarge) = number.multipliedReportingOverflow(by: factor)
        if isTooLarge { throw EngineError(.invalidArgument, "invalid size: '\(text)'") }
        return size
    }
}
