import Engine
import RawJSON

extension Route {
    /// `GET /distribution/{name}/json`
    static func describeRemote(_ engine: Engine) -> Route {
        Route(.GET, "/distribution/{name}/json", abandoning: .cancels) { call in
            let remote = try await engine.describeRemote(call.name, credentials: call.credentials())
            return .json([
                "Descriptor": [
                    "mediaType": .string(remote.descriptor.mediaType.description),
                    "digest": .string(remote.descriptor.digest.description),
                    "size": .integer(remote.descriptor.size),
                ],
                "Platforms": .list(remote.platforms) { platform in
                    var members = JSONMembers()
                    members.add("architecture", platform.architecture)
                    members.add("os", platform.os)
                    if let variant = platform.variant { members.add("variant", variant) }
                    return members.value
                },
            ])
        }
    }
}
