import CLinux
import ShimProtocol

/// Resource limits, the OOM score, and writing below proc.
enum Limits {
    private static let scoreName: StaticString = "self/oom_score_adj"
    private static let protectedScore: Int32 = -999

    // MARK: - The OOM score

    /// Spares this process and its monitors when memory runs out, as far as it may; answers the score that is in force.
    static func protectFromOutOfMemory(proc: Int32) -> Int32 {
        do {
            try writeScore(protectedScore, proc: proc)
            return protectedScore
        } catch {
            // Lowering takes CAP_SYS_RESOURCE; without it the score stays what it was.
            return readScore(proc)
        }
    }

    /// Gives a container's process its own score, through the host's proc: the container's own is its to forge
    /// (CVE-2025-52881).
    static func applyOutOfMemoryScore(_ spec: Spec, _ inherited: Inherited) throws(Failure) {
        guard let record = spec.last(SHIM_OOM_SCORE) else { return }
        let score = try record.fixed(Int32.self, SHIM_STEP_OOM_SCORE)
        guard score != inherited.outOfMemoryScore else { return }
        try writeScore(score, proc: inherited.places.proc)
    }

    private static func writeScore(_ score: Int32, proc: Int32) throws(Failure) {
        try withDecimal(score) { text throws(Failure) in
            try write(text, to: StaticText.pointer(scoreName), proc: proc, step: SHIM_STEP_OOM_SCORE)
        }
    }

    private static func readScore(_ proc: Int32) -> Int32 {
        let file = clinux_openat2(
            proc, StaticText.pointer(scoreName), CLINUX_O_RDONLY, 0, CLINUX_RESOLVE_BENEATH | CLINUX_RESOLVE_NO_XDEV)
        guard file >= 0 else { return 0 }
        defer { _ = clinux_close(file) }
        return withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) { room in
            let count = clinux_read(file, room.baseAddress, room.count)
            var value: Int32 = 0
            var isNegative = false
            for index in 0..<max(0, Int(count)) {
                if room[index] == UInt8(ascii: "-") { isNegative = true }
                guard room[index] >= UInt8(ascii: "0"), room[index] <= UInt8(ascii: "9") else { continue }
                value = value &* 10 &+ Int32(room[index] - UInt8(ascii: "0"))
            }
            return isNegative ? -value : value
        }
    }

    // MARK: - Resource limits

    static func apply(_ spec: Spec) throws(Failure) {
        try spec.each(SHIM_RLIMIT) { record throws(Failure) in
            let limit = try record.fixed(shim_rlimit.self, SHIM_STEP_RLIMIT)
            let answer = clinux_setrlimit(limit.resource, limit.soft, limit.hard)
            guard answer < 0 else { return }
            try withDecimal(limit.resource) { text throws(Failure) in
                throw Failure(SHIM_STEP_RLIMIT, -answer, text)
            }
        }
    }

    // MARK: - proc

    /// Writes below a mount of proc that is known by descriptor, and below no other (CVE-2025-52881).
    static func write(_ value: CString, to name: CString, proc: Int32, step: shim_step) throws(Failure) {
        guard proc >= 0, clinux_filesystem_magic(proc) == CLINUX_PROC_SUPER_MAGIC else {
            throw Failure(step, Errno.noDevice, name)
        }
        // "self" is a link of proc itself, so links are followed but never out of this mount.
        let file = try check(
            step, name,
            clinux_openat2(proc, name, CLINUX_O_WRONLY, 0, CLINUX_RESOLVE_BENEATH | CLINUX_RESOLVE_NO_XDEV))
        defer { _ = clinux_close(file) }
        try check(step, name, clinux_write(file, value, Text.length(value)))
    }

    private static func withDecimal(_ number: Int32, _ body: (CString) throws(Failure) -> Void) throws(Failure) {
        try withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16) { room throws(Failure) in
            guard let base = room.baseAddress else { return }
            var index = 15
            room[index] = 0
            var rest = number.magnitude
            repeat {
                index -= 1
                room[index] = CChar(bitPattern: UInt8(ascii: "0") + UInt8(rest % 10))
                rest /= 10
            } while rest > 0
            if number < 0 {
                index -= 1
                room[index] = CChar(bitPattern: UInt8(ascii: "-"))
            }
            try body(CString(base + index))
        }
    }
}
