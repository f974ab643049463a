import Engine
import NIOCore

extension Route {
    /// `GET /events`
    static func events(_ engine: Engine) -> Route {
        Route(.GET, "/events", abandoning: .cancels) { call in
            let since = try Moments.nanoseconds(call.query["since"])
            let until = try Moments.nanoseconds(call.query["until"])
            if let since, let until, since > until {
                throw BadRequest(
                    "`since` time (\(call.query["since"] ?? "")) cannot be after `until` time "
                        + "(\(call.query["until"] ?? ""))")
            }
            let events = try await engine.events(since: since, until: until, filters: try call.filterArguments())
            return .stream("application/json") { writer in
                for await event in events { try await writer.write(event.json.text() + "\n") }
            }
        }
    }
}
