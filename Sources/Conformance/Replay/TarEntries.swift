import OCI
import Scenario

/// Archives between scenarios and bytes.
enum TarEntries {
    /// The entries of an archive, as patterns compare them.
    static func read(_ bytes: [UInt8]) throws -> [TarEntrySummary] {
        try TarArchive(parsing: bytes).members.map { member in
            TarEntrySummary(
                path: member.entry.path, kind: kind(member.entry), mode: member.entry.mode, uid: member.entry.uid,
                gid: member.entry.gid, content: member.content)
        }
    }

    private static func kind(_ entry: TarEntry) -> TarEntrySummary.Kind {
        switch entry.kind {
        case .file: .file
        case .directory: .directory
        case .symbolicLink(let target): .symbolicLink(target)
        case .hardLink(let target): .hardLink(target)
        default: .other
        }
    }
}

extension CaseReplay {
    /// The archive that a `tar` block describes.
    func tarBytes(_ step: TarStep) throws -> [UInt8] {
        var members: [TarArchive.Member] = []
        for template in step.entries {
            var content: [UInt8] = []
            let kind: TarEntry.Kind
            switch template.kind {
            case .file(let text):
                content = Array(try expand(text).utf8)
                kind = .file
            case .directory: kind = .directory
            case .symbolicLink(let target): kind = .symbolicLink(target: target)
            case .hardLink(let target): kind = .hardLink(target: target)
            }
            let entry = TarEntry(
                path: try expand(template.path), kind: kind, mode: template.mode, uid: template.uid, gid: template.gid,
                modificationTime: template.modified, size: Int64(content.count))
            members.append(TarArchive.Member(entry, content: content))
        }
        do {
            return try TarArchive(members: members).bytes()
        } catch {
            throw ReplayStop.fault("\(document.label(line: step.line)): \(error)")
        }
    }
}
