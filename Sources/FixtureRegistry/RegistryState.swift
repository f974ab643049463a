import FixtureImages
import OCI
import Synchronization

/// Everything the registry remembers between requests, each part of it bounded.
final class RegistryState: Sendable {
    static let maximumCases = 20_000
    static let maximumLogEntries = 10_000
    static let maximumTokens = 10_000
    static let maximumPushedBytes = 512 << 20
    static let maximumUploads = 256

    struct CaseState: Sendable {
        var log: [LoggedRequest] = []
        /// Which variant a fixture's tag stands for, by `NAME:TAG`.
        var variants: [String: Int] = [:]
        /// Manifests and configurations made for the case or pushed by it.
        var manifests: [Digest: Document] = [:]
        var blobs: [Digest: [UInt8]] = [:]
        /// Pushed tags by repository and tag.
        var tags: [String: [String: Digest]] = [:]
        var wasUnavailable: Set<String> = []
    }

    private struct Content: Sendable {
        var cases: [String: CaseState] = [:]
        var uploads: [String: [UInt8]] = [:]
        var pushedBytes = 0
        var tokens: [String: String] = [:]
    }

    private let content = Mutex(Content())

    func withCase<Result: Sendable>(_ name: String, _ body: @Sendable (inout CaseState) -> Result) -> Result {
        content.withLock { content in
            // A registry nobody cleans up after forgets everything rather than growing for good.
            if content.cases[name] == nil, content.cases.count >= Self.maximumCases { content.cases = [:] }
            return body(&content.cases[name, default: CaseState()])
        }
    }

    func log(_ request: LoggedRequest, case name: String) {
        withCase(name) { state in
            if state.log.count >= Self.maximumLogEntries { state.log.removeFirst(state.log.count / 2) }
            state.log.append(request)
        }
    }

    func requests(case name: String) -> [LoggedRequest] { content.withLock { $0.cases[name]?.log ?? [] } }

    func forget(case name: String) { content.withLock { $0.cases[name] = nil } }

    func addToken(_ token: String, repository: String) {
        content.withLock { content in
            if content.tokens.count >= Self.maximumTokens { content.tokens = [:] }
            content.tokens[token] = repository
        }
    }

    /// The repository a token is good for; nil where there is no such token.
    func repository(ofToken token: String) -> String? { content.withLock { $0.tokens[token] } }

    func beginUpload(_ id: String) -> Bool {
        content.withLock { content in
            guard content.uploads.count < Self.maximumUploads else { return false }
            content.uploads[id] = []
            return true
        }
    }

    enum Appended: Sendable { case unknown, tooLarge, count(Int) }

    func append(_ bytes: [UInt8], toUpload id: String) -> Appended {
        content.withLock { content in
            guard content.uploads[id] != nil else { return .unknown }
            guard content.pushedBytes + bytes.count <= Self.maximumPushedBytes else { return .tooLarge }
            content.pushedBytes += bytes.count
            content.uploads[id, default: []] += bytes
            return .count(content.uploads[id]?.count ?? 0)
        }
    }

    func uploadedCount(_ id: String) -> Int? { content.withLock { $0.uploads[id]?.count } }

    func endUpload(_ id: String) -> [UInt8]? { content.withLock { $0.uploads.removeValue(forKey: id) } }
}
