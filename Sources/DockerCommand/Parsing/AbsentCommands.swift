/// Commands that docker's CLI has and Drydock leaves out, and what to do instead.
public enum AbsentCommands {
    private static let instead = [
        "login": "credentials come from `auths`, `credHelpers` and `credsStore` of docker's config.json, "
            + "which docker's own `docker login` writes",
        "logout": "remove the registry from `auths` of docker's config.json",
        "push": "Drydock pulls and loads images but uploads none; use docker's CLI or skopeo",
        "search": "the registry protocol has no search; look for images on the registry's own site",
        "build": "Drydock runs images but builds none; use `docker build` or buildah, then `drydock load`",
        "image build": "Drydock runs images but builds none; use `docker build` or buildah, then `drydock load`",
        "image push": "Drydock pulls and loads images but uploads none; use docker's CLI or skopeo",
    ]

    private static let groups: Set<String> = [
        "builder", "buildx", "checkpoint", "compose", "config", "context", "manifest", "node", "plugin", "secret",
        "service",
        "stack", "swarm", "trust",
    ]

    /// The first words of the commands: `login`, `push`, `swarm`, …
    public static var names: Set<String> { groups.union(instead.keys.filter { !$0.contains(" ") }) }

    /// The refusal of a command by its first words; `nil` where docker's CLI does not have it either, or Drydock does.
    static func refusal(_ words: [String]) -> UsageError? {
        guard let head = words.first else { return nil }
        for name in [words.joined(separator: " "), head] {
            if let way = instead[name] {
                return UsageError(message: "docker \(name) is not part of Drydock: \(way).", exitCode: 1)
            }
        }
        guard groups.contains(head) else { return nil }
        return UsageError(
            message: "docker \(head) is not part of Drydock, which covers containers, images, volumes and networks; "
                + "use docker's own CLI for it.", exitCode: 1)
    }
}
