import OCI

/// When and how a container is asked for its health; docker's defaults filled in.
struct HealthCheckPlan: Sendable {
    let command: [String]
    let interval: Duration
    let timeout: Duration
    let startPeriod: Duration
    let startInterval: Duration
    let retries: Int

    /// nil where there is no check.
    init?(_ configuration: ContainerConfiguration) {
        guard let check = configuration.healthCheck, let kind = check.test.first else { return nil }
        let arguments = Array(check.test.dropFirst())
        switch kind {
        case "CMD": command = arguments
        case "CMD-SHELL": command = (configuration.shell ?? ["/bin/sh", "-c"]) + arguments
        default: return nil
        }
        func time(_ nanoseconds: Int64, _ standard: Duration) -> Duration {
            nanoseconds == 0 ? standard : .nanoseconds(nanoseconds)
        }
        interval = time(check.interval, .seconds(30))
        timeout = time(check.timeout, .seconds(30))
        startPeriod = time(check.startPeriod, .zero)
        startInterval = time(check.startInterval, .seconds(5))
        retries = check.retries == 0 ? 3 : check.retries
    }

    /// The health of a container that has just been started.
    var initial: Health { Health() }
}

extension Engine {
    /// At most this much of a check's output is kept; docker keeps as much.
    private static let outputLimit = 4096

    /// Asks a container for its health as long as the present run lasts.
    func startHealthChecks(_ container: Container) {
        guard let plan = HealthCheckPlan(container.definition.configuration) else { return }
        let task = Task { [weak self] in
            let clock = ContinuousClock()
            let start = clock.now
            while !Task.isCancelled {
                let isStarting =
                    clock.now - start < plan.startPeriod && container.state.health?.status == .starting
                do { try await Task.sleep(for: isStarting ? plan.startInterval : plan.interval) } catch { return }
                guard let self, !Task.isCancelled else { return }
                guard !container.state.isPaused else { continue }
                guard let result = await self.check(container, plan) else { continue }
                if Task.isCancelled { return }
                self.note(result, container, plan, isInStartPeriod: clock.now - start < plan.startPeriod)
            }
        }
        container.change { life in
            life.healthTask?.cancel()
            life.healthTask = task
        }
    }

    /// One check; nil where the container is not in a state to be asked.
    private func check(_ container: Container, _ plan: HealthCheckPlan) async -> Health.Result? {
        let start = Timestamp.now
        var configuration = ExecConfiguration()
        configuration.command = plan.command
        configuration.attachStdout = true
        configuration.attachStderr = true
        let exec: ExecProcess
        let session: AttachSession
        do {
            exec = try self.exec(try createExec(container.id, configuration))
            session = try startExec(exec.id, ExecStartOptions())
        } catch {
            guard error.code != .conflict, error.code != .notFound else { return nil }
            return Health.Result(start: start, end: .now, exitCode: -1, output: error.message)
        }
        let output = Task { await Self.collect(session) }
        let code = await exec.read { $0.ended }.value(within: plan.timeout)
        guard let code else {
            do { try exec.read { $0.process }?.signal(9) } catch {
                logger.warning("cannot end a health check of container \(container.shortID): \(error)")
            }
            await session.detach()
            _ = await output.value
            return Health.Result(
                start: start, end: .now, exitCode: -1, output: "Health check exceeded timeout (\(plan.timeout.goText))")
        }
        let text = await output.value
        await session.detach()
        return Health.Result(start: start, end: .now, exitCode: code, output: text)
    }

    private static func collect(_ session: AttachSession) async -> String {
        var bytes: [UInt8] = []
        do {
            for try await chunk in session.begin() where bytes.count < outputLimit {
                bytes += chunk.bytes.prefix(outputLimit - bytes.count)
            }
        } catch {
            // A check that writes without end has said enough.
            bytes += Array("...".utf8)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func note(
        _ result: Health.Result, _ container: Container, _ plan: HealthCheckPlan, isInStartPeriod: Bool
    ) {
        let changed: Health.Status? = container.change { life in
            guard var health = life.record.state.health else { return nil }
            let before = health.status
            health.log = Array((health.log + [result]).suffix(5))
            if result.exitCode == 0 {
                health.failingStreak = 0
                health.status = .healthy
            } else if before != .starting || !isInStartPeriod {
                health.failingStreak += 1
                if health.failingStreak >= plan.retries { health.status = .unhealthy }
            }
            life.record.state.health = health
            return health.status == before ? nil : health.status
        }
        if let changed { publish("health_status: \(changed.rawValue)", of: container) }
        save(container)
    }
}

extension Duration {
    /// As Go writes it: `30s`, `1m30s`, `500ms`.
    var goText: String {
        let nanoseconds = components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
        if nanoseconds < 1_000_000_000 {
            return nanoseconds % 1_000_000 == 0 ? "\(nanoseconds / 1_000_000)ms" : "\(nanoseconds)ns"
        }
        let seconds = components.seconds
        let rest = nanoseconds % 1_000_000_000
        var digits = String(rest)
        digits = String(repeating: "0", count: 9 - digits.utf8.count) + digits
        while digits.last == "0" { digits.removeLast() }
        let tail = "\(seconds % 60)\(digits.isEmpty ? "" : ".\(digits)")s"
        if seconds < 60 { return tail }
        return seconds < 3600 ? "\(seconds / 60)m\(tail)" : "\(seconds / 3600)h\(seconds / 60 % 60)m\(tail)"
    }
}
