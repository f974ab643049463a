import Engine
import NIOHTTP1

extension Route {
    /// `POST /containers/create`
    static func createContainer(_ engine: Engine) -> Route {
        Route(.POST, "/containers/create") { call in
            guard let fields = try JSONFields(body: call), fields.hasAny(ContainerConfiguration.wireNames) else {
                throw BadRequest("config cannot be empty in order to create a container")
            }
            var request = ContainerCreation(
                name: call.query.text("name"), platform: call.speaks(41) ? try call.platform() : nil,
                configuration: try ContainerConfiguration(fields))
            if let host = try fields.fields("HostConfig") {
                request.hostConfiguration = try HostConfiguration(host)
                request.hostConfiguration.forget(after: call)
            }
            for (name, endpoint) in try fields.fields("NetworkingConfig")?.fieldsByName("EndpointsConfig") ?? [] {
                request.endpoints[name] = try EndpointSettings(endpoint)
            }
            let created = try await engine.create(request)
            var reply = Reply.json(
                ["Id": .string(created.id), "Warnings": .texts(created.warnings)], .created)
            reply.headers.add(phases: created.phases)
            return reply
        }
    }
}

extension HostConfiguration {
    /// Leaves out what did not exist at the version the client speaks (moby, `postContainersCreate`).
    fileprivate mutating func forget(after call: Call) {
        if !call.speaks(25) { autoRemove = false }
        if !call.speaks(40) {
            for index in mounts?.indices ?? 0..<0 { mounts?[index].bindOptions?.nonRecursive = false }
        }
        if !call.speaks(41) { cgroupnsMode = "" }
        if call.speaks(42) { resources.kernelMemory = 0 } else { consoleSize = nil }
        if !call.speaks(43) { annotations = nil }
        // Unlimited has three spellings, and is told as one.
        if let limit = resources.pidsLimit, limit <= 0 { resources.pidsLimit = nil }
    }
}

extension HTTPHeaders {
    /// `Server-Timing`: where the time went, in milliseconds (W3C Server Timing).
    mutating func add(phases: [Phase]) {
        guard !phases.isEmpty else { return }
        let entries = phases.map { phase in
            let microseconds = phase.nanoseconds / 1000
            let fraction = String(1000 + microseconds % 1000).dropFirst()
            return "\(phase.name);dur=\(microseconds / 1000).\(fraction)"
        }
        add(name: "Server-Timing", value: entries.joined(separator: ", "))
    }
}
