import CLinux
import ShimProtocol

/// What a container or an exec is made of, as the daemon wrote it (see ShimProtocol.h).
struct Spec {
    private let base: UnsafeRawPointer
    private let length: Int
    let flags: UInt32

    init(_ source: SpecSource) throws(Failure) {
        switch source {
        case .file(let descriptor): try self.init(bytes: Self.map(descriptor))
        case .carried(let bytes): try self.init(bytes: bytes)
        }
    }

    private static func map(_ descriptor: Int32) throws(Failure) -> UnsafeRawBufferPointer {
        var status = clinux_stat()
        try check(SHIM_STEP_SPEC, nil, clinux_fstatat(descriptor, "", 0, &status))
        guard status.size > 0, status.size <= SHIM_SPEC_LIMIT,
            let base = clinux_map_read_only(descriptor, Int(status.size))
        else { throw Failure(SHIM_STEP_SPEC, Errno.protocolError) }
        return UnsafeRawBufferPointer(start: base, count: Int(status.size))
    }

    /// Checks the whole structure once, so that readers need not.
    ///
    /// - Throws: step SPEC with EPROTO where a record passes the end or a string has no end.
    private init(bytes: UnsafeRawBufferPointer) throws(Failure) {
        let headerLength = MemoryLayout<shim_spec>.size
        guard bytes.count >= headerLength, let base = bytes.baseAddress else {
            throw Failure(SHIM_STEP_SPEC, Errno.protocolError)
        }
        let header = base.load(as: shim_spec.self)
        guard header.magic == SHIM_SPEC_MAGIC, header.version == SHIM_PROTOCOL_VERSION,
            header.length == UInt32(bytes.count)
        else { throw Failure(SHIM_STEP_SPEC, Errno.protocolError) }
        self.base = base
        length = Int(header.length)
        flags = header.flags
        var offset = headerLength
        while offset < length {
            guard let record = Record(at: base + offset, room: length - offset) else {
                throw Failure(SHIM_STEP_SPEC, Errno.protocolError)
            }
            offset += record.stride
        }
    }

    func has(_ flag: shim_spec_flag) -> Bool { flags & flag.rawValue != 0 }

    /// Calls the body for every record of that kind, in the order of the spec.
    func each(_ kind: shim_record_kind, _ body: (Record) throws(Failure) -> Void) throws(Failure) {
        var offset = MemoryLayout<shim_spec>.size
        while offset < length, let record = Record(at: base + offset, room: length - offset) {
            if record.kind == kind.rawValue { try body(record) }
            offset += record.stride
        }
    }

    /// The last record of that kind.
    func last(_ kind: shim_record_kind) -> Record? {
        var found: Record?
        var offset = MemoryLayout<shim_spec>.size
        while offset < length, let record = Record(at: base + offset, room: length - offset) {
            if record.kind == kind.rawValue { found = record }
            offset += record.stride
        }
        return found
    }

    /// CLONE_NEW... of the namespaces that are made.
    func namespaces() throws(Failure) -> UInt64 {
        try last(SHIM_NAMESPACES)?.fixed(shim_namespaces.self, SHIM_STEP_NAMESPACE).flags ?? 0
    }

    /// The strings of all records of that kind as a vector for execve(2): ends with a null pointer.
    func vector(_ kind: shim_record_kind) throws(Failure) -> [UnsafeMutablePointer<CChar>?] {
        var strings: [UnsafeMutablePointer<CChar>?] = []
        try each(kind) { record throws(Failure) in
            strings.append(UnsafeMutablePointer(mutating: record.string))
        }
        strings.append(nil)
        return strings
    }
}

/// One record of a spec: a fixed-layout part by kind, then strings.
struct Record {
    let kind: UInt32
    private let payload: UnsafeRawPointer
    private let length: Int

    /// `nil` where the record does not fit the room or its payload does not end with a zero byte as strings must.
    init?(at address: UnsafeRawPointer, room: Int) {
        guard room >= MemoryLayout<shim_record>.size else { return nil }
        let header = address.load(as: shim_record.self)
        guard Int(header.length) <= room - MemoryLayout<shim_record>.size else { return nil }
        kind = UInt32(header.kind)
        payload = address + MemoryLayout<shim_record>.size
        length = Int(header.length)
        guard let fixedLength else { return }
        if length < fixedLength { return nil }
        if length > fixedLength, payload.load(fromByteOffset: length - 1, as: UInt8.self) != 0 { return nil }
        // A record of strings alone has one at least, so that `string` is never past the end.
        if fixedLength == 0, length == 0 { return nil }
    }

    /// How many bytes of the payload are not strings; `nil` where there are no strings at all.
    private var fixedLength: Int? {
        switch shim_record_kind(rawValue: kind) {
        case SHIM_MOUNT: MemoryLayout<shim_mount>.size
        case SHIM_DEVICE: MemoryLayout<shim_device>.size
        case SHIM_LOG: MemoryLayout<shim_log>.size
        case SHIM_NAMESPACES, SHIM_RLIMIT, SHIM_IDENTITY, SHIM_CAPABILITIES, SHIM_SECCOMP, SHIM_OOM_SCORE, SHIM_WINDOW:
            nil
        default: 0
        }
    }

    /// Header, payload and padding, in bytes.
    var stride: Int { (MemoryLayout<shim_record>.size + length + 7) & ~7 }

    /// The payload's fixed-layout part; the caller names the type of the record's kind.
    func fixed<Layout>(_ type: Layout.Type, _ step: shim_step) throws(Failure) -> Layout {
        guard length >= MemoryLayout<Layout>.size else { throw Failure(step, Errno.protocolError) }
        return payload.load(as: Layout.self)
    }

    /// The payload after a fixed-layout part of that size.
    func bytes(after size: Int = 0) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: payload + size, count: length - size)
    }

    /// The payload as one string.
    var string: CString { payload.assumingMemoryBound(to: CChar.self) }

    /// The string of that number among those after the fixed-layout part, or `nil` past the last.
    func string(_ number: Int, after size: Int = 0) -> CString? {
        var offset = size
        var remaining = number
        while offset < length {
            if remaining == 0 { return (payload + offset).assumingMemoryBound(to: CChar.self) }
            while payload.load(fromByteOffset: offset, as: UInt8.self) != 0 { offset += 1 }
            offset += 1
            remaining -= 1
        }
        return nil
    }
}
