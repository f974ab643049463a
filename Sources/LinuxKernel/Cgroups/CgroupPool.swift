/// Cgroups made before they are asked for, so that a start only gives one its name.
///
/// On v1 that saves a directory in each hierarchy and the device rules; v2 has no rename(2), so there a pool stays empty
/// and every cgroup is made when it is taken.
public actor CgroupPool {
    static let prefix = "prepared-"

    private let driver: CgroupDriver
    private let size: Int
    private var ready: [Cgroup] = []
    private var made = 0
    private var swept = false

    /// - Parameter size: how many are kept ready.
    public init(driver: CgroupDriver, size: Int = 4) {
        self.driver = driver
        self.size = max(0, size)
    }

    /// How many are ready.
    public var count: Int { ready.count }

    /// Makes as many as are missing; call it when nothing is waiting. The first call removes what an earlier process left.
    public func fill() async throws {
        guard driver.version == .v1 else { return }
        if !swept {
            for name in try driver.allNames() where name.hasPrefix(Self.prefix) {
                try await driver.existing(name: name).remove(timeout: .seconds(1))
            }
            swept = true
        }
        while ready.count < size {
            made += 1
            let name = "\(Self.prefix)\(made)"
            ready.append(try driver.prepare(name: name))
            await Task.yield()
        }
    }

    /// A cgroup under this name, with these limits: one that is ready, or a new one where none is.
    public func take(name: String, limits: ResourceLimits, devices: [DeviceRule]) throws(CgroupError) -> Cgroup {
        guard let prepared = ready.popLast() else {
            return try driver.create(name: name, limits: limits, devices: devices)
        }
        return try driver.finish(prepared, name: name, limits: limits, devices: devices)
    }

    /// Removes those that are ready.
    public func drain() async throws {
        while let cgroup = ready.popLast() { try await cgroup.remove() }
    }
}
