import struct DockerAPI.RegistryAuth
import Engine
import NIOHTTP1
import OCI
import RegistryClient

extension Call {
    /// The `filters` parameter, for the engine.
    func filterArguments() throws(BadRequest) -> FilterArguments {
        let filters = try query.filters()
        return FilterArguments(Dictionary(uniqueKeysWithValues: filters.names.map { ($0, filters[$0]) }))
    }

    /// The credentials of `X-Registry-Auth`; nil where there are none. A header that holds none is taken for that, as
    /// dockerd does, since old clients send odd ones.
    func credentials() -> RegistryCredentials? {
        guard let text = headers[RegistryAuth.headerName].first, let auth = try? RegistryAuth(headerValue: text) else {
            return nil
        }
        let credentials = RegistryCredentials(auth)
        return credentials.isEmpty ? nil : credentials
    }

    /// The `platform` parameter: `linux/arm64`, or from API 1.49 JSON.
    func platform() throws(BadRequest) -> Platform? {
        guard let text = query.text("platform") else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { $0.lowercased() }
        let isWord: (String) -> Bool = { part in
            !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F || byte == 0x2D
                        || byte == 0x2E
                }
        }
        guard parts.count <= 3, parts.allSatisfy(isWord) else {
            throw BadRequest("\"\(text)\" is an invalid component of \"\(text)\": platform specifier component")
        }
        let usual = ["amd64", "386", "arm", "arm64", "ppc64le", "s390x", "riscv64", "mips64le", "loong64"]
        if parts.count == 1 {
            guard usual.contains(parts[0]) || parts[0] == "linux" else {
                throw BadRequest("\"\(text)\": unknown operating system or architecture")
            }
            return parts[0] == "linux"
                ? Platform.host : Platform(os: "linux", architecture: parts[0])
        }
        return Platform(os: parts[0], architecture: parts[1], variant: parts.count == 3 ? parts[2] : nil)
    }
}

extension RegistryCredentials {
    /// The credentials of a header or of `POST /auth`.
    init(_ auth: RegistryAuth) {
        self.init(
            username: auth.username ?? "", password: auth.password ?? "", identityToken: auth.identityToken ?? "",
            registryToken: auth.registryToken ?? "")
    }
}
