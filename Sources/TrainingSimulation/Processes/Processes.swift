/// The processes of a run, as far as they are there.
struct Processes<Model: SimulatedModel> {
    /// Workers by their places, and behind them relays.
    var members: [(any SimulatedMember)?]
    var coordinator: SimulatedCoordinator<Model>?

    /// A place's worker or relay, if it is still that process.
    func member(_ slot: Int, _ incarnation: Int) -> (any SimulatedMember)? {
        guard let member = members[slot], member.incarnation == incarnation else { return nil }
        return member
    }

    /// Which process of a hub is there; nil for none.
    func incarnation(of hub: Hub) -> Int? {
        switch hub {
        case .coordinator: coordinator?.incarnation
        case .relay(let slot): members[slot]?.incarnation
        }
    }

    /// Where what comes to a hub goes in; nil while its process is not there.
    func connections(of hub: Hub) -> SimulatedCoordinatorConnections<Model>? {
        switch hub {
        case .coordinator: coordinator?.connections
        case .relay(let slot): (members[slot] as? SimulatedRelay<Model>)?.below
        }
    }
}
