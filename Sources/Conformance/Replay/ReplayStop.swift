import Scenario

/// Why the replay of a case ended before its last step.
enum ReplayStop: Error, Sendable {
    /// The endpoint departs from what is promised.
    case departed([Departure])
    /// Something awaited did not come; the departures say what was missing by then.
    case late(reason: String, [Departure])
    /// The endpoint says that it does not offer what the step asks for.
    case unsupported(String)
    /// A need of the case is not met here.
    case skipped(String)
    /// The harness or the scenario is at fault.
    case fault(String)
}

/// What the steps of one case work with.
struct ReplayContext: Sendable {
    let driver: any CommandDriver
    let engine: Engine
    let token: CaseToken
    /// Whether the case sees the whole daemon: nothing is filtered then.
    let exclusive: Bool
    /// The case's directory on the harness's side, the working directory of its commands.
    let directory: String
    /// How an image named in a scenario is written for this case: `nginx` to `127.0.0.1:5123/…/nginx`.
    let images: [String: String]
    let transcript: Transcript
    let deadline: Deadline
    /// Whether a difference is noted for recording and the replay goes on.
    let records: Bool

    /// The default limit of one step.
    static let stepLimit = Duration.seconds(30)
}
