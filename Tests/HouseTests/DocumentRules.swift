import Foundation
import Testing

/// Goal: the pages a newcomer reads warn of what is dangerous and name what is there. Method: read them beside the tree.
@Suite struct DocumentRules {
    let tree = SourceTree()

    /// Whoever may use the API may have a privileged container, and with it the host.
    @Test(arguments: ["README.md", "Sources/drydock/Commands/DaemonCommand.swift"])
    func whoReachesTheSocketIsRoot(document: String) throws {
        let text = try tree.text(document).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            text.contains(/reaches (its|the) socket is root/),
            "\(document) does not warn of what access to the API means")
    }

    @Test(arguments: ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "benchmarks/README.md"])
    func targetsOfMakeAreThere(document: String) throws {
        let targets = try Set(
            tree.text("Makefile").split(separator: "\n").compactMap { line in
                line.first?.isLetter == true ? line.split(separator: ":").first.map(String.init) : nil
            })
        let named = try tree.text(document).matches(of: /(?:`|\n[$#] )make ([a-z]+)/).map { String($0.output.1) }
        for name in named { #expect(targets.contains(name), "\(document) names make \(name), which is not there") }
    }

    @Test(arguments: ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"])
    func pathsAreThere(document: String) throws {
        let roots = /`((?:Sources|Tests|Conformance|benchmarks|scripts)\/[A-Za-z0-9_.+\/-]+)`/
        for match in try tree.text(document).matches(of: roots) {
            let path = String(match.output.1)
            #expect(tree.exists(path), "\(document) names \(path), which is not there")
        }
    }
}
