import DockerAPI
import DockerClient
import Foundation
import OCI
import RawJSON
import Testing

/// Goal: copying into and out of a running container touches nothing of the host and runs nothing of the container.
@Suite(
    .serialized, .enabled(if: Machine.isRoot, Machine.why),
    .enabled(if: RuntimeDaemon.busybox != nil, "the host has no static busybox to put into the image"),
    .timeLimit(.minutes(3)))
struct ArchiveTests {
    /// CVE-2018-15664: the container swaps a folder for a link out of it while both directions run.
    @Test func racingLinksLeadNowhereOutside() async throws {
        try await RuntimeDaemon.with { daemon in
            let trap = daemon.folder + "/trap"
            try FileManager.default.createDirectory(atPath: trap, withIntermediateDirectories: true)
            try Data("canary".utf8).write(to: URL(filePath: trap + "/file"))
            let up = String(repeating: "../", count: 20) + trap.dropFirst()
            // Absolute in the container too: what resolves it in the host's root finds the trap.
            let script = """
                mkdir -p /race/real /race/spare; echo inside > /race/real/file; echo inside > /race/spare/file
                ln -s \(trap) /race/absolute; ln -s \(up) /race/relative; echo ready
                while :; do
                  mv -T /race/real /race/aside; mv -T /race/absolute /race/real; mv -T /race/real /race/absolute
                  mv -T /race/relative /race/real; mv -T /race/real /race/relative; mv -T /race/aside /race/real
                done
                """
            let id = try await daemon.create(RuntimeDaemon.body(["/bin/busybox", "sh", "-c", script]))
            try await daemon.start(id)
            try await daemon.firstOutput(of: id)
            let archive = try TarArchive(members: [.init(TarEntry(path: "file"), content: Array("overwritten".utf8))])
                .bytes()
            var answered = 0
            for _ in 0..<200 {
                let got = try await daemon.call(
                    "GET", "/containers/\(id)/archive", query: [("path", "/race/real/file")])
                if got.status == 200 {
                    #expect(!String(decoding: got.body, as: UTF8.self).contains("canary"), "the host's file came out")
                    answered += 1
                }
                let put = try await daemon.client.send(
                    EngineRequest(
                        "PUT", "/containers/\(id)/archive", query: [("path", "/race/real")],
                        headers: [("Content-Type", "application/x-tar")], body: .bytes(archive)))
                if put.status == 200 { answered += 1 }
                #expect(got.status < 500 || got.status == 500 && !got.body.isEmpty)
            }
            #expect(answered > 0, "nothing was ever copied")
            #expect(try FileManager.default.contentsOfDirectory(atPath: trap) == ["file"])
            #expect(try String(contentsOfFile: trap + "/file", encoding: .utf8) == "canary")
            try await daemon.remove(id)
        }
    }

    /// As with dockerd: the folders are there, what the kernel shows in them is not; `/proc/self` cannot even be read from
    /// outside, and ended the archive of a whole container.
    @Test func theKernelsFilesAreNotTheContainers() async throws {
        try await RuntimeDaemon.with { daemon in
            let id = try await daemon.create(RuntimeDaemon.body(["/bin/probe", "sleep"]))
            try await daemon.start(id)
            for (path, all) in [("/proc", ["proc/"]), ("/sys", ["sys/"])] {
                let got = try await daemon.call("GET", "/containers/\(id)/archive", query: [("path", path)]).checked()
                #expect(try TarArchive(parsing: got.body).members.map(\.entry.path) == all)
            }
            let whole = try await daemon.call("GET", "/containers/\(id)/archive", query: [("path", "/")]).checked()
            let names = try TarArchive(parsing: whole.body).members.map(\.entry.path)
            #expect(names.filter { $0.contains("proc/") } == ["/proc/"])
            try await daemon.remove(id)
        }
    }

    /// GHSA-x86f-5xw2-fm2r: an archive that needs a decompressor must not run the container's.
    @Test(arguments: ["xz", "unxz", "unpigz", "gzip"]) func compressedArchivesRunNoProgramOfTheContainer(
        program: String
    ) async throws {
        try await RuntimeDaemon.with { daemon in
            let script = Array("#!/bin/sh\ntouch /canary\ncat\n".utf8)
            let places = ["bin/\(program)", "usr/bin/\(program)", "usr/local/bin/\(program)"]
            try await daemon.importImage(
                "evil:1", places.map { .init(TarEntry(path: $0, mode: 0o755), content: script) })
            let id = try await daemon.create(RuntimeDaemon.body(["/bin/probe", "sleep"], image: "evil:1"))
            try await daemon.start(id)
            let plain = try TarArchive(members: [.init(TarEntry(path: "file"), content: [65])]).bytes()
            let magics: [[UInt8]] = [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], [0x1f, 0x8b, 8, 0]]
            for magic in magics {
                _ = try await daemon.client.send(
                    EngineRequest(
                        "PUT", "/containers/\(id)/archive", query: [("path", "/tmp")],
                        headers: [("Content-Type", "application/x-tar")], body: .bytes(magic + plain)))
            }
            let canary = try await daemon.call("GET", "/containers/\(id)/archive", query: [("path", "/canary")])
            #expect(canary.status == 404)
            try await daemon.remove(id)
        }
    }
}
