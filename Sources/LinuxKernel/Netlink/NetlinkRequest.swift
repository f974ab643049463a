/// Messages to the kernel over netlink(7), sent in one piece and answered one by one.
///
///     request.message(type: …, "set lo up") { body in
///         body.append(…)
///         body.attribute(…)
///     }
public struct NetlinkRequest: Sendable {
    /// NLM_F_… bits of <linux/netlink.h>.
    public struct Flags: OptionSet, Sendable {
        /// The bits.
        public let rawValue: UInt16
        /// Flags by bits.
        public init(rawValue: UInt16) { self.rawValue = rawValue }
        /// NLM_F_ACK: answer even where all went well.
        public static let acknowledge = Flags(rawValue: 0x4)
        /// NLM_F_DUMP: answer with all objects.
        public static let dump = Flags(rawValue: 0x300)
        /// NLM_F_EXCL: an object that exists already is an error.
        public static let exclusive = Flags(rawValue: 0x200)
        /// NLM_F_CREATE: make the object.
        public static let create = Flags(rawValue: 0x400)
        /// NLM_F_APPEND: put a rule after those that are there.
        public static let append = Flags(rawValue: 0x800)
    }

    /// Where a message starts in `bytes`, and what it does, for errors.
    struct Entry: Sendable {
        let offset: Int
        let isAcknowledged: Bool
        let action: String
    }

    /// The length of `struct nlmsghdr`.
    static let headerLength = 16

    var bytes: [UInt8] = []
    var entries: [Entry] = []

    /// A request without messages.
    public init() {}

    /// Adds one message: header, then what `body` writes.
    ///
    /// - Parameters:
    ///   - type: nlmsg_type.
    ///   - flags: besides NLM_F_REQUEST.
    ///   - action: what the message does, as a verb and its object, for `SystemError.action`.
    public mutating func message(
        type: UInt16, flags: Flags = .acknowledge, _ action: String, _ body: (inout NetlinkRequest) -> Void
    ) {
        let start = bytes.count
        entries.append(Entry(offset: start, isAcknowledged: flags.contains(.acknowledge), action: action))
        append(UInt32(0))
        append(type)
        append(flags.rawValue | 0x1)
        append(UInt64(0))
        body(&self)
        store(UInt32(bytes.count - start), at: start)
        pad()
    }

    /// Adds a number in the host's byte order.
    public mutating func append<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
    }

    /// Adds bytes as they are.
    public mutating func append(bytes more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    /// Adds an attribute (`struct nlattr`) with a number in the host's byte order; `.bigEndian` where the other is due.
    public mutating func attribute<Number: FixedWidthInteger>(_ type: UInt16, _ number: Number) {
        append(UInt16(4 + MemoryLayout<Number>.size))
        append(type)
        append(number)
        pad()
    }

    /// Adds an attribute with bytes.
    public mutating func attribute(_ type: UInt16, bytes value: some Collection<UInt8>) {
        append(UInt16(4 + value.count))
        append(type)
        bytes.append(contentsOf: value)
        pad()
    }

    /// Adds an attribute with text and its final zero byte.
    public mutating func attribute(_ type: UInt16, _ text: String) {
        append(UInt16(5 + text.utf8.count))
        append(type)
        bytes.append(contentsOf: text.utf8)
        bytes.append(0)
        pad()
    }

    /// Adds an attribute that holds what `body` writes.
    public mutating func nested(_ type: UInt16, _ body: (inout NetlinkRequest) -> Void) {
        let start = bytes.count
        append(UInt16(0))
        append(type | 0x8000)  // NLA_F_NESTED
        body(&self)
        store(UInt16(bytes.count - start), at: start)
        pad()
    }

    mutating func store<Number: FixedWidthInteger>(_ number: Number, at offset: Int) {
        withUnsafeBytes(of: number) { source in
            for (index, byte) in source.enumerated() { bytes[offset + index] = byte }
        }
    }

    private mutating func pad() {
        while bytes.count % 4 != 0 { bytes.append(0) }
    }
}
