import Engine

extension Route {
    /// `POST /containers/{id}/resize`
    static func resizeContainer(_ engine: Engine) -> Route {
        Route(.POST, "/containers/{id}/resize") { call in
            try await engine.resize(call.name, try call.terminalSize())
            return Reply(.ok)
        }
    }
}

extension Call {
    /// The `h` and `w` of both resizes, which must both be there.
    func terminalSize() throws(BadRequest) -> ConsoleSize {
        let sides = try ["h", "w"].map { name throws(BadRequest) in
            let text = query[name] ?? ""
            guard let side = UInt16(text) else {
                throw BadRequest("invalid resize \(name == "h" ? "height" : "width") \"\(text)\": invalid syntax")
            }
            return Int(side)
        }
        return ConsoleSize(height: sides[0], width: sides[1])
    }
}
