import RawJSON

/// Limits as `HostConfig` and `POST /containers/{id}/update` carry them.
enum Resources {
    static func forCreate(_ flags: ParsedFlags) throws(ValueError) -> [JSONObject.Member] {
        var ulimits: [String: Ulimit] = [:]
        for text in flags.list("ulimit") {
            let limit = try Ulimit(text)
            ulimits[limit.name] = limit
        }
        var devices: [JSONValue] = []
        for text in flags.list("device") where !isCDI(text) {
            let device = try DeviceSpec(text)
            devices.append([
                "PathOnHost": .string(device.source), "PathInContainer": .string(device.target),
                "CgroupPermissions": .string(device.permissions),
            ])
        }
        let limits = ulimits.values.sorted { $0.name < $1.name }.map { limit -> JSONValue in
            ["Name": .string(limit.name), "Hard": .int(limit.hard), "Soft": .int(limit.soft)]
        }
        return try members(
            flags,
            throttle: { (name: String, flag: String) throws(ValueError) in try throttle(flags.list(flag), name) },
            devices: .array(devices), requests: DeviceRequests.json(flags), ulimits: .array(limits),
            swappiness: .int(flags.int("memory-swappiness", default: -1)),
            oomKillDisable: .bool(flags.bool("oom-kill-disable")))
    }

    static func forUpdate(_ flags: ParsedFlags) throws(ValueError) -> [JSONObject.Member] {
        try members(
            flags, throttle: { (_: String, _: String) throws(ValueError) in .null }, devices: .null, requests: .null,
            ulimits: .null, swappiness: .null, oomKillDisable: .null)
    }

    private static func members(
        _ flags: ParsedFlags, throttle: (String, String) throws(ValueError) -> JSONValue, devices: JSONValue,
        requests: JSONValue, ulimits: JSONValue, swappiness: JSONValue, oomKillDisable: JSONValue
    ) throws(ValueError) -> [JSONObject.Member] {
        var members = [
            member("CpuShares", .int(flags.int("cpu-shares"))), member("Memory", .int(try flags.bytes("memory"))),
            member("NanoCpus", .int(flags.isSet("cpus") ? try NanoCPUs.parse(flags.string("cpus")) : 0)),
            member("CgroupParent", .string(flags.string("cgroup-parent"))),
            member("BlkioWeight", .int(flags.int("blkio-weight"))),
            member("BlkioWeightDevice", try throttle("Weight", "blkio-weight-device")),
            member("BlkioDeviceReadBps", try throttle("Rate", "device-read-bps")),
            member("BlkioDeviceWriteBps", try throttle("Rate", "device-write-bps")),
            member("BlkioDeviceReadIOps", try throttle("Count", "device-read-iops")),
            member("BlkioDeviceWriteIOps", try throttle("Count", "device-write-iops")),
            member("CpuPeriod", .int(flags.int("cpu-period"))), member("CpuQuota", .int(flags.int("cpu-quota"))),
            member("CpuRealtimePeriod", .int(flags.int("cpu-rt-period"))),
            member("CpuRealtimeRuntime", .int(flags.int("cpu-rt-runtime"))),
            member("CpusetCpus", .string(flags.string("cpuset-cpus"))),
            member("CpusetMems", .string(flags.string("cpuset-mems"))),
            member("Devices", devices), member("DeviceCgroupRules", .stringsOrNull(flags.list("device-cgroup-rule"))),
            member("DeviceRequests", requests),
        ]
        if flags.isSet("kernel-memory") {
            members.append(member("KernelMemory", .int(try flags.bytes("kernel-memory"))))
        }
        members += [
            member("MemoryReservation", .int(try flags.bytes("memory-reservation"))),
            member("MemorySwap", .int(try flags.bytes("memory-swap"))), member("MemorySwappiness", swappiness),
            member("OomKillDisable", oomKillDisable), member("PidsLimit", .int(flags.int("pids-limit"))),
            member("Ulimits", ulimits), member("CpuCount", .int(flags.int("cpu-count"))),
            member("CpuPercent", .int(flags.int("cpu-percent"))),
            member("IOMaximumIOps", .int(flags.int("io-maxiops"))),
            member("IOMaximumBandwidth", .int(try flags.bytes("io-maxbandwidth"))),
        ]
        return members
    }

    /// `PATH:VALUE` of the block I/O flags.
    private static func throttle(_ texts: [String], _ name: String) throws(ValueError) -> JSONValue {
        var list: [JSONValue] = []
        for text in texts {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else { throw ValueError("bad format: \(text)") }
            guard parts[0].hasPrefix("/dev/") else { throw ValueError("bad format for device path: \(text)") }
            let value: Int64? = name == "Rate" ? try? ByteSize.ram(parts[1]) : Int64(parts[1])
            guard let value, value >= 0 else { throw ValueError("invalid rate for device: \(text)") }
            list.append(
                .object(
                    JSONObject(members: [
                        member("Path", .string(parts[0])), member(name == "Weight" ? "Weight" : "Rate", .int(value)),
                    ])))
        }
        return .array(list)
    }

    /// `vendor.com/class=name`: a device of the Container Device Interface.
    static func isCDI(_ text: String) -> Bool { !text.hasPrefix("/") && text.contains("/") && text.contains("=") }
}

/// `--gpus` and devices of the Container Device Interface.
enum DeviceRequests {
    static func json(_ flags: ParsedFlags) throws(ValueError) -> JSONValue {
        var requests: [JSONValue] = []
        for text in flags.list("gpus") { requests.append(try gpu(text)) }
        let cdi = flags.list("device").filter(Resources.isCDI)
        if !cdi.isEmpty {
            requests.append([
                "Driver": "cdi", "Count": 0, "DeviceIDs": .strings(cdi), "Capabilities": .null, "Options": .null,
            ])
        }
        return requests.isEmpty ? .null : .array(requests)
    }

    private static func gpu(_ text: String) throws(ValueError) -> JSONValue {
        var count: Int64 = 0, ids: JSONValue = .null, driver = ""
        var capabilities = ["gpu"], options: [String: String] = [:]
        for field in CSV.fields(text) {
            let pair = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let key = pair.count == 2 ? pair[0] : "count"
            let value = pair.count == 2 ? pair[1] : pair[0]
            switch key {
            case "count":
                guard let number = value == "all" ? -1 : Int64(value) else {
                    throw ValueError(
                        "invalid count (\(value)): value must be either \"all\" or an integer: strconv.Atoi: parsing \(GoValue.quote(value)): invalid syntax"
                    )
                }
                count = number
            case "device": ids = .strings(value.split(separator: ",").map(String.init))
            case "driver": driver = value
            case "capabilities": capabilities = value.split(separator: ",").map(String.init) + ["gpu"]
            case "options": options = Environment.keyValues(CSV.fields(value))
            default: throw ValueError("unexpected key '\(key)' in '\(field)'")
            }
        }
        if count == 0, ids.isNull { count = 1 }
        return [
            "Driver": .string(driver), "Count": .int(count), "DeviceIDs": ids,
            "Capabilities": [.strings(capabilities)], "Options": .strings(options),
        ]
    }
}
