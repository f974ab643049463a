/// A failed launch in docker's words, which clients match on.
enum LaunchSentence {
    private static let create =
        "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: "
        + "unable to start container process: error during container init: "
    private static let exec = "OCI runtime exec failed: exec failed: unable to start container process: "

    static func failure(_ error: LaunchError) -> Engine.StartFailure {
        Engine.StartFailure(cause: EngineError(code(error), create + error.sentence), exitCode: error.exitCode)
    }

    static func execFailure(_ error: LaunchError) -> EngineError {
        EngineError(code(error), exec + error.sentence)
    }

    /// A command that cannot be executed is the caller's fault, all else the host's.
    private static func code(_ error: LaunchError) -> EngineError.Code {
        error.exitCode == 126 || error.exitCode == 127 ? .invalidArgument : .system
    }
}
