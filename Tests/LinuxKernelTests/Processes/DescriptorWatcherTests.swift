import CLinux
import Glibc
import Synchronization
import Testing

@testable import LinuxKernel

/// Goal: waiting costs no thread and loses no event. Method: pipes, processes and files that change.
@Suite struct DescriptorWatcherTests {
    let watcher: DescriptorWatcher

    init() throws { watcher = try DescriptorWatcher() }

    func pipe() throws -> (read: FileDescriptor, write: FileDescriptor) {
        var ends: [Int32] = [0, 0]
        try SystemCall.check(clinux_pipe(&ends), "make a pipe")
        return (FileDescriptor(ends[0]), FileDescriptor(ends[1]))
    }

    @Test func inputEndsTheWait() async throws {
        let (read, write) = try pipe()
        async let ready = watcher.wait(for: read, timeout: .seconds(20))
        clinux_write(write.number, "x", 1)
        #expect(try await ready)
    }

    @Test func theTimeRunsOut() async throws {
        let (read, write) = try pipe()
        #expect(try await watcher.wait(for: read, timeout: .milliseconds(5)) == false)
        // The same descriptor can be waited for again.
        clinux_write(write.number, "x", 1)
        #expect(try await watcher.wait(for: read, timeout: .seconds(20)))
    }

    @Test func cancellationEndsTheWait() async throws {
        let (read, write) = try pipe()
        let watcher = watcher
        let task = Task { try await watcher.wait(for: read) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        withExtendedLifetime(write) {}
    }

    @Test func manyAreWaitedForAtOnce() async throws {
        let pipes = try (0..<200).map { _ in try pipe() }
        let watcher = watcher
        let count = try await withThrowingTaskGroup(of: Bool.self) { group in
            for pipe in pipes { group.addTask { try await watcher.wait(for: pipe.read, timeout: .seconds(30)) } }
            for pipe in pipes.reversed() { clinux_write(pipe.write.number, "x", 1) }
            var count = 0
            for try await ready in group where ready { count += 1 }
            return count
        }
        #expect(count == pipes.count)
    }

    @Test func aCallComesOnceUntilItIsArmedAgain() async throws {
        let (read, write) = try pipe()
        let (calls, counter) = AsyncStream.makeStream(of: Int.self)
        let count = Mutex(0)
        let watch = try watcher.watch(read) {
            counter.yield(
                count.withLock { count in
                    count += 1
                    return count
                })
        }
        var iterator = calls.makeAsyncIterator()
        clinux_write(write.number, "x", 1)
        #expect(await iterator.next() == 1)
        // The byte is still there, so that one arming leads to one call at once.
        try watch.rearm()
        #expect(await iterator.next() == 2)
        watch.cancel()
        #expect(count.withLock { $0 } == 2)
    }

    @Test func theEndOfAProcessIsSeen() async throws {
        let child = try SpawnedProcess(shell: "exit 7")
        let handle = try ProcessHandle(pid: child.pid)
        #expect(try await handle.exited(watcher: watcher, timeout: .seconds(20)))
        #expect(try child.status() == 7)
        #expect(throws: SystemError.self) { try handle.signal(SIGTERM) }
    }

    @Test func aSignalReachesTheProcess() async throws {
        let child = try SpawnedProcess(["/bin/sleep", "60"])
        let handle = try ProcessHandle(pid: child.pid)
        #expect(try await handle.exited(watcher: watcher, timeout: .milliseconds(1)) == false)
        try handle.signal(SIGKILL)
        #expect(try await handle.exited(watcher: watcher, timeout: .seconds(20)))
        #expect(try child.status() == -SIGKILL)
    }

    @Test func changesOfAFileAreTold() async throws {
        let folder = try TemporaryFolder()
        try folder.write("log", "one\n")
        let changes = try FileChanges()
        try changes.add("\(folder.path)/log", [.contents, .departure])
        #expect(try changes.drain() == false)
        #expect(try await changes.next(watcher: watcher, timeout: .milliseconds(1)) == false)
        let file = open("\(folder.path)/log", O_WRONLY | O_APPEND | O_CLOEXEC)
        clinux_write(file, "two\n", 4)
        close(file)
        #expect(try await changes.next(watcher: watcher, timeout: .seconds(20)))
        rename("\(folder.path)/log", "\(folder.path)/log.1")
        #expect(try await changes.next(watcher: watcher, timeout: .seconds(20)))
    }
}
