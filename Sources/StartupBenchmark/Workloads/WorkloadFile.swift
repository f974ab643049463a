import RawJSON
import Yams

/// A workload's file that says something which cannot be meant.
public struct WorkloadError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One sentence that names file and key.
    public let description: String
}

/// Reads `benchmarks/workloads/NAME.yaml`.
public enum WorkloadFile {
    private static let keys: Set<String> = [
        "title", "kind", "image", "command", "create", "port", "arrivals", "clients", "resident", "floor",
        "bytes", "storage", "samples", "warm-up",
    ]

    /// The workload of a file.
    ///
    /// - Parameters:
    ///   - text: the file's content.
    ///   - id: the file's name without its ending.
    public static func parse(_ text: String, id: String) throws(WorkloadError) -> Workload {
        let node: Node?
        do { node = try Yams.compose(yaml: text) } catch {
            throw WorkloadError(description: "\(id).yaml is no YAML: \(error)")
        }
        guard let mapping = node?.mapping else { throw WorkloadError(description: "\(id).yaml has no keys") }
        let reader = Reader(id: id, mapping: mapping)
        for (key, _) in mapping where !keys.contains(key.string ?? "") {
            throw reader.fault("\(key.string ?? "?")", "is no key; there are \(keys.sorted().joined(separator: ", "))")
        }
        guard let kind = Workload.Kind(rawValue: try reader.text("kind") ?? "cycle") else {
            throw reader.fault(
                "kind", "must be one of \(Workload.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard let title = try reader.text("title") else { throw reader.fault("title", "is missing") }
        let workload = Workload(
            id: id, title: title, kind: kind, image: try reader.text("image") ?? "probe",
            command: try reader.texts("command") ?? ["first"], create: try reader.object("create"),
            port: try reader.number("port"), arrivals: try reader.arrivals(),
            clients: try reader.numbers("clients") ?? [], resident: try reader.numbers("resident") ?? [],
            bytes: try reader.number("bytes"), storage: try reader.text("storage"),
            samples: try reader.number("samples"), warmUp: try reader.number("warm-up"), floor: try reader.floor())
        guard (kind == .port) == (workload.port != nil) else {
            throw reader.fault("port", "belongs to a workload of kind port, and to no other")
        }
        guard (kind == .log || kind == .logFollow) == (workload.bytes ?? 0 > 0) else {
            throw reader.fault("bytes", "belongs to a workload of kind log or log-follow, and to no other")
        }
        guard !workload.clients.contains(0), !workload.resident.contains(0) else {
            throw reader.fault("clients", "and resident are numbers from 1")
        }
        guard !workload.variants.isEmpty else {
            throw reader.fault("arrivals", "is empty, and there are neither clients nor resident")
        }
        return workload
    }

    private struct Reader {
        let id: String
        let mapping: Node.Mapping

        func fault(_ key: String, _ what: String) -> WorkloadError {
            WorkloadError(description: "\(id).yaml: \(key) \(what)")
        }

        func text(_ key: String) throws(WorkloadError) -> String? {
            guard let node = mapping[key] else { return nil }
            guard let text = node.string else { throw fault(key, "must be a text") }
            return text
        }

        func texts(_ key: String) throws(WorkloadError) -> [String]? {
            guard let node = mapping[key] else { return nil }
            let texts = node.sequence?.compactMap(\.string)
            guard let texts, texts.count == node.sequence?.count else { throw fault(key, "must be a list of texts") }
            return texts
        }

        func number(_ key: String) throws(WorkloadError) -> Int? {
            guard let node = mapping[key] else { return nil }
            guard let number = node.int, number >= 0 else { throw fault(key, "must be a number, 0 or more") }
            return number
        }

        func numbers(_ key: String) throws(WorkloadError) -> [Int]? {
            guard let node = mapping[key] else { return nil }
            let numbers = node.sequence?.compactMap(\.int).filter { $0 >= 0 }
            guard let numbers, numbers.count == node.sequence?.count else {
                throw fault(key, "must be a list of numbers, 0 or more")
            }
            return numbers
        }

        func arrivals() throws(WorkloadError) -> [Workload.Arrival] {
            guard let texts = try texts("arrivals") else { return [.closedLoop] }
            var arrivals: [Workload.Arrival] = []
            for text in texts {
                if text == "closed" {
                    arrivals.append(.closedLoop)
                } else if text.hasPrefix("spaced "), text.hasSuffix(" ms"),
                    let milliseconds = Int(text.dropFirst(7).dropLast(3))
                {
                    arrivals.append(.spaced(milliseconds: milliseconds))
                } else {
                    throw fault("arrivals", "has \"\(text)\"; there are \"closed\" and \"spaced 100 ms\"")
                }
            }
            return arrivals
        }

        func floor() throws(WorkloadError) -> Workload.Floor? {
            guard let text = try text("floor") else { return nil }
            guard let floor = Workload.Floor(rawValue: text) else {
                throw fault(
                    "floor", "must be one of \(Workload.Floor.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return floor
        }

        func object(_ key: String) throws(WorkloadError) -> JSONObject {
            guard let node = mapping[key] else { return [:] }
            guard let object = try json(node, key).object else { throw fault(key, "must be a mapping") }
            return object
        }

        private func json(_ node: Node, _ key: String) throws(WorkloadError) -> JSONValue {
            switch node {
            case .mapping(let mapping):
                var object = JSONObject()
                for (name, value) in mapping {
                    guard let name = name.string else { throw fault(key, "has a key that is no text") }
                    object[name] = try json(value, key)
                }
                return .object(object)
            case .sequence(let sequence):
                var array: [JSONValue] = []
                for element in sequence { array.append(try json(element, key)) }
                return .array(array)
            case .scalar(let scalar):
                guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
                switch scalar.string {
                case "true": return .bool(true)
                case "false": return .bool(false)
                case "null", "~", "": return .null
                default: return Int64(scalar.string).map { .number(JSONNumber($0)) } ?? .string(scalar.string)
                }
            default: throw fault(key, "has a value that is neither text nor number")
            }
        }
    }
}
