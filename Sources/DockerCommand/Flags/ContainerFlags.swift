/// The flags `run` and `create` share, and those of `update`.
enum ContainerFlags {
    static let create: [FlagSpec] =
        identity + process + resources + isolation + storage + network + health + [
            .bool("--disable-content-trust", default: true, "Skip image verification"),
            .string("--platform", "Platform of the image, where there are several"),
            .string("--pull", default: "missing", "Pull the image first: always, missing, never"),
            .bool("-q, --quiet", "Suppress the output of pulling"),
        ]

    static let run: [FlagSpec] =
        create + [
            .bool("-d, --detach", "Run in the background and print the container's ID"),
            .bool("--sig-proxy", default: true, "Pass received signals on to the process"),
            .string("--detach-keys", "Key sequence that detaches"),
        ]

    private static let identity: [FlagSpec] = [
        .string("--name", "Name of the container"),
        .string("--cidfile", "Write the container's ID to this file"),
        .list("-l, --label", "Set a label", check: Environment.checkLabel),
        .list("--label-file", "Read labels from a file, one a line"),
        .list("--annotation", type: "map", default: "map[]", "Add an annotation, passed on to the OCI runtime"),
        .bool("--rm", "Remove the container and its anonymous volumes when it exits"),
        .string("--restart", default: "no", "When to restart the container after it exits"),
    ]

    private static let process: [FlagSpec] = [
        .list("-a, --attach", "Attach to STDIN, STDOUT or STDERR", check: checkAttach),
        .bool("-i, --interactive", "Keep STDIN open even if not attached"),
        .bool("-t, --tty", "Allocate a pseudo-TTY"),
        .list("-e, --env", "Set an environment variable", check: Environment.checkVariable),
        .list("--env-file", "Read environment variables from a file"),
        .string("--entrypoint", "Replace the image's ENTRYPOINT"),
        .string("-u, --user", "User name or ID, and group: NAME|UID[:GROUP|GID]"),
        .string("-w, --workdir", "Working directory inside the container"),
        .bool("--init", "Run an init inside the container that forwards signals and reaps processes"),
        .string("--stop-signal", "Signal that stops the container"),
        .int("--stop-timeout", "Seconds between the stop signal and SIGKILL"),
    ]

    private static let resources: [FlagSpec] =
        limits + [
            .list("--blkio-weight-device", default: "[]", "Relative block I/O weight for a device"),
            .int("--cpu-count", "Number of CPUs (Windows only)"),
            .int("--cpu-percent", "Percentage of CPUs (Windows only)"),
            .list("--device-read-bps", default: "[]", "Limit reading from a device, bytes a second"),
            .list("--device-read-iops", default: "[]", "Limit reading from a device, operations a second"),
            .list("--device-write-bps", default: "[]", "Limit writing to a device, bytes a second"),
            .list("--device-write-iops", default: "[]", "Limit writing to a device, operations a second"),
            .bytes("--io-maxbandwidth", "Limit of I/O bandwidth of the system drive (Windows only)"),
            .uint("--io-maxiops", "Limit of I/O operations of the system drive (Windows only)"),
            .int("--memory-swappiness", default: -1, "Memory swappiness, 0 to 100"),
            .bool("--oom-kill-disable", "Disable the OOM killer"),
            .int("--oom-score-adj", "Preference of the OOM killer, -1000 to 1000"),
            .bytes("--shm-size", "Size of /dev/shm"),
            .list(
                "--ulimit", type: "ulimit", default: "[]", "Set a limit: NAME=SOFT[:HARD]",
                check: { text in
                    FlagSpec.reason { () throws(ValueError) in _ = try Ulimit(text) }
                }),
        ]

    /// What `update` can change too.
    static let limits: [FlagSpec] = [
        .uint("--blkio-weight", type: "uint16", maximum: 65535, "Relative block I/O weight, 10 to 1000, or 0 for none"),
        .int("--cpu-period", "Period of the CFS scheduler, microseconds"),
        .int("--cpu-quota", "Quota of the CFS scheduler, microseconds"),
        .int("--cpu-rt-period", "Period of the real-time scheduler, microseconds"),
        .int("--cpu-rt-runtime", "Runtime of the real-time scheduler, microseconds"),
        .int("-c, --cpu-shares", "Relative weight of CPU shares"),
        .string(
            "--cpus", type: "decimal", "Number of CPUs",
            check: { text in
                FlagSpec.reason { () throws(ValueError) in _ = try NanoCPUs.parse(text) }
            }),
        .string("--cpuset-cpus", "CPUs to run on: 0-3, 0,1"),
        .string("--cpuset-mems", "Memory nodes to use: 0-3, 0,1"),
        .bytes("-m, --memory", "Limit of memory"),
        .bytes("--memory-reservation", "Soft limit of memory"),
        .bytes("--memory-swap", "Limit of memory and swap together; -1 for unlimited swap"),
        FlagSpec.bytes("--kernel-memory", "Limit of kernel memory").deprecated("and no longer supported by the kernel"),
        .int("--pids-limit", "Limit of processes; -1 for unlimited"),
    ]

    private static let isolation: [FlagSpec] = [
        .list("--cap-add", "Add a capability"),
        .list("--cap-drop", "Drop a capability"),
        .string("--cgroup-parent", "Parent cgroup of the container"),
        .string("--cgroupns", "Cgroup namespace: host, private"),
        .list("--device", "Add a device of the host"),
        .list("--device-cgroup-rule", "Add a rule to the list of allowed devices"),
        .list("--gpus", type: "gpu-request", "GPUs to add, or all"),
        .list("--group-add", "Add a further group"),
        .string("--ipc", "IPC mode"),
        .string("--isolation", "Isolation technology"),
        .string("--pid", "PID namespace"),
        .bool("--privileged", "Give extended privileges"),
        .bool("--read-only", "Mount the root filesystem read-only"),
        .string("--runtime", "Runtime of this container"),
        .list("--security-opt", "Security option"),
        .list("--sysctl", type: "map", default: "map[]", "Kernel parameter"),
        .bool("--use-api-socket", "Bind mount the API socket and the credentials"),
        .string("--userns", "User namespace"),
        .string("--uts", "UTS namespace"),
    ]

    private static let storage: [FlagSpec] = [
        .list(
            "--mount", type: "mount", "Attach a mount",
            check: { text in
                FlagSpec.reason { () throws(ValueError) in _ = try MountSpec(text, currentDirectory: "/") }
            }),
        .list("--storage-opt", "Option of the storage driver"),
        .list("--tmpfs", "Mount a tmpfs directory"),
        .list("-v, --volume", "Bind mount a volume"),
        .string("--volume-driver", "Volume driver of the container"),
        .list("--volumes-from", "Mount the volumes of another container"),
    ]

    private static let network: [FlagSpec] = [
        .list("--add-host", "Add a line to /etc/hosts: HOST:IP", check: ExtraHost.check),
        .list(
            "--dns", "DNS server",
            check: { IPAddress.isValid($0) ? nil : "IP address is not correctly formatted: \($0)" }),
        .list("--dns-option", "DNS option"),
        FlagSpec.list("--dns-option", "DNS option").alias("dns-opt"),
        .list("--dns-search", "DNS search domain"),
        .string("--domainname", "NIS domain name"),
        .list("--expose", "Expose a port or a range of ports"),
        .string("-h, --hostname", "Host name of the container"),
        .string("--ip", "IPv4 address"),
        .string("--ip6", "IPv6 address"),
        .list("--link", "Add a link to another container"),
        .list("--link-local-ip", "Link-local address"),
        .string("--log-driver", "Logging driver"),
        .list("--log-opt", "Option of the logging driver"),
        .string("--mac-address", "MAC address of the container"),
        .list("--network", type: "network", "Connect to a network"),
        FlagSpec.list("--network", "Connect to a network").alias("net"),
        .list("--network-alias", "Alias within the network"),
        FlagSpec.list("--network-alias", "Alias within the network").alias("net-alias"),
        .list(
            "-p, --publish", "Publish a port of the container",
            check: { text in
                guard text.contains("=") else { return nil }
                return FlagSpec.reason { () throws(ValueError) in _ = try PortSpec.standardNotation(text) }
            }),
        .bool("-P, --publish-all", "Publish all exposed ports to random ports"),
    ]

    private static let health: [FlagSpec] = [
        .string("--health-cmd", "Command that checks health"),
        .duration("--health-interval", "Time between checks (ms|s|m|h)"),
        .int("--health-retries", "Failures in a row that make a container unhealthy"),
        .duration("--health-start-interval", "Time between checks while starting (ms|s|m|h)"),
        .duration("--health-start-period", "Time to start before failures count (ms|s|m|h)"),
        .duration("--health-timeout", "Time one check may take (ms|s|m|h)"),
        .bool("--no-healthcheck", "Disable any HEALTHCHECK of the image"),
    ]

    private static let checkAttach: @Sendable (String) -> String? = { text in
        ["stdin", "stdout", "stderr"].contains(text.lowercased())
            ? nil : "valid streams are STDIN, STDOUT and STDERR"
    }
}
