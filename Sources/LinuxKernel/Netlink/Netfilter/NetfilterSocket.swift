import CLinux
import Glibc

/// The nf_tables of one network namespace.
public final class NetfilterSocket {
    private let socket: NetlinkSocket

    /// A socket of the network namespace that the calling thread is in.
    public init() throws(SystemError) { socket = try NetlinkSocket(.netfilter) }

    /// The address that the kernel writes into notifications of our own changes.
    public var port: UInt32 { get throws(SystemError) { try socket.port } }

    /// Makes the changes, all of them or none.
    public func commit(_ batch: NetfilterBatch) throws(SystemError) { try socket.perform(batch.sealed) }

    /// Makes connection tracking forget the flows of datagrams to a port, so that the next datagram finds where the port
    /// leads by now; a flow keeps its first target for as long as the client keeps sending.
    public func forgetDatagrams(toPort port: UInt16, ipv6: Bool) throws(SystemError) {
        var request = NetlinkRequest()
        // NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_DELETE; version 1 makes the kernel heed the family.
        request.message(type: 1 << 8 | 2, "forget the flows of datagrams to port \(port)") {
            $0.append(bytes: [ipv6 ? 10 : 2, 1, 0, 0])
            $0.nested(1) {  // CTA_TUPLE_ORIG
                $0.nested(2) {  // CTA_TUPLE_PROTO
                    $0.attribute(1, UInt8(17))  // CTA_PROTO_NUM
                    $0.attribute(3, port.bigEndian)  // CTA_PROTO_DST_PORT
                }
            }
            // CTA_FILTER: only the protocol and the destination port of the first direction count.
            $0.nested(25) { $0.attribute(1, UInt32(1 << 3 | 1 << 5)) }
        }
        try socket.perform(request)
    }

    /// Whether the table exists.
    public func hasTable(_ name: String) throws(SystemError) -> Bool {
        var request = NetlinkRequest()
        request.message(
            type: NetfilterBatch.subsystem << 8 | NetfilterBatch.Message.getTable.rawValue, flags: [],
            "look for the nftables table \(name)"
        ) {
            $0.netfilterHeader()
            $0.attribute(1, name)
        }
        return try socket.ask(request) { _ in }
    }

    /// The elements of a set or map; `nil` where the set or its table does not exist.
    public func elements(of set: String, in table: String) throws(SystemError) -> [NetfilterElement]? {
        var request = NetlinkRequest()
        request.message(
            type: NetfilterBatch.subsystem << 8 | NetfilterBatch.Message.getElements.rawValue, flags: .dump,
            "list the nftables set \(set)"
        ) {
            $0.netfilterHeader()
            $0.attribute(1, table)
            $0.attribute(2, set)
        }
        var found: [NetfilterElement] = []
        let exists = try socket.ask(request) { message in
            guard let list = message.attributes(after: 4)[3] else { return }
            for element in list.nested {
                let key = element.nested[1]?.nested[1].map { Array($0.value) } ?? []
                found.append(
                    NetfilterElement(key: key, value: element.nested[2]?.nested[1].map { Array($0.value) } ?? []))
            }
        }
        return exists ? found : nil
    }
}

/// Tells of changes to nf_tables that others make.
public final class NetfilterMonitor {
    private let socket: NetlinkSocket

    /// A monitor of the network namespace that the calling thread is in; changes by the socket at `port` are not told.
    public init(ignoring port: UInt32) throws(SystemError) {
        socket = try NetlinkSocket(.netfilter, groups: 1 << 6)  // NFNLGRP_NFTABLES is number 7
        try SystemCall.check(
            clinux_netlink_ignore_sender(socket.descriptor.number, port), "filter the notifications of nf_tables")
    }

    /// The descriptor to wait on; readable where something was told.
    public var descriptor: FileDescriptor { socket.descriptor }

    /// Reads all that was told by now: whether any of it was about that table. Lost notifications count as if.
    public func drain(about table: String) throws(SystemError) -> Bool {
        var isConcerned = false
        while true {
            do {
                guard let datagram = try socket.receiveNotification() else { return isConcerned }
                try NetlinkMessage.each(in: datagram) { (message) throws(SystemError) in
                    // Attribute 1 names the table in every message of nf_tables but NFT_MSG_NEWGEN (15).
                    guard message.payload.count > 4, message.type & 0xff != 15 else { return }
                    if message.attributes(after: 4)[1]?.text == table { isConcerned = true }
                }
            } catch  where error.errno == ENOBUFS || error.errno == EMSGSIZE {
                isConcerned = true
            }
        }
    }
}
