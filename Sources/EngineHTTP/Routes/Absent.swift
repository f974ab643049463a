import NIOHTTP1

extension Routes {
    /// Operations of the Engine API that this daemon does not have; it says so rather than that they are unknown.
    static let absent: [Route] = table.map { method, path, what in
        Route(method, path) { _ in
            .failure(.notImplemented, "\(what) is not supported by Drydock's runtime")
        }
    }

    private static let table: [(HTTPMethod, String, String)] =
        [
            (.POST, "/build", "building images"), (.POST, "/build/prune", "building images"),
            (.POST, "/build/cancel", "building images"), (.POST, "/session", "building images with BuildKit"),
            (.POST, "/grpc", "building images with BuildKit"), (.POST, "/commit", "committing containers"),
            (.GET, "/images/search", "searching images"), (.POST, "/images/{name}/push", "pushing images"),
            (.GET, "/images/{name}/attestations", "showing attestations"),
            (.GET, "/containers/{id}/attach/ws", "attaching over a WebSocket"),
            (.GET, "/containers/{id}/checkpoints", "checkpoints"),
            (.POST, "/containers/{id}/checkpoints", "checkpoints"),
            (.DELETE, "/containers/{id}/checkpoints/{checkpoint}", "checkpoints"),
            (.PUT, "/volumes/{name}", "cluster volumes"),
            (.POST, "/networks/{id}/connect", "connecting to networks"),
            (.POST, "/networks/{id}/disconnect", "disconnecting from networks"),
        ] + swarm

    private static let swarm: [(HTTPMethod, String, String)] =
        [
            ("/swarm", [.GET]), ("/swarm/init", [.POST]), ("/swarm/join", [.POST]), ("/swarm/leave", [.POST]),
            ("/swarm/update", [.POST]), ("/swarm/unlockkey", [.GET]), ("/swarm/unlock", [.POST]),
            ("/nodes", [.GET]), ("/nodes/{id}", [.GET, .DELETE]), ("/nodes/{id}/update", [.POST]),
            ("/services", [.GET]), ("/services/create", [.POST]), ("/services/{id}", [.GET, .DELETE]),
            ("/services/{id}/update", [.POST]), ("/services/{id}/logs", [.GET]),
            ("/tasks", [.GET]), ("/tasks/{id}", [.GET]), ("/tasks/{id}/logs", [.GET]),
            ("/secrets", [.GET]), ("/secrets/create", [.POST]), ("/secrets/{id}", [.GET, .DELETE]),
            ("/secrets/{id}/update", [.POST]), ("/configs", [.GET]), ("/configs/create", [.POST]),
            ("/configs/{id}", [.GET, .DELETE]), ("/configs/{id}/update", [.POST]),
            ("/plugins", [.GET]), ("/plugins/privileges", [.GET]), ("/plugins/pull", [.POST]),
            ("/plugins/create", [.POST]), ("/plugins/{name}/json", [.GET]), ("/plugins/{name}", [.DELETE]),
            ("/plugins/{name}/enable", [.POST]), ("/plugins/{name}/disable", [.POST]),
            ("/plugins/{name}/upgrade", [.POST]), ("/plugins/{name}/push", [.POST]), ("/plugins/{name}/set", [.POST]),
        ].flatMap { (path: String, methods: [HTTPMethod]) in
            methods.map { ($0, path, path.hasPrefix("/plugins") ? "running plugins" : "running a swarm") }
        }
}
