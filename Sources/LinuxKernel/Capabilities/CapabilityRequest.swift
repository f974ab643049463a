/// A request for capabilities that docker refuses, in its words.
public struct CapabilityError: Error, Sendable, Hashable, CustomStringConvertible {
    /// `invalid CapAdd: unknown capability: "CAP_NOSUCH"`.
    public let message: String
    /// The message.
    public var description: String { message }
}

extension CapabilitySet {
    /// What a container gets (docker run `--cap-add`, `--cap-drop`, `--privileged`).
    ///
    /// Names are taken with and without `CAP_`, in any case; `ALL` stands for everything. To add `ALL` beats to drop `ALL`.
    /// The default for a name that this process does not hold is to leave it out; asking for it is an error.
    ///
    /// - Parameter held: what can be handed on at all; see ``held()``.
    public static func requested(add: [String], drop: [String], privileged: Bool, held: CapabilitySet)
        throws(CapabilityError) -> CapabilitySet
    {
        let added = try Request(add, field: "CapAdd", held: held)
        let dropped = try Request(drop, field: "CapDrop", held: held)
        if privileged { return held }
        if added.all { return held.subtracting(dropped.set) }
        if dropped.all { return added.set }
        return containerDefault.intersection(held).subtracting(dropped.set).union(added.set)
    }

    /// One list of names, understood.
    private struct Request {
        var all = false
        var set: CapabilitySet = []

        init(_ names: [String], field: String, held: CapabilitySet) throws(CapabilityError) {
            for name in names {
                let upper = name.uppercased()
                if upper == "ALL" {
                    all = true
                    continue
                }
                let full = upper.hasPrefix("CAP_") ? upper : "CAP_\(upper)"
                guard let capability = Capability(name: full) else {
                    throw CapabilityError(message: "invalid \(field): unknown capability: \"\(full)\"")
                }
                guard held.contains(capability) else {
                    throw CapabilityError(
                        message: "invalid \(field): capability not supported by your kernel or not available in the "
                            + "current environment: \"\(full)\"")
                }
                set.insert(CapabilitySet([capability]))
            }
        }
    }
}
