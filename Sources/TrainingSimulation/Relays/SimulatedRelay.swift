import TrainingDriver
import TrainingProtocol
import Transport

/// A relay's process: the program's driver between two simulated networks, in virtual time.
final class SimulatedRelay<Model: SimulatedModel>: SimulatedMember {
    private let place: WorkerPlace<Model>
    private let driver:
        RelayDriver<
            SimulatedWorkerConnection<Model>, SimulatedCoordinatorConnections<Model>,
            Model.Relaying, SimulatedClock<Model>
        >
    private let numbers: Model.Relaying
    var isFrozen = false
    var isAskedToLeave = false

    init(_ place: WorkerPlace<Model>, _ numbers: Model.Relaying) {
        self.place = place
        self.numbers = numbers
        let options = place.world.options
        var settings = Relay.Settings()
        settings.above.heartbeatInterval = options.heartbeatInterval
        settings.above.silenceMax = options.silenceMax
        // Its workers are of use elsewhere.
        settings.above.patience = options.silenceMax * 3
        settings.heartbeatInterval = options.heartbeatInterval
        settings.silenceMax = options.silenceMax
        driver = RelayDriver(
            numbers,
            from: SimulatedWorkerConnection(place),
            to: SimulatedCoordinatorConnections(place.network, of: .relay(slot: place.slot)),
            settings: settings,
            joinLimit: JoinLimit(
                burstMin: options.network.joinCountMax,
                period: options.network.joinPeriod
            ),
            clock: place.clock,
            observer: TracingRelayObserver(place.world, place.slot)
        )
    }

    var slot: Int { place.slot }

    var worker: WorkerID { place.worker }

    var incarnation: Int { place.incarnation }

    /// Where its workers' messages come in.
    var below: SimulatedCoordinatorConnections<Model> { driver.below }

    var outcome: Worker.Outcome? { driver.outcome }

    /// Adding takes it no time.
    var busyUntil: Duration { place.world.now }

    var nextTurn: Duration? { driver.deadline.map { place.clock.worldTime(of: $0) } }

    func takeTurn() {
        guard !isFrozen, outcome == nil else { return }
        do {
            try driver.turn(isToLeave: isAskedToLeave)
        } catch {
            place.world.fail("a relay ends: \(error)")
        }
        isAskedToLeave = false
        if let violation = Model.violation(in: numbers) ?? driver.standstill {
            place.world.fail("relay \(place.slot): \(violation)")
        }
    }

    func depart(_ packet: Packet, over channel: Channel) {
        place.network.send(packet, from: place.slot, channel)
    }

    func thaw() { isFrozen = false }

    func hear(_ packet: Packet, over channel: Channel) { driver.above.inbox.hear(packet) }

    func hear(_ change: ConnectionChange, over channel: Channel) {
        driver.above.inbox.hear(change)
    }
}

/// Follows a relay, and keeps what it is told in the trace.
private final class TracingRelayObserver: RelayObserver {
    private let world: World
    private let slot: Int

    init(_ world: World, _ slot: Int) {
        self.world = world
        self.slot = slot
    }

    func searchGoesOn(_ line: String) {}

    func didJoin() {}

    func didNotice(_ notice: Coordinator.Notice) {
        world.note(world.place(at: slot), .reports, 0, "\(notice)")
    }

    func didReceiveForeignBytes(reason: String) {
        world.note(world.place(at: slot), .rejects, 0, reason)
    }
}
