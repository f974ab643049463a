/// Which endpoint plays which part in ratios and targets.
public struct Roles: Sendable, Hashable {
    /// The machine's floor.
    public var floor: String?
    /// Whom the others are compared with: a docker, where there is one.
    public var baseline: String?
    /// Who is to be fast.
    public var subject: String?
    /// The other peer that targets name.
    public var podman: String?

    /// Roles by name, unless somebody says otherwise.
    ///
    /// - Parameters:
    ///   - baseline: the name to compare with; nil takes the first docker, else the first daemon.
    ///   - subject: who is to be fast; nil takes the one called `drydock`.
    public init(_ endpoints: [String], baseline: String? = nil, subject: String? = nil) {
        floor = endpoints.first { $0 == "floor" }
        self.subject = subject ?? endpoints.first { $0 == "drydock" }
        podman = endpoints.first { $0.hasPrefix("podman") }
        self.baseline =
            baseline ?? endpoints.first { $0.hasPrefix("docker") }
            ?? endpoints.first { [floor, self.subject].contains($0) == false }
    }
}
