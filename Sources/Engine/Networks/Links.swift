import LinuxKernel
import BridgeNetwork

/// docker's legacy links: a container of the bridge is known to another under a name of the other's own
/// (`docker run --link NAME:ALIAS`). They are kept as `ID:ALIAS`, so that a rename does not break them.
struct ContainerLink: Sendable, Hashable {
    /// The name, or once kept the ID, of the container that is linked to.
    var target: String
    var alias: String

    /// `NAME:ALIAS`, or `NAME` for both.
    ///
    /// - Throws: `invalidArgument`, in docker's words.
    init(_ text: String) throws(EngineError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (1...2).contains(parts.count), !parts.contains("") else {
            throw EngineError(.invalidArgument, "bad format for links: \(text)")
        }
        target = parts[0]
        let alias = parts.count == 2 ? parts[1] : parts[0]
        self.alias = alias.hasPrefix("/") ? String(alias.dropFirst()) : alias
    }

    var text: String { "\(target):\(alias)" }
}

extension Engine {
    /// Links as they are kept.
    func resolvedLinks(_ links: [String]) throws(EngineError) -> [String] {
        try links.map { text throws(EngineError) in
            var link = try ContainerLink(text)
            do throws(EngineError) { link.target = try container(link.target).id } catch {
                throw EngineError(.invalidArgument, "could not get container for \(link.target): \(error.message)")
            }
            return link.text
        }
    }

    /// The links of a container to those that are still there.
    private func links(of container: Container) -> [(alias: String, target: Container)] {
        (container.read { $0.record.hostConfiguration.links } ?? []).compactMap { text in
            // What is kept was read before; a target that was removed takes its link along.
            guard let link = try? ContainerLink(text), let target = try? containers.container(link.target) else {
                return nil
            }
            return (link.alias, target)
        }
    }

    /// As inspect shows them: `/server:/client/alias`.
    func shownLinks(of container: Container) -> [String]? {
        let links = links(of: container).map { "/\($0.target.name):/\(container.name)/\($0.alias)" }
        return links.isEmpty ? nil : links
    }

    /// The further names of containers by ID, `client/alias`, in order.
    func linkNames() -> [String: [String]] {
        var names: [String: [String]] = [:]
        for parent in containers.all {
            for link in links(of: parent) { names[link.target.id, default: []].append("\(parent.name)/\(link.alias)") }
        }
        return names.mapValues { $0.sorted() }
    }

    /// The container that another calls so: `client/alias`.
    func linkedContainer(_ name: String) -> Container? {
        link(name).flatMap { link in links(of: link.parent).first { $0.alias == link.alias }?.target }
    }

    private func link(_ name: String) -> (parent: Container, alias: String)? {
        let parts = name.split(separator: "/").map(String.init)
        guard parts.count == 2, let parent = try? containers.container(parts[0]) else { return nil }
        return (parent, parts[1])
    }

    /// Takes a link away; both containers stay (`DELETE /containers/{client}/{alias}?link=1`).
    func removeLink(_ name: String) async throws(EngineError) {
        guard let (parent, alias) = link(name) else {
            throw EngineError(
                .invalidArgument, "Cannot get parent / for name \(name.hasPrefix("/") ? name : "/\(name)")")
        }
        try await parent.gate.pass { () async throws(EngineError) in
            let isFound = parent.change { life in
                let links = life.record.hostConfiguration.links ?? []
                let kept = links.filter { !$0.hasSuffix(":\(alias)") }
                life.record.hostConfiguration.links = kept
                return kept.count < links.count
            }
            guard isFound else { throw EngineError(.notFound, "No such link: \(name)") }
            try parent.save()
        }
    }

    /// What a container finds of those it is linked to: lines of its `/etc/hosts`, and variables.
    ///
    /// - Throws: `conflict` where one of them does not run.
    func linked(_ container: Container) throws(EngineError) -> (hosts: [HostFiles.Name], environment: [String]) {
        var hosts: [HostFiles.Name] = []
        var environment: [String] = []
        for (alias, target) in links(of: container) {
            guard let lease = target.read({ $0.record.lease?.lease }) else {
                throw EngineError(
                    .conflict, "Cannot link to a non running container: /\(target.name) AS /\(container.name)/\(alias)")
            }
            let hostname = target.definition.configuration.hostname
            var names = [alias]
            for name in [hostname, target.name] where !names.contains(name) { names.append(name) }
            hosts.append(HostFiles.Name(address: lease.address, names: names))
            environment += Self.variables(of: target, alias, parent: container, address: lease.address)
        }
        return (hosts, environment)
    }

    /// `DB_NAME`, `DB_PORT_5432_TCP_ADDR` and their like, and the target's own as `DB_ENV_…` (moby daemon/links).
    private static func variables(
        of target: Container, _ alias: String, parent: Container, address: String
    ) -> [String] {
        let prefix = alias.uppercased().replacing("-", with: "_")
        let configuration = target.definition.configuration
        // What does not parse was refused when the container was created.
        let ports = configuration.exposedPorts.compactMap { try? ContainerPort($0) }.sorted {
            ($0.number, $0.networkProtocol) < ($1.number, $1.networkProtocol)
        }
        func url(_ port: ContainerPort) -> String { "\(port.networkProtocol)://\(address):\(port.number)" }
        var variables: [String] = []
        if let first = ports.first { variables.append("\(prefix)_PORT=\(url(first))") }
        for port in ports {
            let name = "\(prefix)_PORT_\(port.number)_\(port.networkProtocol.uppercased())"
            variables += [
                "\(name)=\(url(port))", "\(name)_ADDR=\(address)", "\(name)_PORT=\(port.number)",
                "\(name)_PROTO=\(port.networkProtocol)",
            ]
        }
        variables.append("\(prefix)_NAME=/\(parent.name)/\(alias)")
        for variable in configuration.environment ?? []
        where variable.contains("=") && !variable.hasPrefix("HOME=") && !variable.hasPrefix("PATH=") {
            variables.append("\(prefix)_ENV_\(variable)")
        }
        return variables
    }
}
