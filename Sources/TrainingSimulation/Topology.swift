import SeededRandom
import TrainingProtocol

/// Which processes a simulated run has.
package struct Topology: Equatable, Sendable {
    /// How many relays stand between the workers and the coordinator; nil for as many as the seed
    /// draws.
    private let relayCount: Int?
    /// How many workers there are; nil for as many as the seed draws.
    private let workerCount: Int?

    /// Has as many as are asked for, or as a seed draws.
    package init(workerCount: Int?, relayCount: Int?) {
        self.workerCount = workerCount
        self.relayCount = relayCount
    }

    /// A coordinator and a few workers.
    package static let star = Topology(workerCount: nil, relayCount: 0)

    /// A coordinator, a few relays and their workers.
    package static let tree = Topology(workerCount: nil, relayCount: nil)

    /// Suits the options of a run to this.
    fileprivate func shape(_ options: inout SimulationOptions, seed: UInt64) {
        guard self != .star else { return }
        var random = RandomStream(seed: seed, stream: 105)
        let relayCount = relayCount ?? random.number(in: 1...4)
        options.place(
            workerCount ?? random.number(in: max(1, relayCount)...max(6, relayCount * 3)),
            under: relayCount,
            &random
        )
        if let workerCount { options.widen(for: workerCount, &random) }
    }
}

extension SimulationOptions {
    /// Draws the options of a seed, as far as a topology leaves them to it.
    package init(seed: UInt64, _ topology: Topology) {
        self.init(seed: seed)
        topology.shape(&self, seed: seed)
    }

    fileprivate mutating func place(
        _ workerCount: Int,
        under relayCount: Int,
        _ random: inout RandomStream
    ) {
        self.relayCount = relayCount
        workers.count = workerCount
        workers.slowness = (0..<workerCount).map { _ in random.choice([1, 1, 1, 1, 2, 5, 20]) }
        let startMax = random.choice([Duration.zero, .milliseconds(100), .seconds(5)])
        workers.starts = (0..<workerCount).map { _ in random.duration(in: .zero...startMax) }
        // A relay does not say whose the wrong bits are that it has added.
        workers.faultySlots = []
        run.workerCountMin = 1
        faults.phase += startMax
    }

    /// Gives batches a shard for each of many workers, ends after two of them, and lets as many
    /// more things go wrong.
    fileprivate mutating func widen(for workerCount: Int, _ random: inout RandomStream) {
        let batchSize = workerCount * Schedule.shardSampleCountMax
        run.schedule = Schedule(
            trainingSampleCount: 2 * batchSize - random.number(in: 0...batchSize / 2),
            validationSampleCount: random.number(in: 0...batchSize / 2),
            testSampleCount: random.number(in: 0...batchSize / 2),
            batchSize: batchSize,
            epochCount: 1
        )
        (heartbeatInterval, silenceMax) = (.seconds(1), .seconds(10))
        faults.phase = calmDuration * 4 + .seconds(1)
        faults.count *= 1 + placeCount / 20
    }

    /// What relays add to the time that a run may take: who is at a relay that hangs, or that has
    /// lost the coordinator for good, looks for others in the end, one address after another.
    var relayAllowance: Duration { (silenceMax * 8 + .seconds(10)) * (relayCount * 2) }
}
