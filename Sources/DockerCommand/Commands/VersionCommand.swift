import DockerAPI
import DockerClient
import RawJSON

/// `docker version`.
enum VersionCommand {
    static let run: @Sendable (CommandContext) async throws -> Int32 = { context in
        let format = context.flags.string("format")
        let isTemplate = !format.isEmpty && format != "json"
        let template = isTemplate ? try Template.format(format, prefix: "template parsing error", exitCode: 64) : nil
        var server: JSONValue?
        var failure: DaemonFailure?
        do { server = try await context.json("GET", "/version") } catch let error as DaemonFailure { failure = error }
        let client = try await clientSide(context, isReachable: server != nil)
        if let template {
            let subject = Template.Subject(value: [
                "Client": normalised(.object(client)), "Server": server.map(normalised) ?? .null,
            ])
            do { try await context.io.print(try template.execute(subject)) } catch let error as TemplateError {
                if failure == nil { throw CommandFailure(error.message) }
            }
        } else if format == "json" {
            try await context.io.print(
                JSONValue.object(
                    JSONObject(members: [
                        member("Client", .object(client)), member("Server", server ?? .null),
                    ])
                ).text())
        } else {
            try await context.io.write(text(client, server))
        }
        if let failure { throw failure }
        return 0
    }

    /// What stands for docker's own client in the answer.
    private static func clientSide(_ context: CommandContext, isReachable: Bool) async throws -> JSONObject {
        let version = isReachable ? try await context.negotiatedVersion().description : ClientIdentity.apiVersion
        return JSONObject(members: [
            member("Version", .string(ClientIdentity.version)), member("ApiVersion", .string(version)),
            member("DefaultAPIVersion", .string(ClientIdentity.apiVersion)), member("GitCommit", ""),
            member("GoVersion", ""), member("Os", .string(ClientIdentity.os)),
            member("Arch", .string(ClientIdentity.arch)),
            member("BuildTime", ""), member("Context", .string(context.invocation.global.context ?? "default")),
        ])
    }

    /// Go's field is `APIVersion`; JSON's is `ApiVersion`. Templates use the former.
    private static func normalised(_ server: JSONValue) -> JSONValue {
        guard var object = server.object else { return server }
        if let version = object["ApiVersion"] { object["APIVersion"] = version }
        return .object(object)
    }

    private static func text(_ client: JSONObject, _ server: JSONValue?) -> String {
        var lines = ["Client:"]
        let names = [
            ("Version:", "Version"), ("API version:", "ApiVersion"), ("OS/Arch:", ""), ("Context:", "Context"),
        ]
        for (label, field) in names {
            let value = field.isEmpty ? "\(ClientIdentity.os)/\(ClientIdentity.arch)" : client[field]?.string ?? ""
            lines.append(" " + column(label, 19) + value)
        }
        guard let server else { return lines.joined(separator: "\n") + "\n" }
        let platform = server["Platform"]?["Name"]?.string ?? ""
        lines += ["", platform.isEmpty ? "Server:" : "Server: \(platform)"]
        for component in components(server) { lines += text(component) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Daemons before API 1.35 have no list; then the version itself is the engine's.
    private static func components(_ server: JSONValue) -> [JSONValue] {
        if let components = server["Components"]?.array, !components.isEmpty { return components }
        var details = server.object ?? JSONObject()
        details["ApiVersion"] = server["ApiVersion"]
        return [["Name": "Engine", "Version": server["Version"] ?? "", "Details": .object(details)]]
    }

    private static func text(_ component: JSONValue) -> [String] {
        let name = component["Name"]?.string ?? "", details = component["Details"]
        var lines = [" \(name):", "  " + column("Version:", 18) + (component["Version"]?.string ?? "")]
        func add(_ label: String, _ value: String) { lines.append("  " + column(label, 18) + value) }
        func detail(_ name: String) -> String { details?[name].map { $0.string ?? GoFormat.text($0) } ?? "" }
        guard name == "Engine" else {
            for field in details?.object?.members.sorted(by: { $0.name < $1.name }) ?? [] {
                add(field.name + ":", field.value.string ?? GoFormat.text(field.value))
            }
            return lines
        }
        let minimum = detail("MinAPIVersion")
        add("API version:", detail("ApiVersion") + (minimum.isEmpty ? "" : " (minimum version \(minimum))"))
        add("Go version:", detail("GoVersion"))
        add("Git commit:", detail("GitCommit"))
        add(
            "Built:",
            CivilTime.parse(detail("BuildTime")).map { CivilTime($0.seconds + $0.offset).ansi } ?? detail("BuildTime"))
        add("OS/Arch:", "\(detail("Os"))/\(detail("Arch"))")
        add("Experimental:", detail("Experimental").isEmpty ? "false" : detail("Experimental"))
        return lines
    }

    private static func column(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

extension ClientIdentity {
    #if os(macOS)
        static let os = "darwin"
    #else
        static let os = "linux"
    #endif
    #if arch(arm64)
        static let arch = "arm64"
    #else
        static let arch = "amd64"
    #endif
}
