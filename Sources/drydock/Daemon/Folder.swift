#if os(Linux)
    import Glibc

    #if canImport(FoundationEssentials)
        import FoundationEssentials
    #else
        import Foundation
    #endif

    /// Folders that are only for a while.
    enum Folder {
        /// Makes a folder that nobody else can look into.
        static func temporary(_ prefix: String) throws -> String {
            var template = Array("/tmp/\(prefix).XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else {
                throw Fault(description: "cannot make a folder in /tmp: \(String(cString: strerror(errno)))")
            }
            return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        }

        /// Removes a folder with all that is in it.
        static func remove(_ path: String) throws {
            do { try FileManager.default.removeItem(atPath: path) } catch {
                throw Fault(description: "cannot remove \(path): \(error)")
            }
        }
    }
#endif
