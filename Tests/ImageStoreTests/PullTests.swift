import CLinux
import FixtureRegistry
import OCI
import RegistryClient
import Testing

@testable import ImageStore

@Suite("Pulling", .enabled(if: isRoot, "devices, owners and trusted attributes need root")) struct PullTests {
    @Test("an image is pulled, unpacked once, named, and up to date the next time")
    func pull() async throws {
        try await withStore { store, registry, scratch in
            let name = "\(registry.address)/one/tiny"
            let events = try await store.pull(name).collected()
            #expect(events.first == .pulling(repository: "one/tiny", identifier: "latest"))
            #expect(events.contains(.status("Downloaded newer image for \(name):latest")))
            let image = try await store.image(name)
            #expect(events.last == .completed(image: image.id))
            #expect(image.tags == ["\(name):latest"])
            #expect(image.digests.count == 1)
            #expect(image.layers.count == 2)
            #expect(image.size == 8 + 7 + 100_000 + 7 + 4 + 4)
            for layer in image.layers {
                let progress = events.compactMap { event -> LayerProgress? in
                    if case .layer(_, let progress) = event { progress } else { nil }
                }
                #expect(progress.filter { $0 == .pullComplete }.count == 2, "\(layer)")
            }
            let lower = try Tree.describe(image.layers[0].directory)
            #expect(lower["bin/tool"]?.hasPrefix("104755 0:0 0.0 links 2 size 7") == true)
            #expect(lower["bin/link"]?.hasSuffix(" -> tool") == true)
            #expect(lower["etc"]?.hasPrefix("40755 0:0 1500000000.0") == true)
            #expect(lower["etc/motd"]?.hasPrefix("100644 7:8") == true)
            let upper = try Tree.describe(image.layers[1].directory)
            #expect(
                upper["etc/hidden"] == "20000 0:0 \(upper["etc/hidden"]?.split(separator: " ")[2] ?? "") device 0:0")
            #expect(upper["var/cache"]?.contains("trusted.overlay.opaque=79") == true)

            let again = try await store.pull(name).collected()
            #expect(again.contains(.status("Image is up to date for \(name):latest")))
            #expect(!again.contains { if case .layer = $0 { true } else { false } })
            let blobs = registry.requests(case: "one").filter { $0.path.contains("/blobs/") }
            #expect(blobs.count == 3)
            #expect(try scratch.leftovers().contains { $0.hasPrefix("tmp/") } == false)
        }
    }

    @Test(
        "each fault of a registry ends in its error and leaves nothing",
        arguments: [
            ("wrong-digest", ImageStoreError.Code.corrupt, "filesystem layer verification failed for digest sha256:"),
            ("truncated-blob", .unreachable, "EOF"),
            ("short-manifest", .corrupt, "manifest verification failed for digest sha256:"),
            ("unauthorized", .unauthorized, "unauthorized"),
            ("denied", .denied, "denied"),
            ("rate-limited", .rateLimited, "toomanyrequests"),
            ("server-error", .unavailable, "received unexpected HTTP status: 500 Internal Server Error"),
            ("manifest-unknown", .notFound, "manifest for "),
            ("blob-unknown", .notFound, "unknown blob"),
            ("huge-manifest", .limitExceeded, "4194304 bytes"),
            ("schema-1", .unsupported, "schema 1"),
        ])
    func faults(mode: String, code: ImageStoreError.Code, text: String) async throws {
        try await withStore { store, registry, scratch in
            let before = try scratch.leftovers()
            let name = "\(registry.address)/case/\(mode)/tiny"
            let error = await #expect(throws: ImageStoreError.self) { _ = try await store.pull(name).collected() }
            #expect(error?.code == code, "\(mode): \(error?.message ?? "")")
            #expect(error?.message.contains(text) == true, "\(mode): \(error?.message ?? "")")
            #expect(await store.list().isEmpty)
            #expect(try scratch.leftovers() == before)
        }
    }

    @Test(
        "what a registry may do is done",
        arguments: [
            "redirect", "truncated-once", "unavailable-once", "index", "schema-2", "no-content-length", "slow",
            "foreign-platform",
        ])
    func goes(mode: String) async throws {
        try await withStore { store, registry, _ in
            let name = "\(registry.address)/case/\(mode)/tiny"
            _ = try await store.pull(name).collected()
            let image = try await store.image(name)
            // docker takes a single manifest of another platform as it is.
            let isHost = image.configuration.platform.architecture == Platform.host.architecture
            #expect(isHost == (mode != "foreign-platform"))
            #expect(image.layers.count >= 2)
        }
    }

    @Test("credentials open what needs them, and are named where they are missing")
    func credentials() async throws {
        try await withStore { store, registry, scratch in
            let right = RegistryCredentials(username: FixtureCredentials.user, password: FixtureCredentials.password)
            let wrong = RegistryCredentials(username: FixtureCredentials.user, password: "guess")
            for address in [registry.basicAddress, registry.bearerAddress] {
                for bad in [nil, wrong] {
                    let error = await #expect(throws: ImageStoreError.self) {
                        _ = try await store.pull("\(address)/a/tiny", credentials: bad).collected()
                    }
                    #expect(error?.code == .unauthorized, "\(address) \(error?.message ?? "")")
                }
                _ = try await store.pull("\(address)/a/tiny", credentials: right).collected()
            }
            #expect(await store.list().count == 1)
        }
    }

    @Test("pulls of the same layers share the work")
    func sharing() async throws {
        try await withStore { store, registry, scratch in
            let name = "\(registry.address)/slowcase/slow/tiny"
            let first = Task { try await store.pull(name).collected() }
            let second = Task { try await store.pull(name).collected() }
            _ = try await (first.value, second.value)
            let blobs = registry.requests(case: "slowcase").filter { $0.path.contains("/blobs/") }
            let image = try await store.image(name)
            // Each layer once; the configuration once for each pull at most.
            #expect(blobs.count <= image.layers.count + 2)
            #expect(try scratch.leftovers().contains { $0.hasPrefix("tmp/") } == false)
        }
    }

    @Test("a pull that is cancelled does not stop another of the same layers")
    func independence() async throws {
        try await withStore { store, registry, scratch in
            let name = "\(registry.address)/slowcase/slow/tiny"
            let kept = Task { try await store.pull(name).collected() }
            for try await event in store.pull(name) {
                if case .layer(_, .downloading) = event { break }
            }
            _ = try await kept.value
            #expect(try await store.image(name).layers.count == 3)
            #expect(try scratch.leftovers().contains { $0.hasPrefix("tmp/") } == false)
        }
    }

    @Test("a pull that nobody waits for stops and leaves nothing")
    func cancellation() async throws {
        try await withStore { store, registry, scratch in
            let task = Task { try await store.pull("\(registry.address)/c/slow/tiny").collected() }
            while registry.requests(case: "c").filter({ $0.path.contains("/blobs/") }).count < 2 { await Task.yield() }
            task.cancel()
            _ = await task.result
            // Pulling again waits for what is being stopped, and finds a clean ground.
            _ = try await store.pull("\(registry.address)/other/tiny").collected()
            #expect(await store.list().count == 1)
        }
    }

    @Test("an unreachable registry and a bad name are told in docker's words")
    func unreachable() async throws {
        try await withStore { store, _, _ in
            let refused = await #expect(throws: ImageStoreError.self) {
                _ = try await store.pull("127.0.0.1:1/x").collected()
            }
            #expect(refused?.code == .unreachable)
            #expect(
                refused?.message == "Get \"http://127.0.0.1:1/v2/\": dial tcp 127.0.0.1:1: connect: connection refused")
            let bad = await #expect(throws: ImageStoreError.self) {
                _ = try await store.pull("UPPER/x:y:z").collected()
            }
            #expect(bad?.code == .invalidArgument)
        }
    }

    @Test("what was pulled is there after opening the store again, and leftovers are swept")
    func reopening() async throws {
        try await withStore { store, registry, scratch in
            let name = "\(registry.address)/one/tiny"
            _ = try await store.pull(name).collected()
            let image = try await store.image(name)
            try File.makeFolder("\(scratch.path)/store/tmp/unfinished/layer/diff")
            try File.makeFolder("\(scratch.path)/store/content/sha256/nobodys")
            let client = RegistryClient()
            let again = try await scratch.open(registry: client)
            #expect(try await again.image(name) == image)
            #expect(try scratch.leftovers().contains { $0.contains("unfinished") || $0.contains("nobodys") } == false)
            try await again.shutdown()
            try await client.shutdown()
        }
    }
}
