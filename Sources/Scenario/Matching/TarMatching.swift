extension TarPattern {
    /// Matches the entries of an archive, in their order.
    public func match(_ entries: [TarEntrySummary], variables: Variables) -> MatchResult {
        let sequence = items.map { item -> SequenceMatching.Item<TarEntryPattern> in
            if case .entry(let entry) = item { .pattern(entry) } else { .gap }
        }
        var captures: [String: String] = [:]
        do {
            _ = try SequenceMatching.match(sequence, elementCount: entries.count) { pattern, index in
                let result = pattern.match(entries[index], variables: variables.adding(captures))
                captures.merge(result.captures) { $1 }
                return result.isMatch
            }
            return MatchResult(captures: captures)
        } catch {
            return MatchResult(mismatches: mismatches(error, sequence, entries, variables.adding(captures)))
        }
    }

    private func mismatches(
        _ failure: SequenceMatching.Failure, _ sequence: [SequenceMatching.Item<TarEntryPattern>],
        _ entries: [TarEntrySummary], _ variables: Variables
    ) -> [Mismatch] {
        switch failure {
        case .leftOver(let index):
            return [
                Mismatch(
                    line: line, location: "tar", expected: "no further entry", got: Excerpt.quoted(entries[index].path))
            ]
        case .pattern(let item, let index):
            guard case .pattern(let pattern) = sequence[item] else { return [] }
            if let index { return pattern.match(entries[index], variables: variables).mismatches }
            let paths = Excerpt.bounded(entries.map(\.path).joined(separator: ", "))
            return [
                Mismatch(
                    line: pattern.line, location: "tar", expected: "an entry \(pattern.path.source)",
                    got: entries.isEmpty ? "no entries" : "entries \(paths)")
            ]
        }
    }
}

extension TarEntryPattern {
    fileprivate func match(_ entry: TarEntrySummary, variables: Variables) -> MatchResult {
        var result = MatchResult()
        func require(_ holds: Bool, _ what: String, _ expected: String, _ got: String) {
            if !holds {
                result.mismatches.append(Mismatch(line: line, location: "tar \(what)", expected: expected, got: got))
            }
        }
        guard let captures = path.match(entry.comparablePath, variables: variables) else {
            require(false, "entry", path.source, Excerpt.quoted(entry.path))
            return result
        }
        result.captures = captures
        if let mode {
            require(mode == entry.mode & 0o7777, "\(path.source) mode", octal(mode), octal(entry.mode & 0o7777))
        }
        if let uid { require(uid == entry.uid, "\(path.source) uid", "\(uid)", "\(entry.uid)") }
        if let gid { require(gid == entry.gid, "\(path.source) gid", "\(gid)", "\(entry.gid)") }
        switch content {
        case .any: break
        case .directory: require(entry.kind == .directory, "\(path.source) kind", "a directory", "\(entry.kind)")
        case .symbolicLink(let target):
            require(
                entry.kind == .symbolicLink(target), "\(path.source) kind", "a symbolic link to \(target)",
                "\(entry.kind)")
        case .hardLink(let target):
            require(entry.kind == .hardLink(target), "\(path.source) kind", "a hard link to \(target)", "\(entry.kind)")
        case .content(let pattern):
            require(entry.kind == .file, "\(path.source) kind", "a file", "\(entry.kind)")
            let text = String(decoding: entry.content, as: UTF8.self)
            if let captures = pattern.match(text, variables: variables.adding(result.captures)) {
                result.captures.merge(captures) { $1 }
            } else {
                require(false, "\(path.source) content", pattern.source, Excerpt.quoted(bytes: entry.content))
            }
        }
        return result
    }

    private func octal(_ mode: UInt32) -> String { "0" + String(mode, radix: 8) }
}

extension TarEntrySummary {
    /// Without a leading `./` and a trailing slash.
    fileprivate var comparablePath: String {
        let start = path.hasPrefix("./") && path.count > 2 ? String(path.dropFirst(2)) : path
        return start.hasSuffix("/") && start.count > 1 ? String(start.dropLast()) : start
    }
}
