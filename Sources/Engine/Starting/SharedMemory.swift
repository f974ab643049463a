import LinuxKernel

/// The `/dev/shm` that a container of `--ipc shareable` lends to others: a tmpfs of the host below the container's folder.
enum SharedMemory {
    static func directory(of containerDirectory: String) -> String { "\(containerDirectory)/shm" }

    static func mount(in containerDirectory: String, size: Int64) throws(EngineError) {
        let place = directory(of: containerDirectory)
        do {
            try Folder.make(place, mode: 0o700)
            // What a killed engine may have left holds nobody's memory.
            try HostMount.unmount(place)
            try HostMount.mount("shm", at: place, type: "tmpfs", options: "nosuid,nodev,noexec,mode=1777,size=\(size)")
        } catch {
            throw EngineError(system: error)
        }
    }

    /// Takes it away from the host; processes that have it keep it.
    static func unmount(in containerDirectory: String) throws(EngineError) {
        do { try HostMount.unmount(directory(of: containerDirectory)) } catch { throw EngineError(system: error) }
    }
}

extension Engine {
    /// The folder of the host that a container has as `/dev/shm`; nil for a tmpfs of its own.
    func sharedMemory(of container: Container, _ host: HostConfiguration) -> String? {
        if host.ipcMode == "shareable" { return SharedMemory.directory(of: container.directory) }
        guard host.ipcMode.hasPrefix("container:") else { return nil }
        return SharedMemory.directory(of: containerDirectory(String(host.ipcMode.dropFirst("container:".count))))
    }

    /// Unmounts what a run had on the host: the memory it lent, and its volumes.
    func unmountFromHost(_ container: Container) {
        unmountVolumes(of: container, for: container.id)
        guard container.read({ $0.record.hostConfiguration.ipcMode }) == "shareable" else { return }
        do { try SharedMemory.unmount(in: container.directory) } catch {
            logger.error("cannot unmount the shared memory of container \(container.shortID): \(error)")
        }
    }
}
