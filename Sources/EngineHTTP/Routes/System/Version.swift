import Engine
import RawJSON

extension Route {
    /// `GET /version`
    static func version(_ engine: Engine, _ identity: ServerIdentity) -> Route {
        atOnce(.GET, "/version") { _ in
            let version = engine.version()
            let facts: [(String, String)] = [
                ("ApiVersion", identity.maximum.description), ("Arch", version.architecture),
                ("BuildTime", version.buildTime), ("GitCommit", version.commit), ("GoVersion", ""),
                ("KernelVersion", version.kernelVersion), ("MinAPIVersion", identity.minimum.description),
                ("Os", version.operatingSystem),
            ]
            var details = JSONMembers()
            for (name, value) in facts { details.add(name, value) }
            details.add("Experimental", "false")
            var members = JSONMembers()
            members.add("Platform", ["Name": "Drydock"])
            members.add(
                "Components",
                [["Name": "Drydock Engine", "Version": .string(version.version), "Details": details.value]])
            members.add("Version", version.version)
            for (name, value) in facts { members.add(name, value) }
            return .json(members.value)
        }
    }
}
