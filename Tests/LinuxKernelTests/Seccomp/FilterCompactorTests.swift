import CSeccomp
import Glibc
import Testing

@testable import LinuxKernel

/// Goal: a filter that was rewritten decides every call as before. Method: both in an interpreter, on all numbers there are
/// and some there are not.
@Suite struct FilterCompactorTests {
    private static let profiles: [(name: String, json: String)] = [
        (
            "a list of what is refused",
            #"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","kill"],"action":"SCMP_ACT_ERRNO"}]}"#
        ),
        (
            "conditions of every kind",
            """
            {"defaultAction":"SCMP_ACT_KILL","syscalls":[
             {"names":["read","write","exit_group"],"action":"SCMP_ACT_ALLOW"},
             {"names":["socket"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":16,"op":"SCMP_CMP_LT"},
              {"index":1,"value":3,"op":"SCMP_CMP_NE"}]},
             {"names":["clone"],"action":"SCMP_ACT_TRACE","args":[{"index":0,"value":2114060288,"valueTwo":5,
              "op":"SCMP_CMP_MASKED_EQ"}]},
             {"names":["ioctl"],"action":"SCMP_ACT_LOG","args":[{"index":1,"value":4294967296,"op":"SCMP_CMP_GE"}]}]}
            """
        ),
    ]

    private static func compiler(
        _ profile: SeccompProfile, adding names: [String] = [], architecture: String = "x86_64"
    ) -> SeccompCompiler {
        let more = CapabilitySet(names.compactMap { Capability(name: $0) })
        return SeccompCompiler(
            profile: profile, capabilities: CapabilitySet.containerDefault.union(more),
            machine: .init(architecture: architecture, kernel: KernelVersion(major: 6, minor: 18)))
    }

    private static let numbers: [UInt32] =
        Array(0..<640) + [1023, 65_536, 0x3FFF_FFFF, 0x8000_0000, .max - 1, .max]
        + (0..<640).map { 0x4000_0000 | $0 }
    private static let names = ["x86_64", "x86", "aarch64", "arm", "mips", "s390x"]

    private static let arguments: [[UInt64]] = {
        var generator = SplitMix(state: 7)
        let words: [UInt64] = [0, 1, 2, 3, 5, 8, 16, 40, 0x20_000, 0x7E02_0000, 0xFFFF_FFFF, 1 << 32, .max]
        return [[]] + words.map { Array(repeating: $0, count: 6) }
            + (0..<24).map { _ in (0..<6).map { _ in words[Int(generator.next() % UInt64(words.count))] } }
    }()

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            let mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            return mixed ^ (mixed >> 27)
        }
    }

    private func compare(_ compiler: SeccompCompiler) throws -> (old: Int, new: Int) {
        let old = try #require(try compiler.program(isCompact: false))
        let new = try #require(try compiler.program())
        let (before, after) = (FilterInterpreter(old.instructions), FilterInterpreter(new.instructions))
        let architectures = Self.names.map { seccomp_arch_resolve_name($0) } + [0, 1, .max]
        var differing = 0
        for architecture in architectures {
            for number in Self.numbers {
                for arguments in Self.arguments {
                    let call = FilterInterpreter.Call(
                        architecture: architecture, number: number, arguments: arguments)
                    let (left, right) = (try before.verdict(call), try after.verdict(call))
                    guard left != right else { continue }
                    differing += 1
                    if differing < 5 { Issue.record("\(call): \(left) became \(right)") }
                }
            }
        }
        #expect(differing == 0)
        return (old.count, new.count)
    }

    @Test(arguments: [[], ["SYS_ADMIN"], ["SYS_ADMIN", "SYS_PTRACE", "BPF", "SYS_MODULE", "NET_ADMIN"]])
    func theDefaultPolicyDecidesAsBefore(adding: [String]) throws {
        let (old, new) = try compare(Self.compiler(.containerDefault, adding: adding))
        #expect(new * 3 < old, "\(new) of \(old) instructions")
    }

    @Test func theDefaultPolicyOfArmDecidesAsBefore() throws {
        _ = try compare(Self.compiler(.containerDefault, architecture: "aarch64"))
    }

    @Test(arguments: profiles.indices) func profilesOfUsersDecideAsBefore(index: Int) throws {
        let profile = try SeccompProfile(json: Array(Self.profiles[index].json.utf8))
        _ = try compare(Self.compiler(profile))
    }

    /// Every call with an end of its own: as many as a block takes, and more.
    @Test(arguments: [Int32(199), 300]) func callsThatAllDifferDecideAsBefore(count: Int32) throws {
        let native = seccomp_arch_resolve_name("x86_64")
        let rules: [String] = (0..<count).compactMap { number in
            guard let name = seccomp_syscall_resolve_num_arch(native, number) else { return nil }
            defer { free(name) }
            return #"{"names":["\#(String(cString: name))"],"action":"SCMP_ACT_ERRNO","errnoRet":\#(number + 100)}"#
        }
        let json = #"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[\#(rules.joined(separator: ","))]}"#
        _ = try compare(Self.compiler(try SeccompProfile(json: Array(json.utf8))))
    }

    @Test func programsOfOtherKindsAreLeftAlone() {
        let scratch: [UInt8] = [0x02, 0, 0, 0, 0, 0, 0, 0]
        #expect(FilterCompactor(scratch) == nil)
        #expect(FilterCompactor([0x06, 0, 0, 0]) == nil, "half an instruction")
        #expect(FilterCompactor([0x20, 0, 0, 0, 0, 0, 0, 0]) == nil, "no answer")
    }
}
