import Synchronization

/// Which addresses of the subnet are taken. Round robin: an address comes back as late as possible, so that nobody who
/// still talks to the last owner reaches the next one.
final class AddressPool: Sendable {
    private enum Use {
        case held
        /// Its owner is gone; the interface may not be yet.
        case retiring(veth: String)
    }

    private struct State {
        var uses: [UInt32: Use]
        var last: UInt32
    }

    let network: IPv4Network
    private let state: Mutex<State>

    init(network: IPv4Network) {
        self.network = network
        state = Mutex(State(uses: [:], last: network.gateway))
    }

    /// Takes the next free address.
    ///
    /// - Parameter isGone: whether an interface of that name has gone; asked only where a used address comes round.
    func takeNext(
        _ isGone: (String) throws(NetworkError) -> Bool
    ) throws(NetworkError) -> UInt32 {
        var steps = 0
        while let (candidate, veth) = nextCandidate(after: &steps) {
            if let veth, try !isGone(veth) { continue }
            if claim(candidate) { return candidate }
        }
        throw NetworkError(.exhausted, "no available IPv4 addresses on this network's address pools: \(network)")
    }

    /// Takes that address; `false` where somebody has it or it is none for a container.
    func take(_ address: UInt32) -> Bool {
        guard network.contains(address), address > network.gateway, address < network.broadcast else { return false }
        return claim(address)
    }

    /// Gives an address back, usable again once the interface is gone.
    func retire(_ address: UInt32, veth: String) {
        state.withLock { $0.uses[address] = .retiring(veth: veth) }
    }

    /// Gives back an address that no interface ever had.
    func giveBack(_ address: UInt32) { state.withLock { $0.uses[address] = nil } }

    private func claim(_ address: UInt32) -> Bool {
        state.withLock { state in
            if case .held = state.uses[address] { return false }
            state.uses[address] = .held
            return true
        }
    }

    /// The next address that nobody holds, and the interface that must have gone first; `nil` after one round.
    private func nextCandidate(after steps: inout Int) -> (UInt32, String?)? {
        state.withLock { state in
            let room = Int(network.broadcast - network.gateway) - 1
            while steps < room {
                steps += 1
                state.last = state.last + 1 >= network.broadcast ? network.gateway + 1 : state.last + 1
                switch state.uses[state.last] {
                case nil: return (state.last, nil)
                case .retiring(let veth): return (state.last, veth)
                case .held: continue
                }
            }
            return nil
        }
    }
}
