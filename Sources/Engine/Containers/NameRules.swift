/// docker's rule for names: `[a-zA-Z0-9][a-zA-Z0-9_.-]+`.
enum NameRules {
    /// Whether a text is a name of a container or volume.
    static func isValid(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard bytes.count > 1, let first = bytes.first, isAlphanumeric(first) else { return false }
        return bytes.allSatisfy { isAlphanumeric($0) || "_.-".utf8.contains($0) }
    }

    /// A container's name without its slash.
    ///
    /// - Throws: `invalidArgument`, quoting the name as it was given.
    static func containerName(_ text: String) throws(EngineError) -> String {
        let name = text.hasPrefix("/") ? String(text.dropFirst()) : text
        guard isValid(name) else {
            throw EngineError(
                .invalidArgument,
                "Invalid container name (\(text)), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")
        }
        return name
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
