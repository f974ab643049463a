import OCI

/// How docker says how long ago something was (go-units `HumanDuration`).
enum HumanDuration {
    static func text(seconds: Int64) -> String {
        let minutes = seconds / 60
        // Rounded to the nearest hour, as docker rounds.
        let hours = (seconds + 1800) / 3600
        switch seconds {
        case ..<1: return "Less than a second"
        case 1: return "1 second"
        case ..<60: return "\(seconds) seconds"
        default: break
        }
        if minutes == 1 { return "About a minute" }
        if minutes < 60 { return "\(minutes) minutes" }
        if hours == 1 { return "About an hour" }
        if hours < 48 { return "\(hours) hours" }
        if hours < 24 * 7 * 2 { return "\(hours / 24) days" }
        if hours < 24 * 30 * 2 { return "\(hours / 24 / 7) weeks" }
        if hours < 24 * 365 * 2 { return "\(hours / 24 / 30) months" }
        return "\(hours / 24 / 365) years"
    }
}

extension ContainerState {
    /// The column STATUS of `docker ps`.
    func statusText(at now: Timestamp) -> String {
        func ago(_ moment: Timestamp?) -> String {
            HumanDuration.text(seconds: moment.map { max(0, now.seconds - $0.seconds) } ?? 0)
        }
        switch status {
        case .created: return "Created"
        case .removing: return "Removal In Progress"
        case .dead: return "Dead"
        case .restarting: return "Restarting (\(exitCode)) \(ago(finishedAt)) ago"
        case .paused: return "Up \(ago(startedAt)) (Paused)"
        case .exited: return finishedAt == nil ? "" : "Exited (\(exitCode)) \(ago(finishedAt)) ago"
        case .running:
            guard let health, health.status != .none else { return "Up \(ago(startedAt))" }
            return "Up \(ago(startedAt)) (\(health.status == .starting ? "health: starting" : health.status.rawValue))"
        }
    }
}
