import CProbe
struct Out { var bytes: [UInt8] = []
 mutating func put(_ s: StaticString) { s.withUTF8Buffer { bytes.append(contentsOf: $0) } }
 mutating func put(_ s: String) { bytes.append(contentsOf: s.utf8) }
 mutating func flush() { _ = bytes.withUnsafeBytes { cprobe_write(1, $0.baseAddress, UInt($0.count)) } } }
func run() {
var o = Out()
let n = cprobe_argument_count()
for i in 0..<Int32(n) {
  guard let p = cprobe_argument(i) else { continue }
  let s = String(cString: p)
  o.put("arg "); o.put(s); o.put(" \(i) \n")
  if s.utf8.elementsEqual("a".utf8) { o.put("eq\n") }
  var d: [Int: [UInt8]] = [:]
  d[3] = [4]
  o.put("\(d.count)\n")
}
o.flush()
}
run()
