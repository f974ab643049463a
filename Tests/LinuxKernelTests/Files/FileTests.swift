import CLinux
import Glibc
import Testing

@testable import LinuxKernel

/// Goal: small files are whole or absent, and a pid file has one holder. Method: a temporary folder.
@Suite struct FileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func replacingLeavesNothingBeside() throws {
        let path = "\(folder.path)/state"
        try SmallFile.replace(path, with: Array("one".utf8))
        try SmallFile.replace(path, with: Array("two".utf8), mode: 0o640, durable: true)
        #expect(try SmallFile.text(path) == "two")
        #expect(try Folder.names(folder.path) == ["state"])
        var status = clinux_stat()
        clinux_fstatat(AT_FDCWD, path, 0, &status)
        #expect(status.mode & 0o777 == 0o640)
    }

    @Test func whatACrashLeftIsPassedOver() throws {
        try folder.write(".state.new", "half")
        // folder.write itself replaces; the leftover now is `.state.new`, longer than what is written next.
        try SmallFile.replace("\(folder.path)/state", with: Array("x".utf8))
        #expect(try folder.read("state") == "x")
        #expect(try Folder.names(folder.path) == ["state"])
    }

    @Test func aLongFileIsRefused() throws {
        try folder.write("long", String(repeating: "x", count: 10_000))
        let error = #expect(throws: SystemError.self) { try SmallFile.read("\(folder.path)/long", limit: 5000) }
        #expect(error?.errno == EFBIG)
        #expect(try SmallFile.read("\(folder.path)/long").count == 10_000)
    }

    @Test func aFailureNamesTheFile() {
        let error = #expect(throws: SystemError.self) { try SmallFile.read("/nowhere/x") }
        #expect(error?.description == "cannot open /nowhere/x: No such file or directory")
    }

    @Test func foldersAreScatteredWhereTheFileSystemCan() throws {
        // FS_IOC_GETFLAGS and FS_TOPDIR_FL (linux/fs.h), of which the second shows as T in lsattr(1).
        func flags() throws -> Int32 {
            var flags: Int32 = 0
            let opened = try FileDescriptor.directory(folder.path)
            #expect(ioctl(opened.number, 0x8008_6601, &flags) == 0)
            return flags
        }
        do throws(SystemError) { try Folder.scatter(folder.path) } catch {
            #expect([EOPNOTSUPP, ENOTTY].contains(error.errno))
            return
        }
        #expect(try flags() & 0x20000 != 0)
        try Folder.scatter(folder.path)
        #expect(try flags() & 0x20000 != 0)
    }

    @Test func oneHolderAtATime() throws {
        let path = "\(folder.path)/pid"
        var held: LockedPIDFile? = try LockedPIDFile(path: path)
        #expect(try LockedPIDFile.holder(of: path) == clinux_getpid())
        #expect(throws: LockedPIDFileError.held(path: path, pid: clinux_getpid())) { try LockedPIDFile(path: path) }
        withExtendedLifetime(held) {}
        held = nil
        // A pid that was left behind says nothing: the lock does.
        #expect(throws: Never.self) { try LockedPIDFile(path: path) }
        #expect(try LockedPIDFile.holder(of: "\(folder.path)/absent") == nil)
    }
}
