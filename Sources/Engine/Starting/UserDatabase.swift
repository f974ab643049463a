import LinuxKernel

/// `/etc/passwd` and `/etc/group` of an image, read as data; nothing of the image is executed or loaded for it.
struct UserDatabase: Sendable {
    struct User: Sendable {
        let name: String
        let uid: UInt32
        let gid: UInt32
        let home: String
    }

    struct Group: Sendable {
        let name: String
        let gid: UInt32
        let members: [String]
    }

    let users: [User]
    let groups: [Group]

    /// What the files of the tables were when they were read; nil for one that is not there.
    struct Versions: Sendable, Hashable {
        var passwd: FileVersion?
        var group: FileVersion?
    }

    /// Those of a tree; a table that is not there is empty, one of more than 4 MiB an error.
    init(in root: MergedRoot) throws(SystemError) {
        var versions = Versions()
        try self.init(in: root, versions: &versions)
    }

    /// The same, and of which versions.
    init(in root: MergedRoot, versions: inout Versions) throws(SystemError) {
        self.init(
            passwd: try root.contents("etc/passwd", limit: 4 << 20, version: &versions.passwd) ?? [],
            group: try root.contents("etc/group", limit: 4 << 20, version: &versions.group) ?? [])
    }

    init(passwd: [UInt8], group: [UInt8]) {
        users = Self.lines(passwd).compactMap { fields in
            guard fields.count >= 4, let uid = UInt32(fields[2]), let gid = UInt32(fields[3]) else { return nil }
            return User(name: fields[0], uid: uid, gid: gid, home: fields.count > 5 ? fields[5] : "")
        }
        groups = Self.lines(group).compactMap { fields in
            guard fields.count >= 3, let gid = UInt32(fields[2]) else { return nil }
            let members = fields.count > 3 ? fields[3].split(separator: ",").map(String.init) : []
            return Group(name: fields[0], gid: gid, members: members)
        }
    }

    private static func lines(_ bytes: [UInt8]) -> [[String]] {
        bytes.split(separator: UInt8(ascii: "\n")).map { line in
            String(decoding: line, as: UTF8.self).split(separator: ":", omittingEmptySubsequences: false).map(
                String.init)
        }
    }

    /// Who a process runs as.
    struct Account: Sendable, Hashable {
        var identity: Identity
        var home: String
    }

    /// The account of `user`, `uid`, `user:group`, `uid:gid`, with the groups it is in and those added.
    ///
    /// - Throws: `invalidArgument`, in the words of moby's user package.
    func account(_ text: String, added: [String]) throws(EngineError) -> Account {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let name = parts.first ?? ""
        let groupName = parts.count > 1 ? parts[1] : ""
        var account = Account(identity: Identity(), home: "/")
        let user =
            name.isEmpty ? users.first { $0.uid == 0 } : users.first { $0.name == name || String($0.uid) == name }
        if let user {
            account.identity.uid = user.uid
            account.identity.gid = user.gid
            account.home = user.home.isEmpty ? "/" : user.home
        } else if !name.isEmpty {
            account.identity.uid = try Self.number(
                name, "unable to find user \(name): no matching entries in passwd file")
        }
        var identities: [UInt32] = []
        if groupName.isEmpty {
            if let user { identities = groups.filter { $0.members.contains(user.name) }.map(\.gid) }
        } else if let group = groups.first(where: { $0.name == groupName || String($0.gid) == groupName }) {
            account.identity.gid = group.gid
        } else {
            account.identity.gid = try Self.number(
                groupName, "unable to find group \(groupName): no matching entries in group file")
        }
        for entry in added {
            if let group = groups.first(where: { $0.name == entry || String($0.gid) == entry }) {
                identities.append(group.gid)
            } else {
                identities.append(
                    try Self.number(entry, "Unable to find group \(entry): no matching entries in group file"))
            }
        }
        // The primary group is among them, so that dropping it by a setgid program is seen (CVE-2022-36109).
        var seen: Set<UInt32> = []
        account.identity.groups = ([account.identity.gid] + identities).filter { seen.insert($0).inserted }
        return account
    }

    private static func number(_ text: String, _ absent: String) throws(EngineError) -> UInt32 {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }) else {
            throw EngineError(.invalidArgument, absent)
        }
        guard let number = Int64(text), (0...Int64(Int32.max)).contains(number) else {
            throw EngineError(.invalidArgument, "uids and gids must be in range 0-2147483647")
        }
        return UInt32(number)
    }
}
