import Engine
import RawJSON

extension Route {
    /// `POST /containers/{id}/wait`; the head of the answer says that the waiting has begun.
    static func waitContainer(_ engine: Engine) -> Route {
        atOnce(.POST, "/containers/{id}/wait", abandoning: .cancels) { call in
            let wait = try engine.wait(call.name, until: try call.waitCondition())
            let tell = { @Sendable (writer: BodyWriter) in
                try await writer.write(try await wait.result().json.text() + "\n")
            }
            // Before API 1.30 the head came with the result.
            return call.speaks(30) ? .stream("application/json", tell) : .lateStream("application/json", tell)
        }
    }
}

extension Call {
    fileprivate func waitCondition() throws(BadRequest) -> WaitCondition {
        guard speaks(30), let text = query.text("condition") else { return .notRunning }
        guard let condition = WaitCondition(rawValue: text) else {
            throw BadRequest("invalid condition: \"\(text)\"")
        }
        return condition
    }
}

extension WaitResult {
    fileprivate var json: JSONValue {
        var members = JSONMembers()
        if let error { members.add("Error", ["Message": .string(error)]) }
        members.add("StatusCode", exitCode)
        return members.value
    }
}
