#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Why the catalogue cannot be used; one sentence, or one a fault.
public struct CatalogError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The sentence.
    public let description: String
}

/// Where the scenarios are.
public enum ScenarioFolder {
    /// The variable that names the folder.
    public static let variable = "DRYDOCK_SCENARIOS"
    private static let usual = "Conformance/scenarios"

    /// The folder that is named, else `Conformance/scenarios` below the current directory or one above it, else beside
    /// the executable (`../share/drydock/scenarios`, or the package it was built in).
    ///
    /// - Throws: `CatalogError` where there is none.
    public static func find(
        option: String?, environment: [String: String], currentDirectory: String, executable: String
    ) throws(CatalogError) -> String {
        if let named = option ?? environment[variable].flatMap({ $0.isEmpty ? nil : $0 }) {
            guard isDirectory(named) else {
                let origin = option == nil ? variable : "--scenarios"
                throw CatalogError(description: "there is no folder \(named), which \(origin) names")
            }
            return named
        }
        for directory in ancestors(currentDirectory) where isDirectory("\(directory)/\(usual)") {
            return directory == currentDirectory ? usual : "\(directory)/\(usual)"
        }
        let home = executable.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        if isDirectory("\(home)/../share/drydock/scenarios") { return "\(home)/../share/drydock/scenarios" }
        for directory in ancestors(home) where isDirectory("\(directory)/\(usual)") { return "\(directory)/\(usual)" }
        throw CatalogError(
            description: "no scenarios found: no folder \(usual) here or above. "
                + "Run in a checkout of Drydock, or name the folder with --scenarios or \(variable)")
    }

    private static func ancestors(_ path: String) -> [String] {
        var parts = path.split(separator: "/").map(String.init)
        var found: [String] = []
        while true {
            found.append("/" + parts.joined(separator: "/"))
            guard parts.popLast() != nil else { return found.map { $0 == "/" ? "" : $0 } }
        }
    }

    static func isDirectory(_ path: String) -> Bool {
        // The system refuses a trailing slash after anything that is no directory.
        FileManager.default.fileExists(atPath: path + "/")
    }

    /// The paths of all `.md` files below a folder, relative to it, sorted.
    static func files(in folder: String) throws(CatalogError) -> [String] {
        var found: [String] = []
        var pending = [""]
        while let directory = pending.popLast() {
            let names: [String]
            do {
                names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(directory)")
            } catch {
                throw CatalogError(description: "cannot read the folder \(folder)/\(directory): \(error)")
            }
            for name in names where !name.hasPrefix(".") {
                let path = directory.isEmpty ? name : "\(directory)/\(name)"
                if isDirectory("\(folder)/\(path)") {
                    pending.append(path)
                } else if name.hasSuffix(".md"), name != "README.md" {
                    found.append(path)
                }
            }
        }
        return found.sorted()
    }
}

extension ScenarioFolder {
    /// The folder of that name beside the folder of scenarios.
    public static func sibling(of folder: String, named name: String) -> String {
        let parts = folder.split(separator: "/", omittingEmptySubsequences: false).filter {
            !$0.isEmpty || folder.hasPrefix("/")
        }
        let parent = parts.last == "" ? parts.dropLast(2) : parts.dropLast()
        return parent.isEmpty ? name : parent.joined(separator: "/") + "/" + name
    }
}
