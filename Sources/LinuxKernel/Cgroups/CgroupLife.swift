import CLinux
import Glibc

extension Cgroup {
    /// Stops every process where it is (docker pause), and returns when all have stopped.
    ///
    /// When the time is up first, they are let go again.
    public func freeze(timeout: Duration = .seconds(10)) async throws {
        do {
            try await setFrozen(true, deadline: .now.advanced(by: timeout))
        } catch {
            // The failure is what the caller must hear of; letting go is all that can still be done.
            let released = await Result.of { try await setFrozen(false, deadline: .now.advanced(by: timeout)) }
            if case .failure(let second) = released { throw CgroupError.unusable("\(error); \(second)") }
            throw error
        }
    }

    /// Lets them go on (docker unpause).
    public func thaw(timeout: Duration = .seconds(10)) async throws {
        try await setFrozen(false, deadline: .now.advanced(by: timeout))
    }

    /// Whether all have stopped.
    public func isFrozen() throws(CgroupError) -> Bool {
        do {
            if let directory = freezerV1 {
                return try SmallFile.text("\(directory)/freezer.state").hasPrefix("FROZEN")
            }
            guard let unified else { throw CgroupError.noController("freezer") }
            return Self.event("frozen", in: try SmallFile.text("\(unified)/cgroup.events")) == 1
        } catch let error as SystemError {
            throw .system(error)
        } catch let error as CgroupError {
            throw error
        } catch {
            throw .unusable("\(error)")
        }
    }

    /// Kills every process in it, whatever it is doing, and returns when all are gone.
    ///
    /// Processes of another PID namespace, which have no number here, are reached on v2 only.
    public func killAll(timeout: Duration = .seconds(10)) async throws {
        let deadline = ContinuousClock.now.advanced(by: timeout)
        if let unified, SmallFile.exists("\(unified)/cgroup.kill") {
            do {
                try SmallFile.control("\(unified)/cgroup.kill", "1")
            } catch {
                guard error.errno == ENOENT || error.errno == ENODEV else { throw CgroupError.system(error) }
            }
        }
        while true {
            let members = try processes()
            guard !members.isEmpty else { return }
            let handles = try await signalAll(members, deadline: deadline)
            for handle in handles { try await Self.exited(handle, watcher: watcher, deadline: deadline, name) }
        }
    }

    /// Removes its directories, once the processes in it have gone; one that is gone already is fine.
    ///
    /// It kills nothing: after ``killAll(timeout:)``, or for a container that has ended, the wait is short.
    public func remove(timeout: Duration = .seconds(10)) async throws {
        let deadline = ContinuousClock.now.advanced(by: timeout)
        while true {
            guard try removeNow() else { return }
            guard ContinuousClock.now < deadline else {
                throw CgroupError.timedOut("remove the cgroup \(name), in which processes still run")
            }
            try await someoneLeaves(before: deadline)
        }
    }

    // MARK: Freezing

    private var freezerV1: String? {
        directory(for: "freezer").flatMap { $0.version == .v1 ? $0.path : nil }
    }

    private func setFrozen(_ frozen: Bool, deadline: ContinuousClock.Instant) async throws {
        if let directory = freezerV1 { return try await setFrozenV1(frozen, directory, deadline) }
        guard let unified else { throw CgroupError.noController("freezer") }
        try await setFrozenV2(frozen, unified, deadline)
    }

    /// v1 tells no event when the last process has stopped, so it is asked again every millisecond; writing again catches
    /// processes that were born meanwhile.
    private func setFrozenV1(_ frozen: Bool, _ directory: String, _ deadline: ContinuousClock.Instant) async throws {
        let state = frozen ? "FROZEN" : "THAWED"
        while true {
            do {
                try SmallFile.control("\(directory)/freezer.state", state)
                if try SmallFile.text("\(directory)/freezer.state").hasPrefix(state) { return }
            } catch {
                throw CgroupError.system(error)
            }
            try Self.check(deadline, "\(frozen ? "freeze" : "thaw") the cgroup \(name)")
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    private func setFrozenV2(_ frozen: Bool, _ directory: String, _ deadline: ContinuousClock.Instant) async throws {
        do {
            let events = try FileDescriptor.open("\(directory)/cgroup.events", FileFlags.read)
            try SmallFile.control("\(directory)/cgroup.freeze", frozen ? "1" : "0")
            while Self.event("frozen", in: try Self.reread(events)) != (frozen ? 1 : 0) {
                try Self.check(deadline, "\(frozen ? "freeze" : "thaw") the cgroup \(name)")
                _ = try await watcher.wait(for: events, .urgent, timeout: deadline - .now)
            }
        } catch let error as SystemError {
            throw CgroupError.system(error)
        }
    }

    private static func event(_ name: String, in text: String) -> UInt64? {
        ControlText.pairs(text).first { $0.name == name }?.value
    }

    /// Reading also tells the kernel which change has been seen, so that the next one makes the descriptor ready.
    private static func reread(_ file: FileDescriptor) throws(SystemError) -> String {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = try SystemCall.check(
            clinux_pread(file.number, &bytes, bytes.count, 0), "read cgroup.events")
        return String(decoding: bytes.prefix(Int(count)), as: UTF8.self)
    }

    private static func check(_ deadline: ContinuousClock.Instant, _ action: String) throws(CgroupError) {
        if ContinuousClock.now >= deadline { throw .timedOut(action) }
    }

    // MARK: Ending

    /// Sends SIGKILL to all of them while they stand still, so that none can fork away or leave its pid to another.
    private func signalAll(_ members: [Int32], deadline: ContinuousClock.Instant) async throws -> [ProcessHandle] {
        guard let directory = freezerV1 else { return try Self.kill(members) }
        try await setFrozenV1(true, directory, deadline)
        let result = await Result.of { try Self.kill(try processes()) }
        try await setFrozenV1(false, directory, deadline)
        return try result.get()
    }

    private static func kill(_ members: [Int32]) throws(CgroupError) -> [ProcessHandle] {
        var handles: [ProcessHandle] = []
        for pid in members {
            do {
                let handle = try ProcessHandle(pid: pid)
                try handle.signal(SIGKILL)
                handles.append(handle)
            } catch {
                if error.errno != ESRCH { throw .system(error) }
            }
        }
        return handles
    }

    private static func exited(
        _ handle: ProcessHandle, watcher: DescriptorWatcher, deadline: ContinuousClock.Instant, _ name: String
    ) async throws {
        guard try await handle.exited(watcher: watcher, timeout: deadline - .now) else {
            throw CgroupError.timedOut("kill process \(handle.pid) in the cgroup \(name)")
        }
    }

    /// Removes what can be removed.
    ///
    /// - Returns: whether something is still in use.
    private func removeNow() throws(CgroupError) -> Bool {
        var busy = false
        do {
            for directory in directories where try !Self.removeTree(directory) { busy = true }
        } catch {
            throw .system(error)
        }
        return busy
    }

    /// - Returns: whether the directory is gone.
    private static func removeTree(_ directory: String) throws(SystemError) -> Bool {
        let answer = clinux_unlinkat(FileFlags.currentDirectory, directory, 1)
        if answer == -ENOENT || answer == 0 { return true }
        guard answer == -EBUSY || answer == -ENOTEMPTY else {
            try SystemCall.check(answer, "remove the cgroup \(directory)")
            return true
        }
        // A container may have made cgroups of its own below.
        do {
            for child in try Folder.names(directory, onlyFolders: true) {
                guard try removeTree("\(directory)/\(child)") else { return false }
            }
        } catch {
            guard error.errno == ENOENT else { throw error }
        }
        let again = clinux_unlinkat(FileFlags.currentDirectory, directory, 1)
        if again == -EBUSY { return false }
        if again != -ENOENT { try SystemCall.check(again, "remove the cgroup \(directory)") }
        return true
    }

    /// Waits until a process in it has ended.
    private func someoneLeaves(before deadline: ContinuousClock.Instant) async throws {
        for pid in try processes() {
            do {
                let handle = try ProcessHandle(pid: pid)
                _ = try await handle.exited(watcher: watcher, timeout: deadline - .now)
                return
            } catch let error as SystemError {
                if error.errno != ESRCH { throw CgroupError.system(error) }
            }
        }
        // The last one is on its way out: it shows in no list any more, but counts. No event tells when it has gone on v1.
        try await Task.sleep(for: .milliseconds(1))
    }
}

extension Result where Failure == any Error {
    /// What an asynchronous call came to.
    static func of(_ body: () async throws -> Success) async -> Self {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
