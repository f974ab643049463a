import Testing

@testable import LinuxKernel

/// Goal: mounts and their options are read as the kernel writes and docker takes them. Method: texts of both.
@Suite struct MountTests {
    @Test func aLineIsTakenApart() throws {
        let line = #"36 35 98:0 /mnt1 /mnt\0402 rw,noatime master:1 shared:7 - ext3 /dev/a\134b rw,errors=continue"#
        let entry = try #require(MountTable.parse(line).first)
        #expect(entry.id == 36 && entry.parent == 35 && entry.major == 98 && entry.minor == 0)
        #expect(entry.root == "/mnt1")
        #expect(entry.mountPoint == "/mnt 2")
        #expect(entry.options == ["rw", "noatime"])
        #expect(entry.tags == ["master:1", "shared:7"])
        #expect(entry.isShared && entry.isSlave)
        #expect(entry.type == "ext3" && entry.source == #"/dev/a\b"#)
        #expect(entry.superOptions == ["rw", "errors=continue"])
    }

    @Test func aLineWithoutOptionalFieldsIsTakenApart() throws {
        let entry = try #require(MountTable.parse("22 27 0:21 / /proc rw,relatime - proc proc rw\n").first)
        #expect(entry.tags.isEmpty && entry.type == "proc" && !entry.isShared)
        #expect(MountTable.parse("nonsense\n\n").isEmpty)
    }

    @Test func thisMachineHasMounts() throws {
        let mounts = try MountTable.current()
        #expect(MountTable.entry(for: "/proc/self", in: mounts)?.type == "proc")
        #expect(MountTable.entry(for: "/", in: mounts)?.mountPoint == "/")
        #expect(try MountTable.of(process: 1).isEmpty == false)
    }

    @Test func propagationHasTheKernelsBits() {
        #expect(Propagation.rprivate.flags == 0x44000)
        #expect(Propagation.shared.flags == 0x100000)
        #expect(Propagation.rslave.flags == 0x84000)
        #expect(Propagation.allCases.filter(\.isRecursive) == [.rprivate, .rshared, .rslave])
    }

    @Test func bindModesAreRead() throws {
        let mode = try BindMode("ro,z,rslave")
        #expect(mode.isReadOnly && mode.relabel == .shared && mode.propagation == .rslave && mode.attributes == 1)
        #expect(try BindMode("") == BindMode())
        #expect(try BindMode("rw,nocopy,delegated,Z").noCopy)
    }

    @Test(arguments: ["foo", "ro,rw", "ro,ro", "z,Z", "ro,", "shared,rslave", "nocopy,nocopy", "cached,delegated"])
    func badModesAreRefused(mode: String) {
        let error = #expect(throws: MountOptionError.self) { try BindMode(mode) }
        #expect(error?.message == "invalid mode: \(mode)")
    }

    @Test func tmpfsOptionsAddToTheDefaults() throws {
        let plain = try TmpfsOptions("")
        #expect(plain.attributes == 0xE && plain.data.isEmpty)
        let own = try TmpfsOptions("rw,exec,size=64k,mode=1770,size=32k,strictatime,noatime,rslave")
        #expect(own.attributes == 0x6 | MountAttribute.noAccessTime)
        #expect(own.data == "mode=1770,size=32k")
        #expect(own.propagation == .rslave)
        #expect(try TmpfsOptions("ro").attributes == 0xF)
    }

    @Test(arguments: [("foo", "foo"), ("size=1,foo=1", "foo"), ("size", "size")])
    func badTmpfsOptionsAreRefused(options: String, name: String) {
        let error = #expect(throws: MountOptionError.self) { try TmpfsOptions(options) }
        #expect(error?.message == "invalid tmpfs option \"\(name)\"")
    }
}
