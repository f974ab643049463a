extension Engine {
    /// The networks; filters `dangling driver id label name scope type`.
    public func networks(_ filters: FilterArguments = .init()) async throws(EngineError) -> [NetworkDetails] {
        throw EngineError(.notImplemented, "networks is not implemented")
    }

    /// One network, by name, ID, or the start of an ID.
    public func network(_ name: String) async throws(EngineError) -> NetworkDetails {
        throw EngineError(.notImplemented, "network is not implemented")
    }
}
