/// A message from the kernel, read in place; valid only inside the closure that was handed it.
public struct NetlinkMessage {
    /// nlmsg_type.
    public let type: UInt16
    /// nlmsg_seq of the request it answers.
    public let sequence: UInt32
    /// What follows `struct nlmsghdr`.
    public let payload: UnsafeRawBufferPointer

    /// The attributes after a family header of that length.
    public func attributes(after headerLength: Int) -> NetlinkAttributes {
        NetlinkAttributes(UnsafeRawBufferPointer(rebasing: payload.dropFirst(headerLength)))
    }

    /// Walks over the messages of one datagram; one whose length is wrong ends the walk.
    static func each(
        in datagram: UnsafeRawBufferPointer, _ body: (NetlinkMessage) throws(SystemError) -> Void
    ) throws(SystemError) {
        var offset = 0
        while offset + NetlinkRequest.headerLength <= datagram.count {
            let length = Int(datagram.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            guard length >= NetlinkRequest.headerLength, offset + length <= datagram.count else { return }
            let content = UnsafeRawBufferPointer(
                rebasing: datagram[(offset + NetlinkRequest.headerLength)..<(offset + length)])
            try body(
                NetlinkMessage(
                    type: datagram.loadUnaligned(fromByteOffset: offset + 4, as: UInt16.self),
                    sequence: datagram.loadUnaligned(fromByteOffset: offset + 8, as: UInt32.self), payload: content))
            offset += (length + 3) & ~3
        }
    }
}

/// A run of attributes (`struct nlattr`), read in place.
public struct NetlinkAttributes: Sequence {
    /// One attribute.
    public struct Attribute {
        /// Its type, without the flags for nesting and byte order.
        public let type: UInt16
        /// Its bytes.
        public let value: UnsafeRawBufferPointer

        /// The number at the start of the value, where it is long enough.
        public func number<Number: FixedWidthInteger>(as _: Number.Type = Number.self) -> Number? {
            value.count >= MemoryLayout<Number>.size ? value.loadUnaligned(as: Number.self) : nil
        }
        /// The value as text, up to the first zero byte.
        public var text: String { String(decoding: value.prefix { $0 != 0 }, as: UTF8.self) }
        /// The value as attributes.
        public var nested: NetlinkAttributes { NetlinkAttributes(value) }
    }

    private let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The attribute of that type, where there is one.
    public subscript(type: UInt16) -> Attribute? { first { $0.type == type } }

    /// Walks over the attributes; one whose length is wrong ends the walk.
    public func makeIterator() -> AnyIterator<Attribute> {
        var offset = 0
        return AnyIterator { [bytes] in
            guard offset + 4 <= bytes.count else { return nil }
            let length = Int(bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
            guard length >= 4, offset + length <= bytes.count else { return nil }
            defer { offset += (length + 3) & ~3 }
            return Attribute(
                type: bytes.loadUnaligned(fromByteOffset: offset + 2, as: UInt16.self) & 0x3fff,
                value: UnsafeRawBufferPointer(rebasing: bytes[(offset + 4)..<(offset + length)]))
        }
    }
}
