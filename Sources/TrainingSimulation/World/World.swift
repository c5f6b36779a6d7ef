import SeededRandom
import TrainingProtocol

/// What all parts of a simulated run share: the time, what is to happen, chance, and the trace.
final class World {
    let seed: UInt64
    let options: SimulationOptions
    private(set) var now = Duration.zero
    private var queue = EventQueue<SimulatedEvent>()
    /// Draws delays.
    var random: RandomStream
    /// Draws what goes wrong.
    var faultRandom: RandomStream
    var trace: Trace
    /// Whether nothing goes wrong any more.
    var isCalm = false
    private var nextNumber = 0
    /// What must not be; nil as long as nothing of that kind was seen.
    private(set) var failure: String?

    init(seed: UInt64, options: SimulationOptions, hasText: Bool) {
        self.seed = seed
        self.options = options
        random = RandomStream(seed: seed, stream: 101)
        faultRandom = RandomStream(seed: seed, stream: 102)
        trace = Trace(hasText: hasText)
    }

    /// Whose slot it is.
    func place(at slot: Int) -> Place {
        let workerCount = options.workers.count
        return slot < workerCount ? .worker(slot) : .relay(slot - workerCount, slot: slot)
    }

    /// Whom workers connect to.
    func place(of hub: Hub) -> Place {
        switch hub {
        case .coordinator: .coordinator
        case .relay(let slot): place(at: slot)
        }
    }

    /// A number that nothing else in this run has.
    func drawNumber() -> Int {
        nextNumber += 1
        return nextNumber
    }

    /// Has something happen at a time.
    func schedule(_ event: SimulatedEvent, at time: Duration) {
        queue.schedule(event, at: time)
    }

    /// Has something happen after a time.
    func schedule(_ event: SimulatedEvent, after delay: Duration) {
        queue.schedule(event, at: now + delay)
    }

    /// Takes what happens next; its time has come then.
    func next() -> SimulatedEvent? {
        guard let (time, event) = queue.next() else { return nil }
        now = time
        return event
    }

    /// Notes what must not be, if it is the first of its kind.
    func fail(_ text: @autoclosure () -> String) {
        if failure == nil { failure = text() }
    }

    func note(
        _ place: Place,
        _ verb: Trace.Verb,
        _ numbers: UInt64 = 0,
        _ text: @autoclosure () -> String = ""
    ) { trace.note(now, place, verb, numbers, text()) }
}
