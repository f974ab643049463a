/// Changes to nf_tables that take effect together or not at all (<linux/netfilter/nf_tables.h>).
public struct NetfilterBatch: Sendable {
    /// The kind of a map's key or value: an id for `nft list`, and how many bytes it takes, padded to four.
    public struct FieldType: Sendable, Hashable {
        let id: UInt32
        let length: UInt32

        /// ipv4_addr
        public static let ipv4Address = FieldType(id: 7, length: 4)
        /// ipv6_addr
        public static let ipv6Address = FieldType(id: 8, length: 16)
        /// inet_proto
        public static let transport = FieldType(id: 12, length: 4)
        /// inet_service
        public static let port = FieldType(id: 13, length: 4)
        /// ifname
        public static let interfaceName = FieldType(id: 41, length: 16)
    }

    /// What a base chain does (`type` in nft(8)).
    public enum ChainType: String, Sendable {
        /// Lets packets pass or drops them.
        case filter
        /// Changes addresses; sees the first packet of a connection.
        case nat
    }

    /// Where a base chain sits (NF_INET_…).
    public enum Hook: UInt32, Sendable {
        /// Everything that arrives.
        case prerouting = 0
        /// What is routed through.
        case forward = 2
        /// What this host sends.
        case output = 3
        /// Everything that leaves.
        case postrouting = 4
    }

    enum Message: UInt16 {
        case newTable = 0
        case getTable = 1
        case deleteTable = 2
        case newChain = 3
        case newRule = 6
        case newSet = 9
        case newElements = 12
        case getElements = 13
        case deleteElements = 14
    }

    /// NFNL_SUBSYS_NFTABLES
    static let subsystem: UInt16 = 10

    /// The table that everything below is about; its family is `inet`.
    public let table: String
    var request = NetlinkRequest()

    /// An empty batch for a table.
    public init(table: String) {
        self.table = table
        request.message(type: 0x10, flags: [], "begin a change of nf_tables") { $0.batchHeader() }
    }

    /// Makes the table where it does not exist.
    public mutating func makeTable() {
        add(.newTable, flags: .create, "make the nftables table \(table)") { [table] in $0.attribute(1, table) }
    }

    /// Removes the table with everything in it; one that does not exist is an error.
    public mutating func deleteTable() {
        add(.deleteTable, "remove the nftables table \(table)") { [table] in $0.attribute(1, table) }
    }

    /// Adds a base chain whose policy is to accept.
    public mutating func addChain(_ name: String, _ type: ChainType, at hook: Hook, priority: Int32) {
        add(.newChain, flags: .create, "make the nftables chain \(name)") { [table] in
            $0.attribute(1, table)
            $0.attribute(3, name)
            $0.nested(4) {
                $0.attribute(1, hook.rawValue.bigEndian)
                $0.attribute(2, priority.bigEndian)
            }
            $0.attribute(5, UInt32(1).bigEndian)  // NF_ACCEPT
            $0.attribute(7, type.rawValue)
        }
    }

    /// Adds a set of keys, or a map where there are values.
    public mutating func addSet(_ name: String, key: [FieldType], value: [FieldType] = []) {
        let id = UInt32(request.entries.count)
        add(.newSet, flags: .create, "make the nftables set \(name)") { [table] in
            $0.attribute(1, table)
            $0.attribute(2, name)
            $0.attribute(3, UInt32(value.isEmpty ? 0 : 0x8).bigEndian)  // NFT_SET_MAP
            $0.attribute(4, key.reduce(UInt32(0)) { $0 << 6 | $1.id }.bigEndian)
            $0.attribute(5, key.reduce(UInt32(0)) { $0 + $1.length }.bigEndian)
            if !value.isEmpty {
                $0.attribute(6, value.reduce(UInt32(0)) { $0 << 6 | $1.id }.bigEndian)
                $0.attribute(7, value.reduce(UInt32(0)) { $0 + $1.length }.bigEndian)
            }
            $0.attribute(10, id.bigEndian)
        }
    }

    /// Adds a rule at the end of a chain.
    ///
    /// - Parameter comment: at most 127 bytes, for people who read `nft list ruleset`.
    public mutating func addRule(to chain: String, comment: String, _ body: (inout RuleExpressions) -> Void) {
        var expressions = RuleExpressions()
        body(&expressions)
        add(.newRule, flags: [.create, .append], "add a rule to the nftables chain \(chain)") { [table] in
            $0.attribute(1, table)
            $0.attribute(2, chain)
            $0.nested(4) { $0.append(bytes: expressions.request.bytes) }
            // NFTNL_UDATA_RULE_COMMENT: a type, a length, text with its zero byte.
            let text = Array(comment.utf8.prefix(127)) + [0]
            $0.attribute(7, bytes: [0, UInt8(text.count)] + text)
        }
    }

    /// Adds elements to a set or map; one that is there with another value is an error (EEXIST).
    public mutating func addElements(_ elements: some Collection<NetfilterElement>, to set: String) {
        change(.newElements, flags: .create, elements, of: set, "add to the nftables set \(set)")
    }

    /// Removes elements from a set or map; one that is not there is an error (ENOENT).
    public mutating func deleteElements(_ elements: some Collection<NetfilterElement>, from set: String) {
        change(.deleteElements, flags: [], elements, of: set, "remove from the nftables set \(set)")
    }

    private mutating func change(
        _ message: Message, flags: NetlinkRequest.Flags, _ elements: some Collection<NetfilterElement>, of set: String,
        _ action: String
    ) {
        // A list is one attribute of at most 64 KiB.
        var rest = elements[...]
        while !rest.isEmpty {
            let part = rest.prefix(400)
            rest = rest.dropFirst(400)
            add(message, flags: flags, action) { [table] in
                $0.attribute(1, table)
                $0.attribute(2, set)
                $0.nested(3) { list in part.forEach { list.element($0) } }
            }
        }
    }

    private mutating func add(
        _ message: Message, flags: NetlinkRequest.Flags = [], _ action: String,
        _ body: (inout NetlinkRequest) -> Void
    ) {
        request.message(
            type: Self.subsystem << 8 | message.rawValue, flags: flags.union(.acknowledge), action
        ) {
            $0.netfilterHeader()
            body(&$0)
        }
    }

    /// The request with its end mark.
    var sealed: NetlinkRequest {
        var request = request
        request.message(type: 0x11, flags: [], "end a change of nf_tables") { $0.batchHeader() }
        return request
    }
}

/// A member of a set, or of a map where it has a value. Bytes as the fields of the set's types, each padded to four.
public struct NetfilterElement: Sendable, Hashable {
    /// The key.
    public let key: [UInt8]
    /// The value; empty in a set.
    public let value: [UInt8]

    /// An element by parts.
    public init(key: [UInt8], value: [UInt8] = []) {
        self.key = key
        self.value = value
    }
}

extension NetlinkRequest {
    /// `struct nfgenmsg` of a batch mark: the subsystem it is about.
    fileprivate mutating func batchHeader() {
        append(UInt16(0))
        append(NetfilterBatch.subsystem.bigEndian)
    }

    /// `struct nfgenmsg`: NFPROTO_INET, NFNETLINK_V0, no resource.
    mutating func netfilterHeader() { append(bytes: [1, 0, 0, 0]) }

    fileprivate mutating func element(_ element: NetfilterElement) {
        nested(1) {
            $0.nested(1) { $0.attribute(1, bytes: element.key) }
            if !element.value.isEmpty { $0.nested(2) { $0.attribute(1, bytes: element.value) } }
        }
    }
}
