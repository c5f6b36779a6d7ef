import SeededRandom
import TrainingDriver
import TrainingProtocol
import Transport

/// A worker's process: the program's driver over a simulated network, in virtual time.
final class SimulatedWorker<Model: SimulatedModel> {
    typealias Payloads = Model.Payloads
    typealias Transport = PreferringWorkerTransport<
        SimulatedWorkerLink<Model>, SimulatedWorkerConnection<Model>
    >

    let place: WorkerPlace<Model>
    private let driver: WorkerDriver<Transport, PacedArithmetic<Model>, SimulatedClock<Model>>
    /// Until when it computes what it has begun.
    private(set) var busyUntil: Duration
    var isFrozen = false
    var isAskedToLeave = false
    /// What it would have sent while it stood still.
    private var held: [(Packet, Channel)] = []

    init(
        _ place: WorkerPlace<Model>,
        arithmetic: PacedArithmetic<Model>,
        _ linkKind: SimulationOptions.LinkKind
    ) {
        self.place = place
        let options = place.world.options
        busyUntil = place.world.now
        var settings = Worker.Settings()
        settings.patience = options.patience
        settings.heartbeatInterval = options.heartbeatInterval
        settings.silenceMax = options.silenceMax
        driver = WorkerDriver(
            arithmetic,
            over: Transport(
                SimulatedWorkerLink(place, linkKind),
                orElse: SimulatedWorkerConnection(place)
            ),
            settings: settings,
            clock: place.clock,
            observer: SilentWorkerObserver()
        )
    }

    var link: SimulatedWorkerLink<Model> { driver.transport.preferred }

    func hear(_ packet: Packet, over channel: Channel) {
        switch channel {
        case .main: driver.transport.fallback.inbox.hear(packet)
        case .link: link.inbox.hear(packet)
        }
    }

    func hear(_ change: ConnectionChange, over channel: Channel) {
        switch channel {
        case .main: driver.transport.fallback.inbox.hear(change)
        case .link: link.inbox.hear(change)
        }
    }

    var outcome: Worker.Outcome? { driver.outcome }

    /// When it takes its next turn; nil for when something comes.
    var nextTurn: Duration? {
        if driver.isBusy || busyUntil > place.world.now { return busyUntil }
        return driver.deadline.map { place.clock.worldTime(of: $0) }
    }

    /// One turn of the program's loop, if it is not computing and not standing still.
    func takeTurn() {
        guard !isFrozen, busyUntil <= place.world.now, outcome == nil else { return }
        driver.prepareToWait()
        driver.turn(isToLeave: isAskedToLeave)
        isAskedToLeave = false
        busyUntil = place.world.now + place.clock.ahead
        place.clock.ahead = .zero
    }

    /// Sends what it has computed, or keeps it until it goes on.
    func depart(_ packet: Packet, over channel: Channel) {
        guard !isFrozen else { return held.append((packet, channel)) }
        place.network.send(packet, from: place.slot, channel)
    }

    func thaw() {
        isFrozen = false
        for (packet, channel) in held { place.network.send(packet, from: place.slot, channel) }
        held = []
    }
}

/// What a worker computes with, and how long that takes.
final class PacedArithmetic<Model: SimulatedModel>: WorkerNumbers {
    typealias Payloads = Model.Payloads

    private let arithmetic: Model.Arithmetic
    private let place: WorkerPlace<Model>
    /// Draws which answers have wrong bits; nil for a sound processor.
    private var wrongBits: RandomStream?

    init(_ arithmetic: Model.Arithmetic, at place: WorkerPlace<Model>, wrongBits: RandomStream?) {
        self.arithmetic = arithmetic
        self.place = place
        self.wrongBits = wrongBits
    }

    var answerCount: Int { arithmetic.answerCount }

    func prepare(_ input: InputSettings, _ offer: Payloads.Offer) -> Bool {
        arithmetic.prepare(input, offer)
    }

    func prepare(_ work: Work, _ samples: Payloads.Samples) { arithmetic.prepare(work, samples) }

    func begin(_ work: Work, _ parameters: Payloads.BegunParameters) {
        arithmetic.begin(work, parameters)
    }

    func answer(
        _ work: Work,
        _ samples: Payloads.Samples,
        _ parameters: Payloads.Parameters,
        into buffer: Payloads.Buffer?,
        whenFullyConnected: (Payloads.Buffer) -> Void
    ) -> WorkerAnswer<Payloads> {
        let world = place.world
        world.note(
            .worker(place.slot),
            .computes,
            work.traceNumber,
            work.traceText
        )
        let shardCount = world.options.run.schedule.shardCount(of: work.round)
        let duration =
            world.options.workers.shardDuration * work.subtree.shards(of: shardCount).count
            * world.options.workers.slowness[place.slot]
        let early = duration * world.options.workers.earlyPercentage / 100
        var answer = arithmetic.answer(
            work,
            samples,
            parameters,
            into: buffer,
            whenFullyConnected: { _ in }
        )
        if wrongBits?.chance(world.options.workers.wrongPercentage) == true, var random = wrongBits
        {
            Model.corrupt(&answer, of: place.worker, &random)
            wrongBits = random
        }
        place.clock.ahead += early
        if let gradient = answer.gradient { whenFullyConnected(gradient) }
        place.clock.ahead += duration - early
        return answer
    }

    func profile(into buffer: Payloads.Buffer?) -> Payloads.SentProfile? { nil }
}

/// Follows a worker without a word: the trace has what happens.
private final class SilentWorkerObserver: WorkerObserver {
    func willLookForCoordinator() {}
    func searchGoesOn(_ line: String) {}
    func didJoin() {}
    func inputIsUnknown(_ input: InputSettings) {}
    func payloadPortDidOpen(_ port: Int) {}
    func payloadPortDidFail(_ port: Int, reason: String) {}
    func didReceiveForeignBytes(reason: String) {}
}
