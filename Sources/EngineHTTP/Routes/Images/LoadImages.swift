import Engine

extension Route {
    /// `POST /images/load`
    static func loadImages(_ engine: Engine) -> Route {
        Route(.POST, "/images/load", input: .stream, abandoning: .cancels) { call in
            guard let upload = call.upload else { throw BadRequest("an archive must be sent") }
            let isQuiet = call.query.flag("quiet", default: true)
            return .progress { tell in
                let (lines, continuation) = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingNewest(1024))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { for await line in lines { try await tell(line) } }
                    defer { continuation.finish() }
                    try await engine.loadImages(upload) { event in
                        if let line = event.line(quiet: isQuiet) { continuation.yield(line) }
                    }
                    continuation.finish()
                    try await group.waitForAll()
                }
            }
        }
    }
}
