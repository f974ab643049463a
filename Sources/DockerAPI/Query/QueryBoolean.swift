/// Docker's rule for booleans in query parameters (moby `daemon/server/httputils`, `BoolValue`).
public enum QueryBoolean {
    /// Everything is true but nothing, `0`, `no`, `false` and `none`, in any case and with white space around.
    public static func value(_ text: String?) -> Bool {
        guard let text else { return false }
        return !["", "0", "no", "false", "none"].contains(text.trimmingASCIIWhiteSpace.lowercased())
    }

    /// As `value`, but `fallback` where the parameter is absent (moby's `BoolValueOrDefault`); present and empty is false.
    public static func value(_ text: String?, default fallback: Bool) -> Bool {
        text == nil ? fallback : value(text)
    }

    /// What docker's CLI writes: `1` for true; it leaves a false parameter out, or writes `0` where the default is true.
    public static func text(_ flag: Bool) -> String { flag ? "1" : "0" }
}
