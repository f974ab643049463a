import CLinux
import OCI

/// What stands under a name, without following a link.
struct FileStatus {
    private let status: clinux_stat

    init(_ name: [UInt8], in folder: FileDescriptor) throws(OCIError) {
        var status = clinux_stat()
        let answer = name.withTerminator { clinux_fstatat(folder.number, $0, 0, &status) }
        try SystemCall.check(answer, "look at \"\(String(decoding: name, as: UTF8.self))\"")
        self.status = status
    }

    private var type: UInt32 { status.mode & CLINUX_S_IFMT }
    var isDirectory: Bool { type == CLINUX_S_IFDIR }
    var isSymbolicLink: Bool { type == CLINUX_S_IFLNK }
    var isWhiteout: Bool {
        type == CLINUX_S_IFCHR && status.device_major == 0 && status.device_minor == 0
    }
    var uid: UInt32 { status.uid }
    var gid: UInt32 { status.gid }
    var links: UInt32 { status.links }
    var size: Int64 { Int64(clamping: status.size) }
}

extension [UInt8] {
    /// Calls `body` with these bytes and a NUL behind them.
    func withTerminator<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: count + 1) { buffer in
            for (index, byte) in enumerated() { buffer[index] = CChar(bitPattern: byte) }
            buffer[count] = 0
            // The buffer has at least one element, so that it has an address.
            return buffer.baseAddress.map { body(UnsafePointer($0)) } ?? body("")
        }
    }
}
