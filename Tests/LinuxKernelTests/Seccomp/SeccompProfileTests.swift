import Glibc
import Testing

@testable import LinuxKernel

/// Goal: profiles of `--security-opt seccomp=` mean what they mean to docker. Method: decode, compile, interpret.
@Suite struct SeccompProfileTests {
    typealias Policy = ContainerProfileTests.Policy

    func profile(_ json: String) throws -> SeccompProfile { try SeccompProfile(json: Array(json.utf8)) }

    @Test func rulesOfAnAllowingProfileRefuse() throws {
        let policy = try Policy(
            profile(
                """
                {"defaultAction": "SCMP_ACT_ALLOW", "unknown": 1, "syscalls": [
                  {"names": ["chmod", "nosuchcall"], "action": "SCMP_ACT_ERRNO"},
                  {"name": "mkdir", "action": "SCMP_ACT_ERRNO", "errnoRet": 13},
                  {"names": ["kill"], "action": "SCMP_ACT_KILL_PROCESS",
                   "args": [{"index": 1, "value": 9, "op": "SCMP_CMP_EQ"}]}]}
                """))
        #expect(try policy.verdict("chmod") == 0x0005_0001)
        #expect(try policy.verdict("mkdir") == 0x0005_000D)
        #expect(try policy.verdict("kill", [1, 9]) == 0x8000_0000)
        #expect(try policy.verdict("kill", [1, 15]) == 0x7FFF_0000)
        #expect(try policy.verdict("rmdir") == 0x7FFF_0000)
        // Nothing is refused by default, so nothing needs to seem absent.
        #expect(try policy.verdict(number: 5000) == 0x7FFF_0000)
    }

    @Test func severalConditionsOnOneArgumentAreAlternatives() throws {
        let policy = try Policy(
            profile(
                """
                {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1, "syscalls": [
                  {"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [
                    {"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}, {"index": 0, "value": 2, "op": "SCMP_CMP_EQ"}]}]}
                """))
        #expect(try policy.verdict("socket", [1]) == 0x7FFF_0000)
        #expect(try policy.verdict("socket", [2]) == 0x7FFF_0000)
        #expect(try policy.verdict("socket", [3]) == 0x0005_0001)
    }

    @Test func includesAndExcludesDecide() throws {
        let json = """
            {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
              {"names": ["mount"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}},
              {"names": ["ptrace"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "99.0"}},
              {"names": ["read"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["amd64"]}},
              {"names": ["write"], "action": "SCMP_ACT_ALLOW", "excludes": {"arches": ["amd64"]}},
              {"names": ["chdir"], "action": "SCMP_ACT_ALLOW", "excludes": {"minKernel": "4.8"}},
              {"names": ["futex_waitv"], "action": "SCMP_ACT_ALLOW"}]}
            """
        let without = try Policy(profile(json))
        #expect(try without.verdict("mount") == 0x0005_0001)
        #expect(try Policy(profile(json), adding: ["SYS_ADMIN"]).verdict("mount") == 0x7FFF_0000)
        #expect(try without.verdict("ptrace") == 0x0005_0001)
        #expect(try without.verdict("read") == 0x7FFF_0000)
        #expect(try without.verdict("write") == 0x0005_0001)
        #expect(try without.verdict("chdir") == 0x0005_0001)
    }

    @Test(arguments: [
        ("{bad", "Decoding seccomp profile failed"),
        ("[1]", "Decoding seccomp profile failed: the profile must be an object, not array"),
        (#"{"defaultAction": "FOO"}"#, "string FOO is not a valid action for seccomp"),
        (#"{"defaultAction": "SCMP_ACT_NOTIFY"}"#, "SCMP_ACT_NOTIFY"),
        (
            #"{"syscalls": [{"name": "a", "names": ["b"], "action": "SCMP_ACT_ALLOW"}]}"#,
            "both 'name' and 'names' are specified in the seccomp profile, use either 'name' or 'names'"
        ),
        (
            #"{"architectures": ["SCMP_ARCH_X86"], "archMap": [{"architecture": "SCMP_ARCH_X86_64"}]}"#,
            "both 'architectures' and 'archMap' are specified"
        ),
        (
            #"{"syscalls": [{"names": ["a"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "x"}}]}"#,
            #"invalid kernel version: "x", expected "<kernel>.<major>""#
        ),
        (
            #"{"syscalls": [{"names": ["a"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 9, "op": "SCMP_CMP_EQ"}]}]}"#,
            "syscalls only have up to 6 arguments (9 given)"
        ),
        (
            #"{"syscalls": [{"names": ["a"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 1, "op": "EQ"}]}]}"#,
            "string EQ is not a valid operator for seccomp"
        ),
    ])
    func malformedProfilesAreRefused(json: String, message: String) throws {
        let error = #expect(throws: SeccompError.self) { try profile(json) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test func anUnknownArchitectureIsRefused() throws {
        let error = #expect(throws: SeccompError.self) {
            try Policy(profile(#"{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_FOO"]}"#))
        }
        #expect(error?.message == "string SCMP_ARCH_FOO is not a valid arch for seccomp")
    }

    @Test func anEmptyProfileFiltersNothing() throws {
        let cache = try SeccompCache()
        #expect(try cache.program(profile("{}"), capabilities: .containerDefault) == nil)
        #expect(try cache.program(profile("null"), capabilities: .containerDefault) == nil)
    }

    @Test func theCacheTellsCapabilitiesApart() throws {
        let cache = try SeccompCache()
        let plain = try #require(try cache.program(.containerDefault, capabilities: .containerDefault))
        let all = try #require(try cache.program(.containerDefault, capabilities: .all))
        #expect(plain != all)
        #expect(try cache.program(.containerDefault, capabilities: .containerDefault) == plain)
        #expect(plain.flags == 4)
        #expect(plain.count < 1500)
    }
}
