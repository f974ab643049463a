#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The forms in which a run can be reported, and where each goes.
public struct ReportRequest: Sendable, Hashable {
    /// A form of report.
    public enum Kind: String, Sendable, CaseIterable {
        /// One JSON object a line and case, a summary object last.
        case ndjson
        /// JUnit XML, as CI servers read it.
        case junit
        /// Test Anything Protocol, version 14.
        case tap
        /// A Markdown summary with a table of areas.
        case markdown
    }

    /// The form.
    public var kind: Kind
    /// The file, or `-` for standard output.
    public var path: String

    /// A report of this form into that file.
    public init(kind: Kind, path: String) {
        self.kind = kind
        self.path = path
    }

    /// The request that `KIND=FILE` writes.
    ///
    /// - Throws: `ReportError` for a missing `=` or an unknown kind.
    public init(parsing text: String) throws(ReportError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[1].isEmpty else {
            throw ReportError(description: "--report takes KIND=FILE, e.g. junit=report.xml or tap=-; got \(text)")
        }
        guard let kind = Kind(rawValue: parts[0]) else {
            let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw ReportError(description: "there is no report of kind \(parts[0]). Known: \(known).")
        }
        self.kind = kind
        path = parts[1]
    }
}

/// Why a report cannot be written; one sentence.
public struct ReportError: Error, CustomStringConvertible {
    /// The sentence.
    public let description: String
}

/// A report being written while a run goes on. Not shared between tasks.
protocol Report: AnyObject {
    func begin(_ run: RunDescription) throws
    func add(_ result: CaseResult) throws
    func end(_ summary: RunSummary) throws
}

/// A report that is one document, written when all results are known.
final class WholeReport: Report {
    typealias Document = (_ run: RunDescription, _ results: [CaseResult], _ summary: RunSummary) -> String

    private let output: ReportOutput
    private let document: Document
    private var run: RunDescription?
    private var results: [CaseResult] = []

    init(output: ReportOutput, document: @escaping Document) {
        self.output = output
        self.document = document
    }

    func begin(_ run: RunDescription) { self.run = run }

    func add(_ result: CaseResult) { results.append(result) }

    func end(_ summary: RunSummary) throws {
        guard let run else { return }
        try output.write(document(run, results, summary))
    }
}

/// Where a report's text goes: a file that is made with its directories, or standard output.
final class ReportOutput {
    private let handle: FileStream
    private let path: String

    init(path: String) throws(ReportError) {
        self.path = path
        if path == "-" {
            handle = FileStream.standardOutput
            return
        }
        let directory = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        do {
            if !directory.isEmpty {
                try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            }
            handle = try FileStream(creating: path)
        } catch {
            throw ReportError(description: "cannot write the report \(path): \(error)")
        }
    }

    func write(_ text: String) throws(ReportError) {
        do {
            try handle.write(Array(text.utf8))
        } catch {
            throw ReportError(description: "cannot write the report \(path): \(error)")
        }
    }
}

extension ReportRequest {
    func open() throws(ReportError) -> any Report {
        let output = try ReportOutput(path: path)
        return switch kind {
        case .ndjson: NDJSONReport(output: output)
        case .junit: WholeReport(output: output, document: JUnitReport.document)
        case .tap: TAPReport(output: output)
        case .markdown: WholeReport(output: output, document: MarkdownReport.document)
        }
    }
}
