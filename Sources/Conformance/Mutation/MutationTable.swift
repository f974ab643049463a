import RawJSON

extension Mutation {
    /// All mutations. None makes the daemon prune, or otherwise touch, what a case has not made.
    public static let all: [Mutation] = [
        everywhere, system, containerCreation, containerInspect, containerLists, containerLife, containerStreams, exec,
        images, events, archives, networksAndVolumes,
    ].flatMap(\.self)

    /// What holds of every operation.
    private static let everywhere: [Mutation] = {
        let every = MutatedOperations("error")
        func body(_ name: String, _ fault: String, _ edit: @escaping @Sendable (JSONValue) -> JSONPlace.Edit)
            -> Mutation
        {
            let place = JSONPlace("message")
            return every.mutation(name, fault, .document(400...599) { value, _ in place.edit(&value, edit) })
        }
        return [
            body("message/missing", "answers errors without a message") { _ in .remove },
            body("message/renamed", "calls the message of an error \"error\"") { _ in .rename("error") },
            body("message/empty", "answers errors with an empty message") { _ in .replace("") },
            body("message/mistyped", "wraps the message of an error in a list") { .replace([$0]) },
        ] + every.status(404, 500) + every.status(409, 500) + every.status(400, 500) + every.status(404, 400)
            + every.status(304, 204) + every.status(403, 500)
            + [
                every.mutation(
                    "Content-Type/text", "answers errors as text/plain",
                    .head { head, _ in
                        guard head.status >= 400, head.isJSON else { return false }
                        head.set("Content-Type", "text/plain; charset=utf-8")
                        return true
                    })
            ]
    }()

    private static let system: [Mutation] = {
        let ping = MutatedOperations("ping", "GET /_ping", "HEAD /_ping")
        let version = MutatedOperations("version", "GET /version")
        let info = MutatedOperations("info", "GET /info")
        let usage = MutatedOperations("df", "GET /system/df")
        return [
            ping.header(missing: "Api-Version"), ping.header("Api-Version", "1.99"), ping.header(missing: "Ostype"),
            ping.header(missing: "Builder-Version"), ping.header(missing: "Cache-Control"),
            ping.header(missing: "Pragma"), ping.header(missing: "Swarm"),
            ping.header("Content-Type", "application/json"), ping.header(missing: "Docker-Experimental"),
            ping.delivered(.shortened, "shortened", "answers nothing in place of OK"),
            version.missing(
                "ApiVersion", "MinAPIVersion", "Os", "Arch", "Version", "Components", "KernelVersion", "BuildTime"),
            version.mistyped("Version", "Components"), version.renamed("ApiVersion", to: "APIVersion"),
            version.value("ApiVersion", "1.40", "stale"),
            info.missing(
                "ID", "Containers", "Driver", "OSType", "NCPU", "MemTotal", "ServerVersion", "CgroupDriver", "Name"),
            info.mistyped("Containers", "NCPU"), info.value("Containers", 0, "zero"),
            info.value("ContainersRunning", 0, "zero"),
            info.value("Images", 0, "zero"),
            usage.missing("Images", "Containers", "Volumes", "BuildCache", "LayersSize"), usage.null("Volumes"),
            usage.ignoring("type"),
        ].flatMap(\.self)
    }()

    private static let containerCreation: [Mutation] = {
        let create = MutatedOperations("create", "POST /containers/create")
        return [
            create.status(201, 200), create.missing("Id", "Warnings"), create.null("Warnings"),
            create.text("Id", "short", "gives a short PLACE") { String($0.prefix(12)) },
            create.ignoring("name"),
            create.ignoring(
                body: "Cmd", "Entrypoint", "Env", "WorkingDir", "User", "Hostname", "Domainname", "Tty", "OpenStdin",
                "StdinOnce", "AttachStdout", "ExposedPorts", "Volumes", "StopSignal", "StopTimeout", "Healthcheck",
                "Labels",
                "HostConfig.Memory", "HostConfig.MemorySwap", "HostConfig.MemoryReservation", "HostConfig.NanoCpus",
                "HostConfig.CpuShares", "HostConfig.CpusetCpus", "HostConfig.PidsLimit", "HostConfig.Ulimits",
                "HostConfig.CapAdd", "HostConfig.CapDrop", "HostConfig.SecurityOpt", "HostConfig.Privileged",
                "HostConfig.ReadonlyRootfs", "HostConfig.Tmpfs", "HostConfig.Binds", "HostConfig.Mounts",
                "HostConfig.VolumesFrom", "HostConfig.PortBindings", "HostConfig.PublishAllPorts",
                "HostConfig.RestartPolicy", "HostConfig.AutoRemove", "HostConfig.NetworkMode", "HostConfig.Init",
                "HostConfig.ExtraHosts", "HostConfig.Dns", "HostConfig.LogConfig", "HostConfig.ShmSize",
                "HostConfig.GroupAdd", "HostConfig.Devices", "HostConfig.Sysctls", "HostConfig.OomScoreAdj",
                "HostConfig.IpcMode", "HostConfig.PidMode", "HostConfig.UTSMode", "NetworkingConfig"),
        ].flatMap(\.self)
    }()

    private static let containerInspect: [Mutation] = {
        let inspect = MutatedOperations("inspect", "GET /containers/{id}/json")
        return [
            inspect.missing(
                "Id", "Created", "Path", "Args", "Image", "Name", "RestartCount", "Driver", "Platform", "LogPath",
                "ResolvConfPath", "HostnamePath", "HostsPath", "Mounts", "GraphDriver", "ExecIDs", "State.Status",
                "State.Running",
                "State.Pid", "State.ExitCode", "State.Error", "State.StartedAt", "State.FinishedAt", "State.OOMKilled",
                "State.Health", "Config.Labels", "Config.Env", "Config.Hostname", "Config.Image", "Config.Tty",
                "HostConfig.RestartPolicy", "HostConfig.NetworkMode", "HostConfig.LogConfig", "NetworkSettings.Ports",
                "NetworkSettings.Networks", "NetworkSettings.SandboxID", "NetworkSettings.Networks.*.NetworkID",
                "NetworkSettings.Networks.*.IPAddress", "NetworkSettings.Networks.*.MacAddress"),
            inspect.null("Args", "Mounts", "Config.Labels", "NetworkSettings.Ports", "Config.Env"),
            inspect.mistyped(
                "Created", "State.Pid", "State.ExitCode", "State.Running", "Config.Cmd", "Config.Entrypoint",
                "RestartCount", "Mounts", "Config.Env"),
            inspect.text("Name", "without-slash", "gives PLACE without its slash") { String($0.drop { $0 == "/" }) },
            inspect.text("Image", "without-sha256", "gives PLACE without sha256:") {
                String($0.dropFirst($0.hasPrefix("sha256:") ? 7 : 0))
            },
            inspect.text("State.Status", "stopped", "calls exited containers stopped in PLACE") {
                $0 == "exited" ? "stopped" : $0
            },
            inspect.text("State.Status", "configured", "calls created containers configured in PLACE") {
                $0 == "created" ? "configured" : $0
            },
            inspect.value("State.ExitCode", 0, "zero"), inspect.value("State.Pid", 0, "zero"),
            inspect.value("State.Paused", false, "false"), inspect.value("State.OOMKilled", true, "true"),
            inspect.value("State.FinishedAt", "0001-01-01T00:00:00Z", "never"),
            inspect.value("State.StartedAt", "0001-01-01T00:00:00Z", "never"),
            inspect.value("RestartCount", 0, "zero"), inspect.value("HostConfig.MemorySwappiness", 0, "zero"),
            inspect.emptied("NetworkSettings.Networks"), inspect.emptied("Mounts"),
            inspect.emptied("NetworkSettings.Ports"),
            inspect.ignoring("size"),
        ].flatMap(\.self)
    }()

    private static let containerLists: [Mutation] = {
        let list = MutatedOperations("ps", "GET /containers/json")
        let top = MutatedOperations("top", "GET /containers/{id}/top")
        let stats = MutatedOperations("stats", "GET /containers/{id}/stats")
        let changes = MutatedOperations("changes", "GET /containers/{id}/changes")
        return [
            list.ignoring("all", "limit", "size", "filters"), list.forcing("all", "1"), list.emptied(),
            list.missing(
                "*.Id", "*.Names", "*.Image", "*.ImageID", "*.Command", "*.Created", "*.State", "*.Status", "*.Ports",
                "*.Labels", "*.Mounts", "*.NetworkSettings", "*.HostConfig", "*.SizeRw"),
            list.mistyped("*.Created", "*.Names", "*.Command"), list.null("*.Ports", "*.Labels", "*.Mounts"),
            list.text("*.State", "stopped", "calls exited containers stopped in PLACE") {
                $0 == "exited" ? "stopped" : $0
            },
            list.text("*.Names.*", "without-slash", "gives PLACE without the slash") { String($0.drop { $0 == "/" }) },
            list.text("*.Image", "qualified", "gives PLACE with docker.io/ before it") { "docker.io/\($0)" },
            list.text("*.Id", "short", "gives a short PLACE") { String($0.prefix(12)) },
            list.value("*.Status", "Up", "vague"),
            [
                list.mutation(
                    "reversed", "lists the oldest first",
                    .document(200...200) { document, _ in
                        guard case .array(let elements) = document, elements.count > 1 else { return false }
                        document = .array(elements.reversed())
                        return true
                    })
            ],
            top.missing("Titles", "Processes"), top.emptied("Processes"), top.ignoring("ps_args"),
            stats.missing(
                "cpu_stats", "precpu_stats", "memory_stats", "pids_stats", "networks", "cpu_stats.online_cpus", "read"),
            stats.value("precpu_stats.cpu_usage.total_usage", 0, "zero"),
            stats.value("precpu_stats.system_cpu_usage", 0, "zero"),
            stats.ignoring("stream", "one-shot"), changes.emptied(), changes.missing("*.Kind"),
            changes.value("*.Kind", 0, "zero"),
        ].flatMap(\.self)
    }()

    private static let containerLife: [Mutation] = {
        let start = MutatedOperations("start", "POST /containers/{id}/start")
        let stop = MutatedOperations("stop", "POST /containers/{id}/stop")
        let kill = MutatedOperations("kill", "POST /containers/{id}/kill")
        let restart = MutatedOperations("restart", "POST /containers/{id}/restart")
        let remove = MutatedOperations("rm", "DELETE /containers/{id}")
        let wait = MutatedOperations("wait", "POST /containers/{id}/wait")
        let rename = MutatedOperations("rename", "POST /containers/{id}/rename")
        let pause = MutatedOperations("pause", "POST /containers/{id}/pause")
        let unpause = MutatedOperations("unpause", "POST /containers/{id}/unpause")
        let update = MutatedOperations("update", "POST /containers/{id}/update")
        let prune = MutatedOperations("container-prune", "POST /containers/prune")
        let resize = MutatedOperations("resize", "POST /containers/{id}/resize")
        return [
            start.undone(), start.status(204, 200), start.status(304, 409),
            stop.undone(), stop.status(204, 200), stop.status(304, 409), stop.ignoring("t", "signal"),
            stop.forcing("t", "0"),
            kill.undone(), kill.status(204, 200), kill.ignoring("signal"),
            restart.undone(), restart.status(204, 200), restart.ignoring("t", "signal"),
            remove.undone(), remove.status(204, 200), remove.ignoring("v", "force"), remove.forcing("force", "1"),
            remove.forcing("v", "1"),
            wait.value("StatusCode", 0, "zero"), wait.value("StatusCode", -1, "minus-one"), wait.missing("StatusCode"),
            wait.mistyped("StatusCode"), wait.ignoring("condition"), wait.forcing("condition", "next-exit"),
            wait.delivered(.lateHead, "late-head", "sends no head before the container ends"),
            wait.undone(200, ["StatusCode": 0]),
            rename.undone(), rename.status(204, 200), pause.undone(), pause.status(204, 200), unpause.undone(),
            update.undone(200, ["Warnings": nil]), update.missing("Warnings"),
            update.ignoring(body: "RestartPolicy", "Memory", "NanoCpus", "PidsLimit", "CpuShares"),
            prune.missing("ContainersDeleted", "SpaceReclaimed"), prune.emptied("ContainersDeleted"),
            prune.undone(200, ["ContainersDeleted": nil, "SpaceReclaimed": 0]),
            prune.mistyped("SpaceReclaimed"), resize.undone(200), resize.ignoring("h", "w"),
        ].flatMap(\.self)
    }()
}
