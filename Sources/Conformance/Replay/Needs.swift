import RawJSON
import Scenario

/// Whether an endpoint has what a case needs.
struct NeedCheck: Sendable {
    let engine: Engine
    /// Whether the fixture registry can be reached from the endpoint.
    let hasRegistry: Bool
    /// What the endpoint says when it refuses to start privileged containers; `nil` where it does not.
    var privilegeRefusal: String?
    /// Why published ports are not reached from here; `nil` where they are.
    var portsRefusal: String?

    /// Where ports that the endpoint publishes are reached: a Unix socket is on this machine, a TCP endpoint on its host.
    var publishedAddress: String {
        if case .tcp(let host, _) = engine.client.configuration.endpoint.transport, host != "localhost" {
            host
        } else {
            "127.0.0.1"
        }
    }

    /// Why the case is skipped or unsupported here; `nil` where it can run.
    func obstacle(_ document: ScenarioDocument) -> ReplayStop? {
        let matter = document.frontMatter
        let version = FrontMatter.Version(major: engine.version.major, minor: engine.version.minor)
        if version < matter.since {
            return .skipped("promised since API \(matter.since); this endpoint speaks \(version)")
        }
        if let until = matter.until, version > until {
            return .skipped("promised until API \(until); this endpoint speaks \(version)")
        }
        for need in matter.needs {
            if let stop = obstacle(need) { return stop }
        }
        return nil
    }

    private func obstacle(_ need: Need) -> ReplayStop? {
        switch need {
        case .image: nil
        case .absentImage, .registry:
            hasRegistry ? nil : .skipped("the endpoint cannot pull from the fixture registry")
        case .publishedPorts: portsRefusal.map { .skipped($0) }
        case .linux:
            engine.info["OSType"]?.string == "linux" ? nil : .skipped("containers here are not Linux containers")
        case .feature("privileged") where privilegeRefusal != nil:
            .skipped("the endpoint cannot start a privileged container: \(privilegeRefusal ?? "")")
        case .feature(let name):
            has(name) ? nil : .skipped("the endpoint does not have the feature \(name)")
        }
    }

    private func has(_ feature: String) -> Bool {
        let info = engine.info
        func flag(_ name: String) -> Bool { info[name]?.bool ?? false }
        switch feature {
        case "memory-limit": return flag("MemoryLimit")
        case "swap-limit": return flag("SwapLimit")
        case "memory-reservation": return flag("MemoryLimit")
        case "oom-kill-disable": return flag("OomKillDisable")
        case "pids-limit": return flag("PidsLimit")
        case "cpu-cfs": return flag("CpuCfsQuota") || flag("CPUCfsQuota")
        case "cpu-shares": return flag("CPUShares")
        case "cpuset": return flag("CPUSet")
        case "cgroup-v1": return info["CgroupVersion"]?.string == "1"
        case "cgroup-v2": return info["CgroupVersion"]?.string == "2"
        case "blkio-weight": return flag("BlkioWeight") || info["CgroupVersion"]?.string == "1"
        case "seccomp", "apparmor", "selinux", "userns", "rootless": return hasSecurityOption(feature)
        case "rootful": return !hasSecurityOption("rootless")
        case "privileged": return !hasSecurityOption("rootless") && !hasSecurityOption("userns")
        case "init": return !(info["InitBinary"]?.string ?? "").isEmpty
        case "ipv6": return flag("IPv4Forwarding") && info["BridgeNfIp6tables"]?.bool != nil
        case "checkpoint": return flag("ExperimentalBuild")
        case "userland-proxy": return engine.product.name == "docker"
        case "swarm-active": return info["Swarm"]?["LocalNodeState"]?.string == "active"
        case "swarm-inactive": return info["Swarm"]?["LocalNodeState"]?.string == "inactive"
        default: return false
        }
    }

    /// `SecurityOptions` of `GET /info`: `name=seccomp,profile=builtin`.
    private func hasSecurityOption(_ name: String) -> Bool {
        (engine.info["SecurityOptions"]?.array ?? []).contains { option in
            option.string?.split(separator: ",").contains { $0 == "name=\(name)" } ?? false
        }
    }
}
