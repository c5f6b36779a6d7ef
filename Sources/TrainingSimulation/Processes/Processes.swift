/// The processes of a run, as far as they are there.
struct Processes<Model: SimulatedModel> {
    /// Workers by their places, and behind them relays.
    var members: [SimulatedMember<Model>?]
    var coordinator: SimulatedCoordinator<Model>?

    /// A place's worker or relay, if it is still that process.
    func member(_ slot: Int, _ incarnation: Int) -> SimulatedMember<Model>? {
        guard let member = members[slot], member.place.incarnation == incarnation else {
            return nil
        }
        return member
    }

    /// Which process of a hub is there; nil for none.
    func incarnation(of hub: Hub) -> Int? {
        switch hub {
        case .coordinator: coordinator?.incarnation
        case .relay(let slot): members[slot]?.place.incarnation
        }
    }

    /// Where what comes to a hub goes in; nil while its process is not there.
    func connections(of hub: Hub) -> SimulatedCoordinatorConnections<Model>? {
        switch hub {
        case .coordinator: coordinator?.connections
        case .relay(let slot):
            if case .relay(let relay)? = members[slot] { relay.below } else { nil }
        }
    }
}
