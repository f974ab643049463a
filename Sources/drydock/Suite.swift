/// What this build is.
enum Suite {
    /// The version of Drydock (semantic versioning).
    static let version = "0.1.0"
}
