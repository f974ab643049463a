/// The third part of docker's `-v SOURCE:TARGET:MODE`: words with commas, at most one of each group.
public struct BindMode: Sendable, Hashable {
    /// How the source is labelled where SELinux is on.
    public enum Relabel: String, Sendable, Hashable {
        /// `z`: for all containers.
        case shared = "z"
        /// `Z`: for this one.
        case `private` = "Z"
    }

    /// `ro` instead of `rw`.
    public var isReadOnly = false
    /// Propagation, where it was named; docker's default is `rprivate`.
    public var propagation: Propagation?
    /// Relabelling, where it was named.
    public var relabel: Relabel?
    /// `nocopy`: a new volume does not start with what the image has at the target.
    public var noCopy = false
    /// `consistent`, `cached` or `delegated`, which mean nothing on Linux.
    public var consistency: String?

    /// The mode of no words.
    public init() {}

    /// Reads a mode; a word that is unknown, or a second one of the same group, makes all of it invalid.
    public init(_ mode: String) throws(MountOptionError) {
        guard !mode.isEmpty else { return }
        var groups: Set<String> = []
        for word in mode.split(separator: ",", omittingEmptySubsequences: false) {
            guard let group = take(String(word)), groups.insert(group).inserted else {
                throw MountOptionError("invalid mode: \(mode)")
            }
        }
    }

    /// - Returns: the word's group, or `nil` for an unknown word.
    private mutating func take(_ word: String) -> String? {
        if let propagation = Propagation(rawValue: word) {
            self.propagation = propagation
            return "propagation"
        }
        if let relabel = Relabel(rawValue: word) {
            self.relabel = relabel
            return "relabel"
        }
        switch word {
        case "ro", "rw":
            isReadOnly = word == "ro"
            return "access"
        case "nocopy":
            noCopy = true
            return "copy"
        case "consistent", "cached", "delegated":
            consistency = word
            return "consistency"
        default: return nil
        }
    }

    /// The bits to set on the mount.
    public var attributes: UInt64 { isReadOnly ? MountAttribute.readOnly : 0 }
}
