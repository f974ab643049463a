import struct DockerAPI.APIVersion
import Engine
import RawJSON

extension ContainerConfiguration {
    /// docker's `Config`; members that docker leaves out when they are empty are left out.
    func json(_ version: APIVersion) -> JSONValue {
        var members = JSONMembers(capacity: 28)
        members.add("Hostname", hostname)
        members.add("Domainname", domainname)
        members.add("User", user)
        members.add("AttachStdin", attachStdin)
        members.add("AttachStdout", attachStdout)
        members.add("AttachStderr", attachStderr)
        if !exposedPorts.isEmpty { members.add("ExposedPorts", .names(exposedPorts)) }
        members.add("Tty", tty)
        members.add("OpenStdin", openStdin)
        members.add("StdinOnce", stdinOnce)
        members.add("Env", .texts(environment))
        members.add("Cmd", .texts(command))
        if let healthCheck { members.add("Healthcheck", healthCheck.json) }
        if argumentsEscaped { members.add("ArgsEscaped", true) }
        members.add("Image", image)
        members.add("Volumes", .names(volumes))
        members.add("WorkingDir", workingDirectory)
        members.add("Entrypoint", .texts(entrypoint))
        if networkDisabled { members.add("NetworkDisabled", true) }
        // From 1.44 on the address belongs to the endpoint.
        if let macAddress, version < APIVersion(major: 1, minor: 44) { members.add("MacAddress", macAddress) }
        members.add("OnBuild", .texts(onBuild))
        members.add("Labels", .table(labels))
        if let stopSignal { members.add("StopSignal", stopSignal) }
        if let stopTimeout { members.add("StopTimeout", stopTimeout) }
        if let shell { members.add("Shell", .texts(shell)) }
        return members.value
    }
}

extension ContainerConfiguration.HealthCheck {
    var json: JSONValue {
        var members = JSONMembers()
        if !test.isEmpty { members.add("Test", .texts(test)) }
        if interval != 0 { members.add("Interval", interval) }
        if timeout != 0 { members.add("Timeout", timeout) }
        if startPeriod != 0 { members.add("StartPeriod", startPeriod) }
        if startInterval != 0 { members.add("StartInterval", startInterval) }
        if retries != 0 { members.add("Retries", retries) }
        return members.value
    }
}

extension ContainerState {
    /// docker's `State`.
    var json: JSONValue {
        var members = JSONMembers()
        members.add("Status", status.rawValue)
        members.add("Running", isRunning)
        members.add("Paused", isPaused)
        members.add("Restarting", isRestarting)
        members.add("OOMKilled", isOOMKilled)
        members.add("Dead", isDead)
        members.add("Pid", pid)
        members.add("ExitCode", exitCode)
        members.add("Error", error)
        members.add("StartedAt", .moment(startedAt))
        members.add("FinishedAt", .moment(finishedAt))
        if let health { members.add("Health", health.json) }
        return members.value
    }
}

extension Health {
    var json: JSONValue {
        [
            "Status": .string(status.rawValue),
            "FailingStreak": .integer(failingStreak),
            "Log": .list(log) { entry in
                [
                    "Start": .moment(entry.start), "End": .moment(entry.end), "ExitCode": .integer(entry.exitCode),
                    "Output": .string(entry.output),
                ]
            },
        ]
    }
}
