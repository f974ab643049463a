/// The containers by ID and name, and docker's way to name one.
struct ContainerTable {
    private(set) var byID: [String: Container] = [:]
    private var idsByName: [String: String] = [:]
    /// All IDs in order, so that the start of one is found by halving.
    private var sortedIDs: [String] = []

    var all: [Container] { Array(byID.values) }

    /// The container of a full ID, a name, or the start of an ID.
    ///
    /// - Throws: `notFound`, or `invalidArgument` where several IDs begin so.
    func container(_ text: String) throws(EngineError) -> Container {
        guard !text.isEmpty else { throw EngineError(.invalidArgument, "No container name or ID supplied") }
        if let container = byID[text] { return container }
        let name = text.hasPrefix("/") ? String(text.dropFirst()) : text
        if let id = idsByName[name], let container = byID[id] { return container }
        let first = position(of: text)
        guard first < sortedIDs.count, sortedIDs[first].hasPrefix(text), let container = byID[sortedIDs[first]] else {
            throw EngineError(.notFound, "No such container: \(text)")
        }
        if first + 1 < sortedIDs.count, sortedIDs[first + 1].hasPrefix(text) {
            throw EngineError(.invalidArgument, "multiple IDs found with provided prefix: \(text)")
        }
        return container
    }

    /// Keeps a name for an ID.
    ///
    /// - Throws: `conflict` where another has it.
    mutating func reserve(_ name: String, for id: String) throws(EngineError) {
        if let owner = idsByName[name], owner != id {
            throw EngineError(
                .conflict,
                "Conflict. The container name \"/\(name)\" is already in use by container \"\(owner)\". You have to "
                    + "remove (or rename) that container to be able to reuse that name.")
        }
        idsByName[name] = id
    }

    /// Gives a name back.
    mutating func release(_ name: String, of id: String) {
        if idsByName[name] == id { idsByName[name] = nil }
    }

    /// Whether a name is in use.
    func isTaken(_ name: String) -> Bool { idsByName[name] != nil }

    /// Adds a container whose name is reserved.
    mutating func insert(_ container: Container) {
        byID[container.id] = container
        sortedIDs.insert(container.id, at: position(of: container.id))
    }

    /// Takes a container out, with its name.
    mutating func remove(_ container: Container) {
        guard byID.removeValue(forKey: container.id) != nil else { return }
        release(container.name, of: container.id)
        let place = position(of: container.id)
        if place < sortedIDs.count, sortedIDs[place] == container.id { sortedIDs.remove(at: place) }
    }

    /// The place of the first ID that is not before `text`.
    private func position(of text: String) -> Int {
        var (low, high) = (0, sortedIDs.count)
        while low < high {
            let middle = (low + high) / 2
            if sortedIDs[middle] < text { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
