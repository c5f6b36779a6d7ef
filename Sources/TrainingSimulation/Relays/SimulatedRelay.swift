import TrainingDriver
import TrainingProtocol
import Transport

/// A relay's process: the program's driver between two simulated networks, in virtual time.
final class SimulatedRelay<Model: SimulatedModel> {
    let place: WorkerPlace<Model>
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

    /// Where the coordinator's messages come in.
    var above: SimulatedWorkerConnection<Model> { driver.above }

    /// Where its workers' messages come in.
    var below: SimulatedCoordinatorConnections<Model> { driver.below }

    var outcome: Worker.Outcome? { driver.outcome }

    /// When it takes its next turn; nil for when something comes.
    var nextTurn: Duration? { driver.deadline.map { place.clock.worldTime(of: $0) } }

    /// One turn of the program's loop, if it is not standing still.
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
