/// A worker process, by the random number that it chose at its start.
package struct WorkerID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number that the worker chose.
    package let rawValue: UInt64

    /// Wraps a number.
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    package static func < (left: WorkerID, right: WorkerID) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The first eight hexadecimal digits: what log lines call the worker.
    package var description: String {
        let digits = String(rawValue >> 32, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

/// What tells the messages of this start of this run from those of any other.
package struct RunStamp: Hashable, Sendable {
    /// The run, from its first start to its last resume.
    package let run: UInt64

    /// The start of the coordinator: drawn anew by every process.
    package let generation: UInt64

    /// Wraps both numbers.
    package init(run: UInt64, generation: UInt64) {
        self.run = run
        self.generation = generation
    }
}

/// A piece of work: a subtree of a round, to be computed with one version of the parameters.
///
/// Its samples travel with it, ahead of the parameters, so that a worker needs no data set and
/// can convert them while it waits.
package struct Work: Hashable, Sendable {
    /// The round that it is part of.
    package let round: Round

    /// Which shards of the round.
    package let subtree: Subtree

    /// The version of the parameters to compute with: how many steps were applied to them.
    package let version: Int

    /// Describes a piece of work.
    package init(round: Round, subtree: Subtree, version: Int) {
        self.round = round
        self.subtree = subtree
        self.version = version
    }
}

/// How samples become inputs and losses, as the coordinator tells its workers; the words are the
/// configuration's.
package struct InputSettings: Hashable, Sendable {
    /// `pad` or `resize`.
    package let geometry: String

    /// `unit` or `none`.
    package let scale: String

    /// The share of the target that all classes divide in training, a number such as `0.1`; empty
    /// for none.
    package let labelSmoothing: String

    /// The strengths with which images that are trained on are changed at random; empty for none.
    package let augmentation: String
    /// What decides those changes.
    package let seed: UInt64

    /// Wraps the words.
    package init(
        geometry: String,
        scale: String,
        labelSmoothing: String = "",
        augmentation: String = "",
        seed: UInt64 = 0
    ) {
        self.geometry = geometry
        self.scale = scale
        self.labelSmoothing = labelSmoothing
        self.augmentation = augmentation
        self.seed = seed
    }
}

/// The version of the messages, and of the numbers in them; a worker and a coordinator must agree on
/// it.
package let protocolVersion = 5

/// What a worker tells the coordinator.
package enum WorkerMessage: Hashable, Sendable {
    /// Asks to take part; repeated until welcomed.
    case hello(protocolVersion: Int)

    /// Delivers the sums of a piece of work: a gradient as payload if its round trains.
    case answer(Work, RunStamp)

    /// Delivers the fully connected segment of a step's answer, as payload, while the rest is still
    /// computed.
    case earlySegment(Work, RunStamp)

    /// Shows that the worker lives though it has nothing to say.
    case heartbeat(RunStamp)

    /// Takes leave: what it was leased goes to others.
    case goodbye
}

/// What the coordinator tells a worker.
package enum CoordinatorMessage: Hashable, Sendable {
    /// Takes the worker in.
    case welcome(InputSettings, RunStamp)

    /// Turns the worker away for good: it speaks another version of the protocol.
    case refusal(protocolVersion: Int)

    /// Turns the worker away for the rest of the run: it has given a wrong answer.
    case dismissal(RunStamp)

    /// Leases a piece of work; the payload is its samples.
    case work(Work, RunStamp)

    /// Brings the parameters after `version` steps; the payload is the flat buffer.
    case parameters(version: Int, RunStamp)

    /// Shows that the coordinator lives though it has nothing to say.
    case heartbeat(RunStamp)

    /// Tells a worker that the coordinator does not count it among its own (it was silent for too
    /// long): it must say hello again.
    case rejoin(RunStamp)

    /// Ends the worker's part: the run is complete or stopped.
    case finish(RunStamp)
}
