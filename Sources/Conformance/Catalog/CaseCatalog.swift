import Scenario

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// All scenarios of a folder.
public struct CaseCatalog: Sendable {
    /// The folder.
    public let folder: String
    /// The scenarios, sorted by id.
    public let documents: [ScenarioDocument]
    /// The faults of files that are no scenarios, in the order of the files.
    public let faults: [ScenarioError]

    /// Reads every `.md` file below the folder but `README.md`.
    ///
    /// - Throws: `CatalogError` where the folder or a file cannot be read. Malformed scenarios are `faults`.
    public init(reading folder: String) throws(CatalogError) {
        var documents: [ScenarioDocument] = []
        var faults: [ScenarioError] = []
        for path in try ScenarioFolder.files(in: folder) {
            let file = "\(folder)/\(path)"
            let text: String
            do {
                text = try String(contentsOfFile: file, encoding: .utf8)
            } catch {
                throw CatalogError(description: "cannot read \(file): \(error)")
            }
            do {
                documents.append(
                    try ScenarioDocument.parse(text, file: file, expectedID: ScenarioDocument.id(forPath: path)))
            } catch {
                faults += error.errors
            }
        }
        self.folder = folder
        self.documents = documents.sorted { $0.id < $1.id }
        self.faults = faults
    }

    /// A catalogue of scenarios that were parsed elsewhere.
    public init(folder: String, documents: [ScenarioDocument]) {
        self.folder = folder
        self.documents = documents
        faults = []
    }

    /// The scenario of that id.
    ///
    /// - Throws: `CatalogError` with the nearest id.
    public func document(id: String) throws(CatalogError) -> ScenarioDocument {
        guard let document = documents.first(where: { $0.id == id }) else { throw unknown(id) }
        return document
    }

    func unknown(_ id: String) -> CatalogError {
        let hint = Nearest.word(to: id, in: documents.map(\.id)).map { " Did you mean \($0)?" } ?? ""
        return CatalogError(description: "there is no case \(id).\(hint) `drydock scenarios list` shows all.")
    }
}

/// Which cases a person asks for.
public struct CaseSelection: Sendable {
    /// Ids, prefixes of ids, or globs; all cases where empty.
    public var patterns: [String]
    /// Only cases with one of these tags.
    public var tags: [String]
    /// Only cases of one of these areas.
    public var areas: [String]
    /// Only cases of one of these levels.
    public var levels: [String]

    /// A selection; empty lists select everything.
    public init(patterns: [String] = [], tags: [String] = [], areas: [String] = [], levels: [String] = []) {
        self.patterns = patterns
        self.tags = tags
        self.areas = areas
        self.levels = levels
    }

    /// The selected scenarios, sorted by id.
    ///
    /// - Throws: `CatalogError` for a pattern, tag or area that selects nothing.
    public func select(from catalog: CaseCatalog) throws(CatalogError) -> [ScenarioDocument] {
        for pattern in patterns where !catalog.documents.contains(where: { Glob(pattern).matches($0.id) }) {
            if Glob(pattern).isWild { throw CatalogError(description: "no case matches \(pattern)") }
            throw catalog.unknown(pattern)
        }
        try known(tags, "tag", Set(catalog.documents.flatMap(\.frontMatter.tags)))
        try known(areas, "area", Set(catalog.documents.map(\.area)))
        try known(levels, "level", Set(FrontMatter.Level.allCases.map(\.rawValue)))
        let globs = patterns.map(Glob.init)
        return catalog.documents.filter { document in
            (globs.isEmpty || globs.contains { $0.matches(document.id) })
                && (tags.isEmpty || !Set(tags).isDisjoint(with: document.frontMatter.tags))
                && (areas.isEmpty || areas.contains(document.area))
                && (levels.isEmpty || levels.contains(document.frontMatter.level.rawValue))
        }
    }

    private func known(_ words: [String], _ kind: String, _ all: Set<String>) throws(CatalogError) {
        for word in words where !all.contains(word) {
            let list = all.sorted().joined(separator: ", ")
            throw CatalogError(description: "no case has the \(kind) \(word). There are: \(list).")
        }
    }
}

extension JudgedCase {
    /// The parts of a scenario that reports show.
    public init(_ document: ScenarioDocument) {
        self.init(
            id: document.id, title: document.frontMatter.title, level: document.frontMatter.level.rawValue,
            file: document.file)
    }
}
