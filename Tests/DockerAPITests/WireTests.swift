import DockerAPI
import Foundation
import Testing

@Suite("Wire types")
struct WireTests {
    private func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    private func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    @Test("an inspection decodes, with nulls, omissions and fields nobody knows")
    func inspect() throws {
        let value = try decode(
            ContainerInspect.self,
            """
            {"Id":"4f","Name":"/web","ExecIDs":null,"Unknown":{"a":[1]},
             "State":{"Status":"exited","OOMKilled":true,"ExitCode":137,"Health":null},
             "HostConfig":{"NanoCpus":1500000000,"PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"8080"}],"81/tcp":null}},
             "Config":{"Env":["A=b"],"ExposedPorts":{"80/tcp":{}},"Healthcheck":{"StartInterval":5}},
             "NetworkSettings":{"Ports":{"80/tcp":null},"Networks":{"bridge":{"IPAddress":"172.17.0.2","DNSNames":["x"]}}}}
            """)
        #expect(value.id == "4f" && value.execIDs == nil && value.state?.oomKilled == true)
        #expect(value.state?.exitCode == 137 && value.state?.health == nil)
        #expect(value.hostConfig?.nanoCpus == 1_500_000_000)
        #expect(value.hostConfig?.portBindings?["80/tcp"]??.first?.hostPort == "8080")
        #expect(value.config?.exposedPorts?.keys.first == "80/tcp" && value.config?.healthcheck?.startInterval == 5)
        #expect(value.networkSettings?.networks?["bridge"]?.ipAddress == "172.17.0.2")
        #expect(value.networkSettings?.networks?["bridge"]?.dnsNames == ["x"])
    }

    @Test("the body of create is one object, and what is not set is left out")
    func create() throws {
        var config = ContainerConfig()
        config.image = "nginx"
        config.tty = false
        config.volumes = ["/data": EmptyObject()]
        var hostConfig = HostConfig()
        hostConfig.pidsLimit = 5
        hostConfig.utsMode = "host"
        let request = ContainerCreateRequest(config: config, hostConfig: hostConfig)
        let text = try encode(request)
        #expect(
            text
                == #"{"HostConfig":{"PidsLimit":5,"UTSMode":"host"},"Image":"nginx","Tty":false,"Volumes":{"/data":{}}}"#
        )
        #expect(try decode(ContainerCreateRequest.self, text) == request)
    }

    @Test("names keep the casing each answer has")
    func casing() throws {
        let event = try decode(
            EventMessage.self,
            #"{"Type":"container","Action":"die","Actor":{"ID":"x","Attributes":{"exitCode":"3"}},"time":1,"timeNano":2}"#
        )
        #expect(event.actor?.attributes?["exitCode"] == "3" && event.timeNano == 2 && event.actor?.id == "x")
        let stats = try decode(
            ContainerStats.self,
            #"{"cpu_stats":{"cpu_usage":{"total_usage":7}},"pids_stats":{"limit":18446744073709551615},"networks":{"eth0":{"rx_bytes":1}}}"#
        )
        #expect(stats.cpuStats?.cpuUsage?.totalUsage == 7 && stats.networks?["eth0"]?.rxBytes == 1)
        #expect(stats.pidsStats?.limit == .max)
        let platform = try decode(OCIPlatform.self, #"{"os":"linux","os.version":"1","os.features":["a"]}"#)
        #expect(platform.osVersion == "1" && platform.osFeatures == ["a"])
        let version = try decode(SystemVersion.self, #"{"ApiVersion":"1.51","MinAPIVersion":"1.24"}"#)
        #expect(version.apiVersion == "1.51" && version.minAPIVersion == "1.24")
    }

    @Test("a field of another type is an error that names it")
    func wrongType() {
        #expect {
            _ = try decode(ContainerState.self, #"{"ExitCode":"137"}"#)
        } throws: { error in
            guard case DecodingError.typeMismatch(_, let context) = error else { return false }
            return context.codingPath.map(\.stringValue) == ["ExitCode"]
        }
    }
}
