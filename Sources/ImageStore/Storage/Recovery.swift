import CLinux
import OCI

/// Nanoseconds since 1970.
func clockNanoseconds() -> Int64 { clinux_realtime_ns() }

extension ImageStore {
    /// Reads what is on the disk, and removes what no image holds on to.
    func recover() async throws {
        try await workers.files.run { [layout] in try layout.sweep() }
        for name in try layout.names(in: "layers") {
            let path = "\(layout.root)/layers/\(name)"
            let record = try LayerRecord(
                parsing: File.contents(of: "\(path)/layer.json", limit: 1 << 20), name: "\(path)/layer.json")
            layers[record.chainID] = record
        }
        for name in try layout.names(in: "images") {
            let path = "\(layout.root)/images/\(name)"
            let record = try ImageRecord(parsing: File.contents(of: path, limit: 1 << 20), name: path)
            // An image is written last and removed first, so a layer that is missing was removed by hand.
            guard record.layers.allSatisfy({ layers[$0] != nil }), File.exists(layout.content(record.id)) else {
                logger.warning("image \(record.id) lacks a layer or its configuration and is dropped")
                try layout.remove(path)
                continue
            }
            let bytes = try File.contents(of: layout.content(record.id), limit: ImageConfiguration.maximumBytes)
            configurations[record.id] = (bytes, try ImageConfiguration(parsing: bytes))
            images[record.id] = record
        }
        if File.exists(layout.references) {
            names = try ReferenceTable(
                parsing: File.contents(of: layout.references, limit: 256 << 20), name: layout.references)
        }
        var kept = names
        for (reference, id) in names.all where images[id] == nil { _ = kept.remove(reference) }
        if kept.all.count != names.all.count { try write(kept) }
        try await collect()
    }

    /// Removes layers and content that no image, container or work in progress holds on to.
    ///
    /// - Returns: the layers that went, uppermost first.
    @discardableResult
    func collect() async throws -> [LayerRecord] {
        let uses = await containers()
        // No suspension from here to the renames: what is decided stays true.
        var kept = Set(pins.keys)
        for record in images.values { kept.formUnion(record.layers) }
        for use in uses {
            var next = use.topLayer
            while let chainID = next, kept.insert(chainID).inserted { next = layers[chainID]?.parent }
        }
        for chainID in kept {
            var next = layers[chainID]?.parent
            while let parent = next, kept.insert(parent).inserted { next = layers[parent]?.parent }
        }
        let gone = uppermostFirst(layers.values.filter { !kept.contains($0.chainID) })
        var aside: [String] = []
        for layer in gone {
            aside.append(try layout.discard(layout.layer(layer.chainID)))
            layers[layer.chainID] = nil
        }
        hasGarbage = !pins.isEmpty || !jobs.isEmpty
        if !hasGarbage { aside += try discardContent() }
        try await workers.files.run { [layout, aside] in for path in aside { try layout.remove(path) } }
        return gone
    }

    private func uppermostFirst(_ list: [LayerRecord]) -> [LayerRecord] {
        func depth(_ layer: LayerRecord) -> Int {
            var count = 0
            var next = layer.parent
            while let parent = next, count < 1024 {
                count += 1
                next = layers[parent]?.parent
            }
            return count
        }
        return list.map { ($0, depth($0)) }.sorted { $0.1 > $1.1 }.map(\.0)
    }

    private func discardContent() throws -> [String] {
        var kept: Set<Digest> = Set(layers.values.map(\.blob))
        for record in images.values {
            kept.insert(record.id)
            kept.formUnion(record.documents)
        }
        var aside: [String] = []
        for algorithm in ["sha256", "sha512"] {
            for name in try layout.names(in: "content/\(algorithm)")
            where !kept.contains(where: { $0.algorithm.rawValue == algorithm && $0.hexadecimal == name }) {
                aside.append(try layout.discard("\(layout.root)/content/\(algorithm)/\(name)"))
            }
        }
        return aside
    }
}
