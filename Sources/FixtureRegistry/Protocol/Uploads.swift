#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import OCI

/// Pushing: uploads of blobs in one or several requests, and manifests (distribution-spec, Push).
struct Uploads: Sendable {
    let images: CaseImages
    let state: RegistryState

    func answer(_ request: Responder.Request, _ target: RequestTarget) -> RegistryResponse {
        switch (target.kind, request.method) {
        case (.newUpload, "POST"): return start(request, target)
        case (.upload(let id), "PATCH"): return append(request, target, id)
        case (.upload(let id), "PUT"): return finish(request, target, id)
        case (.upload(let id), "GET"):
            guard let count = state.uploadedCount(id) else {
                return .error(404, .uploadUnknown, "upload \(id) is unknown")
            }
            return progress(204, target, id, count)
        case (.upload(let id), "DELETE"):
            guard state.endUpload(id) != nil else { return .error(404, .uploadUnknown, "upload \(id) is unknown") }
            return RegistryResponse(204)
        default: return .error(405, .unsupported, "\(request.method) is not allowed on an upload")
        }
    }

    private func start(_ request: Responder.Request, _ target: RequestTarget) -> RegistryResponse {
        if let mount = target.query["mount"] {
            do {
                let digest = try Digest(parsing: mount)
                if try images.blob(digest, target) != nil { return created(target, digest) }
            } catch {
                return .error(400, .digestInvalid, "\(error)")
            }
        }
        let id = UUID().uuidString.lowercased()
        guard state.beginUpload(id) else {
            return .error(429, .tooManyRequests, "\(RegistryState.maximumUploads) uploads are open already")
        }
        return target.query["digest"] == nil ? progress(202, target, id, 0) : finish(request, target, id)
    }

    private func append(_ request: Responder.Request, _ target: RequestTarget, _ id: String) -> RegistryResponse {
        if let range = request.header("content-range"),
            let start = range.split(separator: "-").first.flatMap({ Int($0) }),
            let count = state.uploadedCount(id), start != count
        {
            return .error(416, .uploadInvalid, "the upload has \(count) bytes, and the range starts at \(start)")
        }
        switch state.append(request.body, toUpload: id) {
        case .unknown: return .error(404, .uploadUnknown, "upload \(id) is unknown")
        case .tooLarge:
            return .error(
                413, .sizeInvalid, "the fixture registry keeps \(RegistryState.maximumPushedBytes) bytes at most")
        case .count(let count): return progress(202, target, id, count)
        }
    }

    private func finish(_ request: Responder.Request, _ target: RequestTarget, _ id: String) -> RegistryResponse {
        if !request.body.isEmpty {
            let appended = append(request, target, id)
            guard appended.status == 202 else { return appended }
        }
        guard let bytes = state.endUpload(id) else { return .error(404, .uploadUnknown, "upload \(id) is unknown") }
        let digest: Digest
        do { digest = try Digest(parsing: target.query["digest"] ?? "") } catch {
            return .error(400, .digestInvalid, error.message)
        }
        guard digest.algorithm == .sha256, Digest.sha256(of: bytes) == digest else {
            return .error(400, .digestInvalid, "the content's digest is \(Digest.sha256(of: bytes))")
        }
        state.withCase(target.case) { $0.blobs[digest] = bytes }
        return created(target, digest)
    }

    private func created(_ target: RequestTarget, _ digest: Digest) -> RegistryResponse {
        RegistryResponse(
            201,
            headers: [
                ("Location", "/v2/\(target.repository)/blobs/\(digest)"), ("Docker-Content-Digest", digest.description),
            ])
    }

    private func progress(_ status: Int, _ target: RequestTarget, _ id: String, _ count: Int) -> RegistryResponse {
        RegistryResponse(
            status,
            headers: [
                ("Location", "/v2/\(target.repository)/blobs/uploads/\(id)"), ("Docker-Upload-UUID", id),
                ("Range", "0-\(max(0, count - 1))"),
            ])
    }

    func putManifest(_ reference: String, _ request: Responder.Request, _ target: RequestTarget) -> RegistryResponse {
        let document: Document
        do {
            document = try Document(
                parsing: request.body, mediaType: request.header("content-type").map(MediaType.init(rawValue:)))
            if case .manifest(let manifest) = document.content {
                for descriptor in [manifest.config] + manifest.layers
                where try images.blob(descriptor.digest, target) == nil {
                    return .error(400, .manifestBlobUnknown, "blob \(descriptor.digest) of the manifest was not pushed")
                }
            }
        } catch {
            return .error(400, .manifestInvalid, "\(error)")
        }
        if reference.contains(":"), reference != document.digest.description {
            return .error(400, .digestInvalid, "the manifest's digest is \(document.digest)")
        }
        state.withCase(target.case) { state in
            state.manifests[document.digest] = document
            if !reference.contains(":") { state.tags[target.repository, default: [:]][reference] = document.digest }
        }
        return RegistryResponse(
            201,
            headers: [
                ("Location", "/v2/\(target.repository)/manifests/\(document.digest)"),
                ("Docker-Content-Digest", document.digest.description),
            ])
    }

    func deleteManifest(_ reference: String, _ target: RequestTarget) -> RegistryResponse {
        let existed = state.withCase(target.case) { state in
            if state.tags[target.repository]?.removeValue(forKey: reference) != nil { return true }
            guard let digest = state.manifests.keys.first(where: { $0.description == reference }) else { return false }
            return state.manifests.removeValue(forKey: digest) != nil
        }
        return existed ? RegistryResponse(202) : .error(404, .manifestUnknown, "manifest unknown: \(reference)")
    }
}
