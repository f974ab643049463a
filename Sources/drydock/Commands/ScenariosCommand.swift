import ArgumentParser
import Conformance

/// `drydock scenarios`.
struct ScenariosCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scenarios",
        abstract: "What the suite holds, as text, Markdown or JSON.",
        subcommands: [List.self, Show.self, Catalog.self, Coverage.self, Results.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "All cases, or those selected, one a line.")
        @OptionGroup var selection: SelectionOptions
        @OptionGroup var folder: FolderOptions
        @Flag(help: "An array of objects with id, title, level, since, until, covers, needs, tags, file.")
        var json = false

        func run() throws {
            try reporting {
                let documents = try selection.selection.select(from: try folder.catalog())
                Console.output(json ? CatalogText.json(documents) : CatalogText.list(documents))
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "The manual page behind a verdict, with its sources.")
        @Argument(help: "The id of a case.") var id: String
        @OptionGroup var folder: FolderOptions

        func run() throws {
            try reporting { Console.output(CatalogText.page(try folder.catalog().document(id: id))) }
        }
    }

    struct Catalog: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "catalog", abstract: "All cases as one Markdown page.")
        @OptionGroup var folder: FolderOptions

        func run() throws {
            try reporting { Console.output(CatalogText.markdown(try folder.catalog())) }
        }
    }

    struct Coverage: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "coverage",
            abstract: "Which operations of the Engine API are covered by how many cases.")
        @OptionGroup var folder: FolderOptions
        @Flag(help: "An array of objects with operation, since, until, cases.") var json = false

        func run() throws {
            try reporting {
                let catalog = try folder.catalog()
                Console.output(json ? CoverageText.json(catalog) : CoverageText.text(catalog))
            }
        }
    }

    struct Results: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "results",
            abstract: "Several runs side by side as one Markdown page, from their NDJSON reports.")
        @Argument(help: ArgumentHelp("Files that `check --report ndjson=FILE` wrote.", valueName: "file")) var files:
            [String]

        func run() throws {
            try reporting { Console.output(try SideBySide(files: files).markdown()) }
        }
    }
}

/// Runs the body; what it throws is said in one sentence, and the exit code is the harness's own.
func reporting(_ body: () throws -> Void) throws {
    do {
        try body()
    } catch {
        AsyncRunner.complain("\(error)")
        throw ExitCode(CheckExit.harness.rawValue)
    }
}
