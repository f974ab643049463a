import NIOCore
import NIOHTTP1

extension Route {
    /// `GET /_ping`, `HEAD /_ping`
    static func ping(_ method: HTTPMethod) -> Route {
        atOnce(method, "/_ping") { _ in
            var headers: HTTPHeaders = [
                "Builder-Version": "1", "Cache-Control": "no-cache, no-store, must-revalidate", "Pragma": "no-cache",
                "Swarm": "inactive", "Content-Type": "text/plain; charset=utf-8",
            ]
            guard method == .GET else {
                headers.add(name: "Content-Length", value: "0")
                return Reply(.ok, headers: headers)
            }
            return Reply(.ok, headers: headers, body: .bytes(ByteBuffer(staticString: "OK")))
        }
    }
}
