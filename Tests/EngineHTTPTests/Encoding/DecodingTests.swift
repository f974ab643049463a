import NIOCore
import NIOHTTP1
import RawJSON
import Testing

@testable import Engine
@testable import EngineHTTP

/// Goal: what a client asks for arrives whole, and what it gets wrong is told. Method: bodies as docker's CLI writes them.
@Suite struct DecodingTests {
    private func call(_ body: String, type: String = "application/json", minor: Int = 51) -> Call {
        Call(
            method: .POST, version: .init(major: 1, minor: minor), names: [], query: Query(""),
            headers: type.isEmpty ? [:] : ["Content-Type": type], body: .document(ByteBuffer(string: body)))
    }

    private func fields(_ body: String) throws -> JSONFields { try #require(try JSONFields(body: call(body))) }

    /// Everything that a configuration can say; none of it at its default.
    static let configuration = """
        {"Hostname":"host","Domainname":"dom","User":"1:2","AttachStdin":true,"AttachStdout":true,"AttachStderr":true,\
        "ExposedPorts":{"90/udp":{},"91/udp":{}},"Tty":true,"OpenStdin":true,"StdinOnce":true,"Env":["A=1","B"],\
        "Cmd":["-c","true"],"Healthcheck":{"Test":["CMD-SHELL","true"],"Interval":5,"Timeout":6,"StartPeriod":7,\
        "StartInterval":8,"Retries":2},"ArgsEscaped":true,"Image":"rec:1","Volumes":{"/v":{}},"WorkingDir":"/w",\
        "Entrypoint":["/bin/sh"],"NetworkDisabled":true,"OnBuild":["RUN x"],"Labels":{"a":"b","c":""},\
        "StopSignal":"SIGINT","StopTimeout":7,"Shell":["/bin/bash"]}
        """

    /// The same for a host configuration.
    static let host = """
        {"Binds":["/a:/b:ro"],"ContainerIDFile":"id","LogConfig":{"Type":"json-file","Config":{"max-size":"1m"}},\
        "NetworkMode":"bridge","PortBindings":{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"8080"}]},\
        "RestartPolicy":{"Name":"on-failure","MaximumRetryCount":5},"AutoRemove":true,"VolumeDriver":"local",\
        "VolumesFrom":["c:ro"],"Mounts":[{"Type":"volume","Source":"v","Target":"/t","ReadOnly":true,\
        "Consistency":"cached","VolumeOptions":{"NoCopy":true,"Labels":{"x":"y"},"Subpath":"s","DriverConfig":\
        {"Name":"local","Options":{"o":"p"}}}},{"Type":"bind","Source":"/s","Target":"/u","BindOptions":\
        {"Propagation":"rslave","NonRecursive":true,"CreateMountpoint":true,"ReadOnlyNonRecursive":true,\
        "ReadOnlyForceRecursive":true}},{"Type":"tmpfs","Target":"/m","TmpfsOptions":{"SizeBytes":4,"Mode":448,\
        "Options":[["noexec"]]}},{"Type":"image","Source":"i","Target":"/i","ImageOptions":{"Subpath":"p"}}],\
        "ConsoleSize":[40,90],"Annotations":{"x":"y"},"CapAdd":["NET_ADMIN"],"CapDrop":["ALL"],\
        "CgroupnsMode":"private","Dns":["8.8.8.8"],"DnsOptions":["ndots:2"],"DnsSearch":["example.com"],\
        "ExtraHosts":["a:1.2.3.4"],"GroupAdd":["10"],"IpcMode":"private","Cgroup":"g","Links":["l:m"],\
        "OomScoreAdj":100,"PidMode":"host","Privileged":true,"PublishAllPorts":true,"ReadonlyRootfs":true,\
        "SecurityOpt":["no-new-privileges"],"StorageOpt":{"size":"1G"},"Tmpfs":{"/run":"size=64m"},"UTSMode":"host",\
        "UsernsMode":"host","ShmSize":33554432,"Sysctls":{"net.ipv4.ip_forward":"1"},"Runtime":"drydock",\
        "Isolation":"default","CpuShares":512,"Memory":536870912,"NanoCpus":1500000000,"CgroupParent":"/rec",\
        "BlkioWeight":300,"BlkioWeightDevice":[{"Path":"/d","Weight":1}],"BlkioDeviceReadBps":[{"Path":"/d","Rate":2}],\
        "BlkioDeviceWriteBps":[{"Path":"/d","Rate":3}],"BlkioDeviceReadIOps":[{"Path":"/d","Rate":4}],\
        "BlkioDeviceWriteIOps":[{"Path":"/d","Rate":5}],"CpuPeriod":1,"CpuQuota":2,"CpuRealtimePeriod":3,\
        "CpuRealtimeRuntime":4,"CpusetCpus":"0","CpusetMems":"0","Devices":[{"PathOnHost":"/dev/null",\
        "PathInContainer":"/dev/nothing","CgroupPermissions":"r"}],"DeviceCgroupRules":["c 1:3 r"],\
        "DeviceRequests":[{"Driver":"d","Count":-1,"DeviceIDs":["0"],"Capabilities":[["gpu"]],"Options":{"k":"v"}}],\
        "KernelMemoryTCP":6,"MemoryReservation":268435456,"MemorySwap":1073741824,"MemorySwappiness":10,\
        "OomKillDisable":true,"PidsLimit":100,"Ulimits":[{"Name":"nofile","Hard":2048,"Soft":1024}],"CpuCount":1,\
        "CpuPercent":2,"IOMaximumIOps":3,"IOMaximumBandwidth":4,"MaskedPaths":["/proc/kcore"],\
        "ReadonlyPaths":["/proc/sys"],"Init":true}
        """

    @Test func aConfigurationComesBackAsItWasGiven() throws {
        let decoded = try ContainerConfiguration(try fields(Self.configuration))
        let given = try JSONValue.parse(Self.configuration)
        #expect(decoded.json(.init(major: 1, minor: 51)) == given)
    }

    @Test func aHostConfigurationComesBackAsItWasGiven() throws {
        let decoded = try HostConfiguration(try fields(Self.host))
        let encoded = try #require(decoded.json(.init(major: 1, minor: 51)).object)
        let given = try #require(try JSONValue.parse(Self.host).object)
        for member in given.members { #expect(encoded[member.name] == member.value, "\(member.name)") }
        #expect(Set(encoded.names) == Set(given.names))
    }

    @Test func everyNameOfAConfigurationCountsAsOne() throws {
        let names = try #require(try JSONValue.parse(Self.configuration).object).names
        #expect(Set(names).isSubset(of: ContainerConfiguration.wireNames))
        #expect(ContainerConfiguration.wireNames.subtracting(names) == ["MacAddress"])
    }

    @Test func nullIsAbsentAndTextIsAListOfOne() throws {
        let decoded = try ContainerConfiguration(
            try fields(#"{"Image":null,"Cmd":"true","Env":null,"Labels":null,"Entrypoint":[]}"#))
        #expect(decoded.image == "" && decoded.command == ["true"] && decoded.environment == nil)
        #expect(decoded.entrypoint == [])
    }

    @Test func namesAreFoundInAnyCase() throws {
        let decoded = try ContainerConfiguration(
            try fields(#"{"image":"busybox","cmd":["true"],"TTY":true,"tty":true}"#))
        #expect(decoded.image == "busybox" && decoded.command == ["true"] && decoded.tty)
    }

    @Test(arguments: [
        (#"{"Image":1}"#, "Image"), (#"{"Cmd":[1]}"#, "Cmd"), (#"{"Tty":"yes"}"#, "Tty"), (#"{"Env":{}}"#, "Env"),
        (#"{"Labels":["a"]}"#, "Labels"), (#"{"StopTimeout":1.5}"#, "StopTimeout"),
        (#"{"StopTimeout":99999999999999999999}"#, "StopTimeout"), (#"{"Healthcheck":[]}"#, "Healthcheck"),
        (#"{"Healthcheck":{"Retries":"many"}}"#, "Healthcheck.Retries"),
    ])
    func aWrongTypeIsNamed(body: String, place: String) throws {
        #expect {
            _ = try ContainerConfiguration(try fields(body))
        } throws: { error in
            guard let error = error as? BadRequest else { return false }
            return error.description.hasPrefix("invalid JSON: ") && error.description.contains("field \(place) of")
        }
    }

    @Test(arguments: ["{", "{\"Image\":", "[]", "\"x\"", "{}{}", "\u{0}"]) func whatIsNoObjectIsRefused(body: String) {
        #expect {
            _ = try JSONFields(body: call(body))
        } throws: { ($0 as? BadRequest)?.description.hasPrefix("invalid JSON: ") == true }
    }

    @Test func theBodyMustBeDeclaredAsJSON() throws {
        for type in ["text/plain", "application/xml", ""] {
            #expect(throws: BadRequest.self, "\(type)") { try JSONFields(body: call("{}", type: type)) }
        }
        for type in ["application/json", "application/json; charset=utf-8", "Application/JSON"] {
            #expect(try JSONFields(body: call("{}", type: type)) != nil)
        }
        #expect(try JSONFields(body: call("", type: "")) == nil)
    }
}
