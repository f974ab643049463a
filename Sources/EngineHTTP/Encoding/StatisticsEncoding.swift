import Engine
import RawJSON

extension ContainerStatistics {
    /// docker's `ContainerStatsResponse`.
    var json: JSONValue {
        var members = JSONMembers()
        members.add("name", "/" + name)
        members.add("id", id)
        members.add("read", .moment(read))
        members.add("preread", .moment(previousRead))
        members.add("pids_stats", pids)
        members.add("blkio_stats", blockIO)
        members.add("num_procs", 0)
        members.add("storage_stats", .object(JSONObject()))
        members.add("cpu_stats", (current?.cpu ?? CPU()).json)
        members.add("precpu_stats", (previousCPU ?? CPU()).json)
        members.add("memory_stats", current?.memory.json ?? .object(JSONObject()))
        if let networks = current?.networks { members.add("networks", .dictionary(networks, \.json)) }
        return members.value
    }

    private var pids: JSONValue {
        var members = JSONMembers()
        if let current {
            members.add("current", current.pids)
            if current.pidsLimit != 0 { members.add("limit", current.pidsLimit) }
        }
        return members.value
    }

    private var blockIO: JSONValue {
        let bytes: JSONValue = .list(current?.blockIO) { counter in
            [
                "major": .integer(counter.major), "minor": .integer(counter.minor), "op": .string(counter.operation),
                "value": .integer(counter.bytes),
            ]
        }
        let others = current?.cgroupVersion == 1 ? JSONValue.array([]) : .null
        return [
            "io_service_bytes_recursive": bytes, "io_serviced_recursive": others, "io_queue_recursive": others,
            "io_service_time_recursive": others, "io_wait_time_recursive": others, "io_merged_recursive": others,
            "io_time_recursive": others, "sectors_recursive": others,
        ]
    }
}

extension ContainerStatistics.CPU {
    var json: JSONValue {
        var usage = JSONMembers()
        usage.add("total_usage", total)
        if let perCPU { usage.add("percpu_usage", .list(perCPU) { .integer($0) }) }
        usage.add("usage_in_kernelmode", kernel)
        usage.add("usage_in_usermode", user)
        var members = JSONMembers()
        members.add("cpu_usage", usage.value)
        if system != 0 { members.add("system_cpu_usage", system) }
        if onlineCPUs != 0 { members.add("online_cpus", onlineCPUs) }
        members.add(
            "throttling_data",
            [
                "periods": .integer(periods), "throttled_periods": .integer(throttledPeriods),
                "throttled_time": .integer(throttledTime),
            ])
        return members.value
    }
}

extension ContainerStatistics.Memory {
    var json: JSONValue {
        var members = JSONMembers()
        members.add("usage", usage)
        if let maximumUsage { members.add("max_usage", maximumUsage) }
        members.add("stats", .dictionary(details) { .integer($0) })
        if let failures, failures != 0 { members.add("failcnt", failures) }
        members.add("limit", limit)
        return members.value
    }
}

extension ContainerStatistics.NetworkCounters {
    var json: JSONValue {
        [
            "rx_bytes": .integer(receivedBytes), "rx_packets": .integer(receivedPackets),
            "rx_errors": .integer(receiveErrors), "rx_dropped": .integer(receiveDropped),
            "tx_bytes": .integer(sentBytes), "tx_packets": .integer(sentPackets), "tx_errors": .integer(sendErrors),
            "tx_dropped": .integer(sendDropped),
        ]
    }
}
