import Testing

@testable import LinuxKernel

/// Goal: a container gets the capabilities docker would give it. Method: requests against what dockerd 28.5 answered.
@Suite struct CapabilityTests {
    let held = CapabilitySet.all.subtracting(CapabilitySet([Capability(name: "SYS_RESOURCE")!]))

    func requested(add: [String] = [], drop: [String] = [], privileged: Bool = false) throws -> CapabilitySet {
        try .requested(add: add, drop: drop, privileged: privileged, held: held)
    }

    @Test func namesAndNumbersAreLinuxs() throws {
        let chown = try #require(Capability(name: "chown"))
        #expect(chown.number == 0 && chown.name == "CAP_CHOWN")
        #expect(Capability(name: "Cap_Sys_Admin")?.number == 21)
        #expect(Capability(number: 39)?.name == "CAP_BPF")
        #expect(Capability(name: "nosuch") == nil)
        #expect(Capability(name: "3") == nil)
        #expect(Capability.all.count >= 41)
    }

    @Test func theDefaultIsDockers() throws {
        let names = try requested().names
        #expect(names.count == 14)
        // What /proc/1/status of a container shows under dockerd.
        #expect(CapabilitySet.containerDefault.rawValue == 0xA804_25FB)
        #expect(try requested().rawValue == 0xA804_25FB)
    }

    @Test func addingAndDropping() throws {
        #expect(try requested(add: ["net_admin"], drop: ["CAP_CHOWN"]).rawValue == 0xA804_25FB & ~1 | 1 << 12)
        #expect(try requested(drop: ["all"]) == [])
        #expect(try requested(add: ["kill"], drop: ["ALL"]).names == ["CAP_KILL"])
        #expect(try requested(add: ["ALL"]) == held)
        #expect(
            try requested(add: ["ALL"], drop: ["KILL"]) == held.subtracting(CapabilitySet([Capability(name: "KILL")!])))
        #expect(try requested(add: ["ALL"], drop: ["ALL"]) == held)
        #expect(try requested(drop: ["KILL"], privileged: true) == held)
    }

    @Test(arguments: [
        (["nosuch"], [String](), #"invalid CapAdd: unknown capability: "CAP_NOSUCH""#),
        ([], ["Cap_x"], #"invalid CapDrop: unknown capability: "CAP_X""#),
        (["a"], ["b"], #"invalid CapAdd: unknown capability: "CAP_A""#),
        (
            ["sys_resource"], [],
            "invalid CapAdd: capability not supported by your kernel or not available in the current environment: "
                + "\"CAP_SYS_RESOURCE\""
        ),
    ])
    func complaintsAreDockers(add: [String], drop: [String], message: String) {
        let error = #expect(throws: CapabilityError.self) { try requested(add: add, drop: drop) }
        #expect(error?.message == message)
    }

    @Test func whatThisProcessHoldsIsKnown() throws {
        let held = try CapabilitySet.held()
        #expect(held.isSubset(of: .all))
    }
}
