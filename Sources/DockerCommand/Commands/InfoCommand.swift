import DockerClient
import RawJSON

/// `docker info`.
enum InfoCommand {
    static let run: @Sendable (CommandContext) async throws -> Int32 = { context in
        let format = context.flags.string("format")
        let debug = context.invocation.global.debug
        let name = context.invocation.global.context ?? "default"
        if !format.isEmpty {
            let info = try await context.json("GET", "/info", headDeadline: unboundedWait)
            var object = info.object ?? JSONObject()
            object["ClientInfo"] = [
                "Debug": .bool(debug), "Version": .string(ClientIdentity.version), "Context": .string(name),
                "Plugins": [],
                "Warnings": .null,
            ]
            if format == "json" {
                try await context.io.print(JSONValue.object(object).text())
                return 0
            }
            let template = try Template.format(format, prefix: "template parsing error", exitCode: 64)
            do {
                try await context.io.print(try template.execute(.init(value: .object(object))))
            } catch let error as TemplateError {
                throw CommandFailure("template parsing error: \(error.message)", exitCode: 64)
            }
            return 0
        }
        try await context.io.write(
            "Client:\n Version:    \(ClientIdentity.version)\n Context:    \(name)\n Debug Mode: \(debug)\n\nServer:\n")
        let info = try await context.json("GET", "/info", headDeadline: unboundedWait)
        try await context.io.write(InfoText(info: info).lines.map { $0 + "\n" }.joined() + "\n")
        for warning in info["Warnings"]?.array ?? [] { try await context.io.warn(warning.string ?? "") }
        return 0
    }
}

/// The server's part of `docker info`.
private struct InfoText {
    let info: JSONValue

    private func text(_ name: String) -> String { info[name].map { $0.string ?? GoFormat.text($0) } ?? "" }
    private func number(_ name: String) -> Int64 { info[name]?.int64 ?? 0 }

    var lines: [String] {
        var lines = [
            " Containers: \(number("Containers"))", "  Running: \(number("ContainersRunning"))",
            "  Paused: \(number("ContainersPaused"))", "  Stopped: \(number("ContainersStopped"))",
            " Images: \(number("Images"))",
        ]
        add(&lines, " Server Version:", text("ServerVersion"))
        add(&lines, " Storage Driver:", text("Driver"))
        for pair in info["DriverStatus"]?.array ?? [] {
            lines.append("  \(pair[0]?.string ?? ""): \(pair[1]?.string ?? "")")
        }
        add(&lines, " Logging Driver:", text("LoggingDriver"))
        add(&lines, " Cgroup Driver:", text("CgroupDriver"))
        add(&lines, " Cgroup Version:", text("CgroupVersion"))
        lines += [
            " Plugins:", "  Volume: \(words(info["Plugins"]?["Volume"]))",
            "  Network: \(words(info["Plugins"]?["Network"]))",
        ]
        add(&lines, "  Authorization:", words(info["Plugins"]?["Authorization"]))
        lines.append("  Log: \(words(info["Plugins"]?["Log"]))")
        if let directories = info["CDISpecDirs"]?.array, !directories.isEmpty {
            lines += [" CDI spec directories:"] + directories.map { "  \($0.string ?? "")" }
        }
        lines.append(" Swarm: \(info["Swarm"]?["LocalNodeState"]?.string ?? "")")
        lines += runtimes + security + machine
        return lines
    }

    private var runtimes: [String] {
        guard let runtimes = info["Runtimes"]?.object, !runtimes.members.isEmpty else { return [] }
        var lines = [
            " Runtimes: \(runtimes.names.sorted().joined(separator: " "))",
            " Default Runtime: \(text("DefaultRuntime"))",
        ]
        guard text("OSType") == "linux" else { return lines }
        lines += [" Init Binary: \(text("InitBinary"))"]
        for (label, field) in [("containerd", "ContainerdCommit"), ("runc", "RuncCommit"), ("init", "InitCommit")] {
            lines.append(" \(label) version: \(info[field]?["ID"]?.string ?? "")")
        }
        return lines
    }

    private var security: [String] {
        guard let options = info["SecurityOptions"]?.array, !options.isEmpty else { return [] }
        var lines = [" Security Options:"]
        for option in options {
            let fields = CSV.fields(option.string ?? "").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
            for field in fields where field.first == "name" { lines.append("  \(field.last ?? "")") }
            for field in fields where field.first == "profile" { lines.append("   Profile: \(field.last ?? "")") }
        }
        return lines
    }

    private var machine: [String] {
        var lines: [String] = []
        add(&lines, " Kernel Version:", text("KernelVersion"))
        add(&lines, " Operating System:", text("OperatingSystem"))
        add(&lines, " OSType:", text("OSType"))
        add(&lines, " Architecture:", text("Architecture"))
        lines.append(" CPUs: \(number("NCPU"))")
        lines.append(" Total Memory: \(Units.bytesSize(Double(number("MemTotal"))))")
        add(&lines, " Name:", text("Name"))
        add(&lines, " ID:", text("ID"))
        lines += [" Docker Root Dir: \(text("DockerRootDir"))", " Debug Mode: \(text("Debug"))"]
        add(&lines, " HTTP Proxy:", text("HttpProxy"))
        add(&lines, " HTTPS Proxy:", text("HttpsProxy"))
        add(&lines, " No Proxy:", text("NoProxy"))
        if let labels = info["Labels"]?.array, !labels.isEmpty {
            lines += [" Labels:"] + labels.map { "  \($0.string ?? "")" }
        }
        lines.append(" Experimental: \(text("ExperimentalBuild"))")
        let registries = info["RegistryConfig"]
        var insecure = (registries?["IndexConfigs"]?.object?.members ?? []).filter { $0.value["Secure"]?.bool == false }
            .map { "  \($0.name)" }
        insecure += (registries?["InsecureRegistryCIDRs"]?.array ?? []).map { "  \($0.string ?? "")" }
        if !insecure.isEmpty { lines += [" Insecure Registries:"] + insecure }
        if let mirrors = registries?["Mirrors"]?.array, !mirrors.isEmpty {
            lines += [" Registry Mirrors:"] + mirrors.map { "  \($0.string ?? "")" }
        }
        lines.append(" Live Restore Enabled: \(text("LiveRestoreEnabled"))")
        add(&lines, " Product License:", text("ProductLicense"))
        return lines
    }

    /// docker leaves a line out whose value is empty.
    private func add(_ lines: inout [String], _ label: String, _ value: String) {
        if !value.isEmpty { lines.append("\(label) \(value)") }
    }

    private func words(_ list: JSONValue?) -> String { (list?.array ?? []).compactMap(\.string).joined(separator: " ") }
}
