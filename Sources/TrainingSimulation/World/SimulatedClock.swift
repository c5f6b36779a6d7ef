import TrainingDriver
import TrainingProtocol
import Transport

/// A process's clock in virtual time, which goes ahead of the world's while the process computes.
final class SimulatedClock<Model: SimulatedModel>: CoordinatorClock {
    typealias Payloads = Model.Payloads

    private let world: World
    private let start: Duration
    /// How far the process has computed into what the world has not come to yet.
    var ahead = Duration.zero

    init(_ world: World) {
        self.world = world
        start = world.now
    }

    var now: Duration { world.now + ahead - start }

    /// The world's time at one of this clock.
    func worldTime(of time: Duration) -> Duration { start + time }

    func lap(_ phase: Phase) {}

    func noteWelcome(of worker: WorkerID) {}

    func take(_ profile: Payloads.Profile, from worker: WorkerID) -> Bool { false }

    func stepDidEnd(_ traffic: @autoclosure () -> Traffic) {}
}
