import Checkpoints
import Figures
import SeededRandom
import TrainingDriver
import TrainingProtocol
import Transport

/// A coordinator's process: the program's driver over a simulated network and disk, in virtual
/// time.
final class SimulatedCoordinator<Model: SimulatedModel> {
    typealias Transport = PreferringCoordinatorTransport<
        SimulatedCoordinatorLinks<Model>, SimulatedCoordinatorConnections<Model>
    >
    typealias Keeper = RunCheckpoints<Model.Numbers, SimulatedCheckpointWriter>

    let incarnation: Int
    private let world: World
    private let driver: CoordinatorDriver<Transport, Model.Numbers, Keeper, SimulatedClock<Model>>
    private let clock: SimulatedClock<Model>
    let observer: TracingObserver
    var isFrozen = false
    var isAskedToStop = false

    /// Goes on from the newest checkpoint, or begins and writes the first one.
    ///
    /// - Throws: when the disk cannot be read, or the first checkpoint not be written.
    init(
        _ incarnation: Int,
        of model: Model,
        over network: SimulatedNetwork,
        on disk: SimulatedDisk,
        in world: World
    ) throws {
        self.incarnation = incarnation
        self.world = world
        let store = CheckpointStore(
            folder: "checkpoints",
            keepCount: world.options.run.checkpointsKept,
            table: model.table,
            fileSystem: disk.files
        )
        let numbers = model.makeNumbers()
        let keeper = Keeper(
            writer: SimulatedCheckpointWriter(
                store,
                slotNames: numbers.slotNames,
                on: disk,
                incarnation,
                world
            ),
            store: store,
            identity: RunIdentity(run: world.seed, seed: world.seed, configuration: [:])
        )
        var record = RunRecord()
        if let found = try store.newestValid() {
            record = try RunIdentity.record(in: found.checkpoint.metadata)
            try numbers.restart(from: found.checkpoint)
        } else {
            keeper.submit(record, numbers, isRequired: true)
            try keeper.writer.finish()
        }
        let step = record.position.completedStepCount
        world.note(.coordinator, .starts, UInt64(step), "after step \(step)")
        clock = SimulatedClock<Model>(world)
        observer = TracingObserver(world)
        let linkKind = world.options.network.linkKind
        driver = CoordinatorDriver(
            RunStart(
                record,
                settings: Self.settings(world, incarnation),
                stopping: world.options.run.stopping,
                joinLimit: JoinLimit(
                    burstMin: world.options.network.joinCountMax,
                    period: world.options.network.joinPeriod
                )
            ),
            numbers,
            over: Transport(
                linkKind == .none ? nil : SimulatedCoordinatorLinks(network, linkKind, in: world),
                orElse: SimulatedCoordinatorConnections(network)
            ),
            keeper: keeper,
            clock: clock,
            observer: observer
        )
    }

    private static func settings(
        _ world: World,
        _ incarnation: Int
    ) -> Coordinator.Settings {
        let options = world.options
        var settings = Coordinator.Settings(
            // The driver counts on from there when it goes back.
            stamp: RunStamp(run: world.seed, generation: UInt64(incarnation) << 16),
            schedule: options.run.schedule,
            input: InputSettings(geometry: "pad", scale: "unit"),
            workerCountMin: options.run.workerCountMin,
            stepsPerCheckpoint: options.run.stepsPerCheckpoint
        )
        settings.heartbeatInterval = options.heartbeatInterval
        settings.silenceMax = options.silenceMax
        settings.verification = options.run.verification
        // Every fourth run has workers stand by.
        if world.seed % 4 == 3 { settings.workerCountAtOnce = 2 }
        return settings
    }

    var links: SimulatedCoordinatorLinks<Model>? { driver.transport.preferred }

    var connections: SimulatedCoordinatorConnections<Model> { driver.transport.fallback }

    var writer: SimulatedCheckpointWriter { driver.keeper.writer }

    var outcome: Coordinator.Outcome? { driver.progress.outcome }

    var numbers: Model.Numbers { driver.numbers }

    var progress: RunProgress { driver.progress }

    /// Workers that have given wrong answers, and what those leave in doubt.
    var doubts: (distrusted: [WorkerID], unverified: [SoleAnswers]) {
        (driver.machine.distrusted, driver.machine.unverified)
    }

    /// When it takes its next turn; nil for when something comes.
    var nextTurn: Duration? { driver.deadline.map { clock.worldTime(of: $0) } }

    /// One turn of the program's loop.
    func takeTurn() {
        guard !isFrozen, outcome == nil else { return }
        do {
            try driver.turn(isStopped: isAskedToStop)
        } catch {
            world.fail("the coordinator ends: \(error)")
        }
        isAskedToStop = false
        if let violation = Model.violation(in: driver.numbers) ?? driver.standstill {
            world.fail(violation)
        }
    }
}

/// Follows a run, and keeps what it is told in the trace.
final class TracingObserver: CoordinatorObserver {
    private let world: World
    /// Workers that were found to answer wrongly.
    private(set) var distrusted: [WorkerID] = []
    /// Where the run has gone back to, if it has just done so.
    var positionGoneBackTo: Position?

    init(_ world: World) { self.world = world }

    func stepDidEnd(_ record: StepRecord) {
        let index = record.completedStepCount - 1
        world.note(.coordinator, .applies, UInt64(index), "step \(index)")
    }

    func epochDidEnd(_ record: EpochRecord) {}

    func runDidGoBack(to position: Position) {
        let step = UInt64(position.completedStepCount)
        world.note(.coordinator, .goesBack, step, "to step \(step)")
        positionGoneBackTo = position
    }

    func didNotice(_ notice: Coordinator.Notice) {
        world.note(.coordinator, .reports, 0, "\(notice)")
        if case .workerDistrusted(let worker, _) = notice { distrusted.append(worker) }
    }

    func sealedLinkDidOpen(to worker: WorkerID) {}

    func workerWillJoin(_ worker: WorkerID, name: String) {}

    func workerWasEnrolled(name: String) {}

    func didReceiveForeignBytes(reason: String, isKnock: Bool) {
        world.note(.coordinator, .rejects, 0, reason)
    }
}
