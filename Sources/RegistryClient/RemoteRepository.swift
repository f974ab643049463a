import DockerAPI
import NIOCore
import NIOHTTP1
import OCI
import RawJSON
import Synchronization

/// One repository of a registry, as one pull sees it.
public final class RemoteRepository: Sendable {
    /// The reference it was made from, with its tag.
    public let reference: ImageReference
    private let client: RegistryClient
    private let callers: [RegistryCaller]
    private let chosen = Mutex<Int?>(nil)

    init(reference: ImageReference, credentials: RegistryCredentials?, client: RegistryClient) {
        self.reference = reference
        self.client = client
        callers = RegistryEndpoint.candidates(for: reference.domain, configuration: client.configuration).map {
            endpoint in
            RegistryCaller(
                endpoint: endpoint,
                authorizer: Authorizer(
                    transport: client.transport, configuration: client.configuration,
                    // A mirror is another host: it never sees the credentials for Docker Hub.
                    credentials: endpoint.isMirror ? nil : credentials,
                    scope: "repository:\(reference.path):pull"),
                transport: client.transport, configuration: client.configuration)
        }
    }

    /// Finds the manifest for a platform.
    ///
    /// - Parameters:
    ///   - platform: what to choose from an index; nil is the host's.
    ///   - known: documents that need not be fetched again, by digest.
    ///   - found: told when the registry has something under the reference, whatever comes of it.
    /// - Throws: `RegistryError`, worded as docker words it.
    public func resolve(
        platform: Platform?, known: @Sendable (Digest) -> Document? = { _ in nil }, found: @Sendable () -> Void = {}
    ) async throws(RegistryError) -> ResolvedImage {
        let target = try await target(known: known)
        found()
        switch target.content {
        case .manifest(let manifest):
            return ResolvedImage(target: target, manifestDocument: target, manifest: manifest)
        case .index(let index):
            let descriptor = try PlatformChoice(platform ?? .host).choose(from: index)
            let document = try await document(descriptor, known: known)
            guard case .manifest(let manifest) = document.content else {
                throw RegistryError(
                    .unsupported, "index \(target.digest) leads to another index, which is not followed")
            }
            return ResolvedImage(target: target, manifestDocument: document, manifest: manifest)
        }
    }

    /// What `GET /distribution/{name}/json` tells of the reference.
    public func describe() async throws(RegistryError) -> RemoteDescription {
        let target = try await target(known: { _ in nil })
        switch target.content {
        case .index(let index):
            return RemoteDescription(descriptor: target.descriptor, platforms: index.manifests.compactMap(\.platform))
        case .manifest(let manifest):
            let bytes = try await bytes(manifest.config, limit: ImageConfiguration.maximumBytes)
            do {
                let configuration = try ImageConfiguration(parsing: bytes)
                return RemoteDescription(descriptor: target.descriptor, platforms: [configuration.platform])
            } catch {
                throw RegistryError(.corrupt, error.message)
            }
        }
    }

    /// A small blob as a whole, verified.
    public func bytes(_ descriptor: Descriptor, limit: Int) async throws(RegistryError) -> [UInt8] {
        guard descriptor.size <= Int64(limit) else {
            throw RegistryError(
                .tooLarge, "blob \(descriptor.digest) has \(descriptor.size) bytes; at most \(limit) are read")
        }
        let collected = Mutex<[UInt8]>([])
        do {
            try await blob(descriptor) { piece in
                collected.withLock { $0.append(contentsOf: piece.readableBytesView) }
            }
        } catch {
            throw TransportFailure.describe(error, during: "blob \(descriptor.digest)")
        }
        return collected.withLock { $0 }
    }

    /// Streams a blob: in order, each byte once, across lost connections; size and digest are checked before it
    /// returns, so what was consumed must not be trusted earlier.
    ///
    /// - Throws: `RegistryError`, or what `consume` throws.
    public func blob(
        _ descriptor: Descriptor, onRetry: @escaping @Sendable (RetryNotice) -> Void = { _ in },
        consume: @escaping @Sendable (ByteBuffer) async throws -> Void
    ) async throws {
        let caller = try await chosenCaller()
        let title = "blob \(descriptor.digest)"
        try await withDeadline(client.configuration.blobDeadline, title) { [path = reference.path] in
            var download = BlobDownload(descriptor: descriptor, caller: caller, path: path)
            try await download.run(onRetry: onRetry, consume: consume)
        }
    }

    private static let manifestTypes: [String] = [
        MediaType.imageIndex, .dockerManifestList, .imageManifest, .dockerManifest,
    ].map(\.rawValue)

    private func target(known: (Digest) -> Document?) async throws(RegistryError) -> Document {
        if let text = reference.digest {
            let digest: Digest
            do { digest = try Digest(parsing: text) } catch { throw RegistryError(.refused, error.message) }
            if let document = known(digest) { return document }
            return try await firstAnswer { caller throws(RegistryError) in
                try await fetch(digest.description, from: caller, expected: digest)
            }
        }
        let tag = reference.tag ?? ImageReference.defaultTag
        return try await firstAnswer { caller throws(RegistryError) in
            // Docker Hub counts GET but not HEAD against its limits.
            if let digest = try await head(tag, caller) {
                if let document = known(digest) { return document }
                return try await fetch(digest.description, from: caller, expected: digest)
            }
            return try await fetch(tag, from: caller, expected: nil)
        }
    }

    private func head(_ tag: String, _ caller: RegistryCaller) async throws(RegistryError) -> Digest? {
        do {
            let answer = try await caller.document(
                method: .HEAD, path: "\(reference.path)/manifests/\(tag)", accept: Self.manifestTypes, limit: 0)
            // A header that is no digest is as good as none: the document itself is hashed.
            return answer.headers.first(name: "Docker-Content-Digest").flatMap { try? Digest(parsing: $0) }
        } catch {
            guard error.status != nil, !error.isTransient else { throw error }
            // The answer to HEAD has no body; GET tells the reason.
            return nil
        }
    }

    private func document(_ descriptor: Descriptor, known: (Digest) -> Document?) async throws(RegistryError)
        -> Document
    {
        if let document = known(descriptor.digest) { return document }
        let caller = try await chosenCaller()
        return try await fetch(descriptor.digest.description, from: caller, expected: descriptor.digest)
    }

    private func fetch(_ name: String, from caller: RegistryCaller, expected: Digest?) async throws(RegistryError)
        -> Document
    {
        let answer: RegistryCaller.Answer
        do {
            answer = try await caller.document(
                path: "\(reference.path)/manifests/\(name)", accept: Self.manifestTypes, limit: Document.maximumBytes)
        } catch {
            throw RegistryAnswer.pullFailure(error, fault: error.fault, reference: reference)
        }
        if let expected {
            guard expected.matches(answer.body) else {
                throw RegistryError(.corrupt, "manifest verification failed for digest \(expected)")
            }
        }
        let type = answer.headers.first(name: "Content-Type").map { header in
            MediaType(rawValue: String(header.prefix { $0 != ";" && $0 != " " }))
        }
        if let type, Self.isSchema1(type) { throw schema1() }
        if let type, !type.isIndex, !type.isManifest, !Self.vagueTypes.contains(type.rawValue) {
            throw RegistryError(.corrupt, "unsupported manifest media type and no default available: \(type)")
        }
        do {
            return try Document(
                parsing: answer.body, mediaType: type.flatMap { $0.isIndex || $0.isManifest ? $0 : nil })
        } catch {
            if error.code == .unsupported, Self.isSchema1(answer.body) { throw schema1() }
            throw RegistryError(error.code == .unsupported ? .unsupported : .corrupt, error.message)
        }
    }

    /// What servers of plain files say of a manifest, whose own `mediaType` then tells what it is.
    private static let vagueTypes: Set<String> = ["", "application/json", "application/octet-stream", "text/plain"]

    /// The endpoint that answered before, else the first that does.
    private func chosenCaller() async throws(RegistryError) -> RegistryCaller {
        if let index = chosen.withLock({ $0 }) { return callers[index] }
        return try await firstAnswer { caller throws(RegistryError) in caller }
    }

    /// Asks one endpoint after the other; a later one only where an earlier one was out of reach or is a mirror.
    private func firstAnswer<Value>(
        _ ask: (RegistryCaller) async throws(RegistryError) -> Value
    ) async throws(RegistryError) -> Value {
        var failure = RegistryError(.unreachable, "no registry to ask for \(reference.familiar)")
        for (index, caller) in callers.enumerated() {
            do {
                if chosen.withLock({ $0 }) != index { try await caller.ping() }
                let value = try await ask(caller)
                chosen.withLock { $0 = index }
                return value
            } catch {
                failure = error
                guard error.code != .cancelled, caller.endpoint.isMirror || error.code == .unreachable else {
                    throw error
                }
            }
        }
        throw failure
    }

    private static func isSchema1(_ type: MediaType) -> Bool {
        type.rawValue.hasPrefix("application/vnd.docker.distribution.manifest.v1+")
    }

    private static func isSchema1(_ body: [UInt8]) -> Bool {
        // Unreadable bytes are no schema 1; the caller tells what is wrong with them.
        (try? JSONValue.parse(body))?["schemaVersion"]?.int64 == 1
    }

    private func schema1() -> RegistryError {
        RegistryError(
            .unsupported,
            "Docker Image Format v1 and Docker Image manifest version 2, schema 1 support has been removed. Suggest the "
                + "author of \(reference) to upgrade the image to the OCI Format or Docker Image manifest v2, schema 2. "
                + "More information at https://docs.docker.com/go/deprecated-image-specs/")
    }
}
