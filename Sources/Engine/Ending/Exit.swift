import Glibc
import LinuxKernel
import OCI

extension Engine {
    /// Waits for a process's end, and does what follows from it.
    func watch(_ container: Container, _ process: RunningProcess) {
        Task { [weak self] in
            let status = await process.exit
            await self?.ended(container, process, status)
        }
    }

    /// How long a monitor may take to unmount what was its container's before a start fails for it.
    private static let departurePatience: Duration = .seconds(10)

    /// What is to be done after an end.
    private struct Consequences {
        var waiters: [Promise<WaitResult>] = []
        var ended: Promise<WaitResult>?
        var released = Promise<Void>()
        var settled = Promise<Void>()
        var cgroup: Cgroup?
        var hadLease = false
        var restartPause: Duration?
        var removes = false
        var duration: Int64 = 0
    }

    /// The state first, then those who wait, then what can be done in peace.
    private func ended(_ container: Container, _ process: RunningProcess, _ status: ExitStatus) async {
        // A daemon that is going leaves the rest to the next one: the exit record stands on disk.
        if isShuttingDown.withLock({ $0 }) { return }
        let isOutOfMemory = wasOutOfMemory(container, status)
        let consequences: Consequences? = container.change { life in
            guard life.process === process else { return nil }
            return Self.settle(&life, status, isOutOfMemory: isOutOfMemory)
        }
        guard let consequences else { return }
        preparedExecs.drop(container)
        let attributes = [
            Event.Attribute("exitCode", String(status.code)),
            Event.Attribute("execDuration", String(consequences.duration / 1_000_000_000)),
        ]
        if isOutOfMemory { publish("oom", of: container) }
        publish("die", of: container, attributes)
        let result = WaitResult(exitCode: status.code)
        consequences.ended?.fulfil(result)
        for waiter in consequences.waiters { waiter.fulfil(result) }
        save(container)
        await giveBack(container, hadLease: consequences.hadLease)
        consequences.released.fulfil(())
        // Its own task: the kernel lets a group go only when the last process has left it for good.
        Task { [consequences] in
            await removeCgroup(consequences.cgroup, of: container)
            let areExecsGone = await preparedExecs.depart(container, within: Self.departurePatience)
            if await !process.departs(within: Self.departurePatience) || !areExecsGone {
                logger.warning("the monitor of container \(container.shortID) holds on to its mounts")
            }
            container.change { if $0.leaving === process { $0.leaving = nil } }
            consequences.settled.fulfil(())
        }
        if let pause = consequences.restartPause {
            restart(container, after: pause)
        } else if consequences.removes {
            await removeAfterExit(container)
        }
    }

    private static func settle(
        _ life: inout Container.Life, _ status: ExitStatus, isOutOfMemory: Bool
    ) -> Consequences {
        var consequences = Consequences()
        let finished = Timestamp(nanosecondsSince1970: status.finished)
        let started = life.record.state.startedAt?.nanosecondsSince1970 ?? status.finished
        consequences.duration = max(0, status.finished - started)
        consequences.ended = life.ended
        consequences.cgroup = life.cgroup
        consequences.hadLease = life.record.lease != nil
        life.leaving = life.process
        life.process = nil
        life.cgroup = nil
        life.ended = nil
        life.begun = Promise()
        life.released = consequences.released
        life.settled = consequences.settled
        life.healthTask?.cancel()
        life.healthTask = nil
        life.record.lease = nil
        life.record.state.pid = 0
        life.record.state.exitCode = status.code
        life.record.state.isOOMKilled = isOutOfMemory
        life.record.state.finishedAt = finished
        let policy = life.record.hostConfiguration.restartPolicy
        let restarts =
            !life.isBeingRemoved
            && policy.restarts(
                exitCode: status.code, count: life.record.restartCount, wasStoppedByHand: life.record.wasStoppedByHand)
        if restarts {
            life.record.state.status = .restarting
            life.record.restartCount += 1
            life.restartPause = RestartPolicy.pause(
                after: life.restartPause, ranFor: .nanoseconds(consequences.duration))
            consequences.restartPause = life.restartPause
        } else {
            life.record.state.status = .exited
            consequences.waiters = life.exitWaiters
            life.exitWaiters = []
            consequences.removes =
                life.record.hostConfiguration.autoRemove && !life.isBeingRemoved && !life.keepsAfterExit
        }
        return consequences
    }

    /// Asked only where it can be so: who has no limit is killed when the host runs out, and nobody has to wait for the
    /// kernel's count.
    private func wasOutOfMemory(_ container: Container, _ status: ExitStatus) -> Bool {
        let (group, limit) = container.read { ($0.cgroup, $0.record.hostConfiguration.resources.memory) }
        guard let cgroup = group, limit > 0 || status.code == 128 + SIGKILL else { return false }
        do { return try cgroup.outOfMemoryKills() > 0 } catch {
            logger.warning("cannot tell whether \(cgroup.name.prefix(12)) ran out of memory: \(error)")
            return false
        }
    }

    private func giveBack(_ container: Container, hadLease: Bool) async {
        if hadLease {
            await network.release(containerID: container.id)
            publishNetwork("disconnect", container)
        }
        unmountFromHost(container)
        publishVolumeUnmounts(of: container)
    }

    /// Returns when the last run of a container holds nothing any more.
    func settle(_ container: Container) async {
        if container.read({ $0.leaving != nil }) { endedCgroups.hurry(container.id) }
        await container.settled()
    }

    private func removeCgroup(_ cgroup: Cgroup?, of container: Container) async {
        // Where it had a PID namespace of its own nobody is left in it; in another's there may be, and must not be.
        let mode = container.read { $0.record.hostConfiguration.pidMode }
        if ["", "private"].contains(mode) { await endedCgroups.turn(of: container.id) }
        do { try await cgroup?.remove() } catch {
            logger.error("cannot remove the cgroup of container \(container.shortID): \(error)")
        }
    }

    private func restart(_ container: Container, after pause: Duration) {
        container.change { life in
            guard life.record.state.isRestarting else { return }
            life.restartDelay = Task { [weak self] in
                do { try await Task.sleep(for: pause) } catch {
                    // Stopped, removed or started by hand meanwhile.
                    return
                }
                await self?.startAgain(container)
            }
        }
    }

    private func startAgain(_ container: Container) async {
        do {
            try await container.gate.pass { () async throws(EngineError) in
                guard container.state.isRestarting else { return }
                // The task that runs here is not to be cancelled by the start itself.
                container.change { $0.restartDelay = nil }
                _ = try await start(container, isRestart: true)
            }
        } catch {
            logger.error("cannot restart container \(container.shortID): \(error)")
            let waiters = container.change { life in
                defer { life.exitWaiters = [] }
                return life.exitWaiters
            }
            let code = container.state.exitCode
            for waiter in waiters { waiter.fulfil(WaitResult(exitCode: code)) }
        }
    }

    private func removeAfterExit(_ container: Container) async {
        do {
            try await remove(container, force: true, volumes: true)
        } catch {
            guard error.code != .conflict && error.code != .notFound else { return }
            logger.error("cannot remove container \(container.shortID) after its end: \(error)")
        }
    }
}

extension RestartPolicy {
    /// Whether a container that ended so is started again (moby restartmanager).
    func restarts(exitCode: Int32, count: Int, wasStoppedByHand: Bool) -> Bool {
        switch name {
        case "always", "unless-stopped": !wasStoppedByHand
        case "on-failure":
            !wasStoppedByHand && exitCode != 0 && (maximumRetryCount == 0 || count < maximumRetryCount)
        default: false
        }
    }

    /// How long to wait: 100 ms, doubled each time up to a minute; a run of ten seconds starts anew.
    static func pause(after last: Duration, ranFor duration: Duration) -> Duration {
        guard last > .zero, duration < .seconds(10) else { return .milliseconds(100) }
        return min(last * 2, .seconds(60))
    }
}
