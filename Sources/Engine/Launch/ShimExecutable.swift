import CLinux
import Glibc
import LinuxKernel

/// The program drydock-shim, as a sealed copy in memory: what a container breaks into through /proc/PID/exe cannot be
/// changed, nor is it the file on disk (CVE-2019-5736).
struct ShimExecutable: Sendable {
    let image: FileDescriptor

    /// Where it is looked for: `$DRYDOCK_SHIM`, beside this executable, `../libexec/drydock/` from there.
    static func find(environment: [String: String]) throws(LaunchError) -> String {
        if let named = environment["DRYDOCK_SHIM"], !named.isEmpty { return named }
        let own = realpath("/proc/self/exe", nil).map { pointer in
            defer { free(pointer) }
            return String(cString: pointer)
        }
        let folder = own.map { String($0[..<($0.lastIndex(of: "/") ?? $0.startIndex)]) } ?? ""
        let candidates = ["\(folder)/drydock-shim", "\(folder)/../libexec/drydock/drydock-shim"]
        for candidate in candidates where access(candidate, X_OK) == 0 { return candidate }
        throw LaunchError(
            .launcher, errno: ENOENT,
            detail: "is neither \(candidates[0]) nor \(candidates[1]); name it in DRYDOCK_SHIM")
    }

    init(_ path: String) throws(LaunchError) {
        func check(_ answer: Int32) throws(LaunchError) -> Int32 {
            if answer < 0 { throw LaunchError(.launcher, errno: -answer, detail: path) }
            return answer
        }
        let file = FileDescriptor(try check(clinux_openat2(CLINUX_AT_FDCWD, path, CLINUX_O_RDONLY, 0, 0)))
        let memory = FileDescriptor(try check(clinux_memfd("drydock-shim", 1)))
        var room = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = clinux_read(file.number, &room, room.count)
            if count == 0 { break }
            var done = 0
            while done < Int(count) {
                let written = room.withUnsafeBytes {
                    clinux_write(memory.number, $0.baseAddress.map { $0 + done }, Int(count) - done)
                }
                done += Int(try check(Int32(clamping: written)))
            }
            _ = try check(Int32(clamping: count))
        }
        _ = try check(clinux_memfd_seal(memory.number))
        image = memory
    }
}
