import CLinux
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import LinuxKernel

/// Goal: a path is found below its root, whatever is renamed elsewhere meanwhile. Method: openings with `..` in their path,
/// which the kernel gives up where it cannot tell that a rename has not led them out, beside a thread that renames.
@Suite(.timeLimit(.minutes(1)))
struct ScopedOpeningTests {
    @Test(arguments: [CLINUX_RESOLVE_IN_ROOT, CLINUX_RESOLVE_BENEATH]) func renamesElsewhereDoNotMatter(
        resolve: UInt64
    ) throws {
        let path = try TestDirectory.make()
        defer { TestDirectory.remove(path) }
        for name in ["root", "root/a", "root/a/b", "elsewhere"] {
            try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
        }
        let isOver = Atomic(false)
        let hasBegun = DispatchSemaphore(value: 0)
        let hasEnded = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            hasBegun.signal()
            while !isOver.load(ordering: .relaxed) {
                rename("\(path)/elsewhere", "\(path)/moved")
                rename("\(path)/moved", "\(path)/elsewhere")
            }
            hasEnded.signal()
        }
        hasBegun.wait()
        let root = try FileDescriptor.directory("\(path)/root")
        var refused: [Int32: Int] = [:]
        for _ in 0..<20_000 {
            let opened = clinux_openat2(
                root.number, "a/b/../b/../b/../b", CLINUX_O_PATH | CLINUX_O_DIRECTORY, 0, resolve)
            if opened >= 0 { clinux_close(opened) } else { refused[opened, default: 0] += 1 }
        }
        isOver.store(true, ordering: .relaxed)
        hasEnded.wait()
        #expect(refused.isEmpty)
    }
}
