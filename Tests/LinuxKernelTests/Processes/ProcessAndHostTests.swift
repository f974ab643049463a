import CLinux
import Glibc
import Testing

@testable import LinuxKernel

/// Goal: processes and the host are described as they are. Method: ourselves, a child, and texts of the kernel.
@Suite struct ProcessAndHostTests {
    @Test func anIdentityOutlivesNothingButItsProcess() throws {
        let child = try SpawnedProcess(["/bin/sleep", "60"])
        let identity = try ProcessIdentity.of(child.pid)
        #expect(try identity.isRunning())
        #expect(try ProcessIdentity(pid: child.pid, startTime: identity.startTime + 1).isRunning() == false)
        clinux_kill(child.pid, SIGKILL)
        #expect(try child.status() == -SIGKILL)
        #expect(try identity.isRunning() == false)
        #expect(throws: SystemError.self) { try ProcessIdentity.of(child.pid) }
    }

    @Test func aStrangeNameDoesNotConfuse() throws {
        let fields = (3...52).map(String.init).joined(separator: " ").replacing(
            "3 4 ", with: "S 4 ", maxReplacements: 1)
        let stat = try #require(ProcessStat("12 (a) S) (b) \(fields)"))
        #expect(stat.state == "S")
        #expect(stat.parent == 4)
        #expect(stat.startTime == 22)
    }

    @Test func theHostIsThisOne() throws {
        let facts = try HostFacts.current()
        #expect(facts.kernelVersion.first?.isNumber == true)
        #expect(!facts.architecture.isEmpty)
        #expect(facts.processors > 0)
        #expect(facts.totalMemory > 1 << 20)
        #expect(!facts.hostname.isEmpty)
        #expect(try SmallFile.text("/proc/sys/kernel/osrelease").hasPrefix(facts.kernelVersion))
    }

    @Test func osReleaseIsUnquoted() {
        let values = HostFacts.parseRelease(
            "NAME=\"A \\\"B\\\"\"\n# x\nVERSION_ID='12'\nID=debian\n\nPRETTY_NAME=\"D 12\"\n")
        #expect(values == ["NAME": "A \"B\"", "VERSION_ID": "12", "ID": "debian", "PRETTY_NAME": "D 12"])
    }

    @Test func processorTimeIsAddedUp() throws {
        let text = "cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10\ncpu1 0 0 0 0 0 0 0 0 0 0\nintr 5\n"
        let usage = try SystemCPUUsage.parse(text, ticksPerSecond: 100)
        #expect(usage == SystemCPUUsage(nanoseconds: 280_000_000, online: 2))
        #expect(try SystemCPUUsage.current().nanoseconds > 0)
    }
}
