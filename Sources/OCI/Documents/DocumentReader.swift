import RawJSON

/// Typed look-ups in a JSON document whose faults say where they stand: `manifest: layers[2]: size is not a number`.
struct DocumentReader {
    let value: JSONValue
    let path: String

    static func parse(_ bytes: [UInt8], name: String, limit: Int) throws(OCIError) -> DocumentReader {
        guard bytes.count <= limit else {
            throw OCIError(.limitExceeded, "\(name) has \(bytes.count) bytes; at most \(limit) are read")
        }
        do {
            let reader = DocumentReader(value: try JSONValue.parse(bytes), path: name)
            guard reader.value.object != nil else { throw reader.fault("it is not a JSON object") }
            return reader
        } catch let error as JSONParseError {
            throw OCIError(.invalidDocument, "\(name): \(error)")
        } catch let error as OCIError {
            throw error
        } catch {
            throw OCIError(.invalidDocument, "\(name): \(error)")
        }
    }

    func fault(_ reason: String) -> OCIError { OCIError(.invalidDocument, "\(path): \(reason)") }

    private func present(_ name: String) -> JSONValue? {
        guard let member = value[name], !member.isNull else { return nil }
        return member
    }

    func optionalString(_ name: String) throws(OCIError) -> String? {
        guard let member = present(name) else { return nil }
        guard let text = member.string else { throw fault("\(name) is a JSON \(member.kind), not a string") }
        return text
    }

    func string(_ name: String) throws(OCIError) -> String {
        guard let text = try optionalString(name) else { throw fault("\(name) is missing") }
        return text
    }

    func digest(_ name: String) throws(OCIError) -> Digest {
        let text = try string(name)
        do { return try Digest(parsing: text) } catch { throw OCIError(error.code, "\(path): \(name): \(error)") }
    }

    func optionalInteger(_ name: String) throws(OCIError) -> Int64? {
        guard let member = present(name) else { return nil }
        guard let number = member.int64 else { throw fault("\(name) is not a whole number of 64 bits") }
        return number
    }

    func integer(_ name: String) throws(OCIError) -> Int64 {
        guard let number = try optionalInteger(name) else { throw fault("\(name) is missing") }
        return number
    }

    func optionalBoolean(_ name: String) throws(OCIError) -> Bool? {
        guard let member = present(name) else { return nil }
        guard let flag = member.bool else { throw fault("\(name) is not true or false") }
        return flag
    }

    func optional(_ name: String) throws(OCIError) -> DocumentReader? {
        guard let member = present(name) else { return nil }
        guard member.object != nil else { throw fault("\(name) is a JSON \(member.kind), not an object") }
        return DocumentReader(value: member, path: "\(path): \(name)")
    }

    func required(_ name: String) throws(OCIError) -> DocumentReader {
        guard let reader = try optional(name) else { throw fault("\(name) is missing") }
        return reader
    }

    func optionalList(_ name: String) throws(OCIError) -> [DocumentReader]? {
        guard let member = present(name) else { return nil }
        guard let elements = member.array else { throw fault("\(name) is a JSON \(member.kind), not an array") }
        return elements.enumerated().map { DocumentReader(value: $0.element, path: "\(path): \(name)[\($0.offset)]") }
    }

    func optionalStrings(_ name: String) throws(OCIError) -> [String]? {
        guard let list = try optionalList(name) else { return nil }
        var strings: [String] = []
        for element in list {
            guard let text = element.value.string else { throw element.fault("it is not a string") }
            strings.append(text)
        }
        return strings
    }

    /// A map of strings, in document order; empty where the member is absent or null.
    func stringMap(_ name: String) throws(OCIError) -> [(String, String)] {
        guard let reader = try optional(name), let object = reader.value.object else { return [] }
        var pairs: [(String, String)] = []
        for member in object.members {
            guard let text = member.value.string else { throw reader.fault("\(member.name) is not a string") }
            pairs.append((member.name, text))
        }
        return pairs
    }

    /// The names of a map that stands for a set, as `ExposedPorts` and `Volumes` do.
    func nameSet(_ name: String) throws(OCIError) -> [String] {
        try optional(name)?.value.object?.names ?? []
    }
}
