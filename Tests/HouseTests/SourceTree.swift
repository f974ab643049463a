import Foundation

/// The sources of this package, read as text.
struct SourceTree {
    let root: URL

    init(file: StaticString = #filePath) {
        root = URL(filePath: "\(file)").deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    /// The Swift files below a folder of the package, as paths from its root.
    func swiftFiles(in folder: String) -> [String] {
        let base = root.appending(path: folder)
        guard let walk = FileManager.default.enumerator(atPath: base.path) else { return [] }
        return walk.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.map { "\(folder)/\($0)" }.sorted()
    }

    func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root.appending(path: path).path) }

    /// The folders of `Sources` that hold Swift, each a module.
    var modules: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "Sources").path)
                .filter { !swiftFiles(in: "Sources/\($0)").isEmpty }.sorted()
        }
    }

    /// The modules that a module's files import, attributes and kinds (`@testable import struct A.B`) left out.
    func imports(of module: String) throws -> [(file: String, module: String)] {
        try swiftFiles(in: "Sources/\(module)").flatMap { file in
            try text(file).split(separator: "\n").compactMap { line -> (String, String)? in
                let words = line.split(separator: " ").map(String.init)
                guard let position = words.firstIndex(of: "import"),
                    words[..<position].allSatisfy({
                        $0.hasPrefix("@") || ["public", "package", "internal"].contains($0)
                    })
                else { return nil }
                let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
                let rest = words[(position + 1)...].drop { kinds.contains($0) }
                return rest.first.map { (file, String($0.prefix { $0 != "." })) }
            }
        }
    }

    /// Target dependencies by target, as `Package.swift` declares them, read by the package manager itself.
    func declaredDependencies() throws -> [String: Set<String>] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        // A scratch path of its own: the build that runs this test holds the lock of the usual one.
        let scratch = FileManager.default.temporaryDirectory.appending(path: "drydock-house-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        process.arguments = [
            "swift", "package", "--package-path", root.path, "--scratch-path", scratch.path, "dump-package",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode(Dump.self, from: data).targets.reduce(into: [:]) { table, target in
            table[target.name] = Set(target.dependencies.flatMap(\.names))
        }
    }

    private struct Dump: Decodable {
        struct Target: Decodable {
            let name: String
            let dependencies: [Dependency]
        }
        /// `{"byName": ["X", null]}`, `{"target": …}` or `{"product": ["X", "package", …]}`.
        struct Dependency: Decodable {
            let names: [String]
            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                let table = try container.decode([String: [Element]].self)
                names = table.values.compactMap { $0.first?.text }
            }
        }
        struct Element: Decodable {
            let text: String?
            init(from decoder: any Decoder) throws {
                text = try? decoder.singleValueContainer().decode(String.self)
            }
        }
        let targets: [Target]
    }
}
