/// Which kernel parameters a container may set: those that its own namespaces keep apart from the host's
/// (runc libcontainer/configs/validate, `sysctls`).
enum Sysctls {
    private static let ofIPC: Set<String> = [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax",
        "kernel.shmmni", "kernel.shm_rmid_forced",
    ]

    /// - Throws: `system`, in runc's words, for a parameter that would change the host or another container.
    static func check(_ names: some Collection<String>, _ host: HostConfiguration) throws(EngineError) {
        for given in names.sorted() {
            // Either separator may be used, as sysctl(8) has it.
            let name = given.replacing("/", with: ".")
            let isAllowed: Bool
            switch name {
            case _ where ofIPC.contains(name) || name.hasPrefix("fs.mqueue."): isAllowed = host.ipcMode != "host"
            case _ where name.hasPrefix("net."):
                isAllowed = host.networkMode != "host"
                if !isAllowed {
                    throw failure("sysctl \"\(given)\" not allowed in host network namespace")
                }
            case "kernel.domainname": isAllowed = host.utsMode != "host"
            case "kernel.hostname":
                throw failure("sysctl \"\(given)\" is not allowed as it conflicts with the OCI \"hostname\" field")
            default: isAllowed = false
            }
            guard isAllowed else { throw failure("sysctl \"\(given)\" is not in a separate kernel namespace") }
        }
    }

    private static func failure(_ reason: String) -> EngineError {
        EngineError(
            .system,
            "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create "
                + "failed: \(reason): unknown")
    }
}
