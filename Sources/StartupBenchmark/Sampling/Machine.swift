#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The machine that a run was made on.
enum Machine {
    /// `Linux 6.18.0 x86_64, 2 processors, 23.5 GiB`.
    static func description() -> String {
        var name = utsname()
        uname(&name)
        let memory = Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_073_741_824
        let rounded = (memory * 10).rounded() / 10
        return "\(text(name.sysname)) \(text(name.release)) \(text(name.machine)), "
            + "\(MachineLoad.now().processors) processors, \(rounded) GiB"
    }

    private static func text<Field>(_ field: Field) -> String {
        withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
