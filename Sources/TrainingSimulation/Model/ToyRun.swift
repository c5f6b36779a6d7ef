package import Checkpoints
package import Figures
package import SeededRandom
package import TrainingDriver
package import TrainingProtocol
import Transport

/// A run of the toy, as the simulation drives it.
package final class ToyRun: SimulatedModel {
    package typealias Payloads = ToyPayloads

    private let schedule: Schedule
    private let stopping: StoppingRule
    private let seed: UInt64
    /// The wrong answers that a state is made of, by its digest: a checkpoint holds floats alone.
    var taints: [UInt64: [Taint]] = [:]
    /// Wrong answers that the run has gone back from.
    var voided: Set<UInt64> = []

    /// Makes what a run of `schedule`, or of its first epochs, is drawn from by a seed.
    package init(schedule: Schedule, stopping: StoppingRule, seed: UInt64) {
        self.schedule = schedule
        self.stopping = stopping
        self.seed = seed
    }

    package let table = TensorTable([(name: "toy", shape: [4])])

    package func makeNumbers() -> ToyNumbers {
        ToyNumbers(ToyModel(seed: seed), ToySamples(schedule: schedule, seed: seed), of: self)
    }

    package func makeArithmetic() -> ToyArithmetic { ToyArithmetic() }

    package func makeRelaying() -> ToyRelayNumbers { ToyRelayNumbers() }

    package static func copy(_ buffer: ToyGradient) -> ToyGradient { buffer }

    package static func samples(of work: Work, from source: any ToySampleSource) -> ToyBatch {
        ToyBatch(numbers: source.samples(of: work))
    }

    package static func parameters(_ buffer: ToyGradient, isIntact: Bool) -> ToyParameters {
        // What was written over is of no use.
        ToyParameters(vector: isIntact ? buffer.vector : -buffer.vector, isIntact: isIntact)
    }

    package static func add(link: Int, to offer: inout ToyOffer) { offer.link = link }

    package static func link(in offer: ToyOffer) -> Int? { offer.link }

    /// Flips one low bit, or tells figures that cannot be.
    package static func corrupt(
        _ answer: inout WorkerAnswer<ToyPayloads>,
        of worker: WorkerID,
        _ random: inout RandomStream
    ) {
        let bit = UInt32(random.number(in: 0...22))
        if answer.gradient == nil || random.chance(10) {
            answer.sums.lossSum = Float(bitPattern: answer.sums.lossSum.bitPattern ^ (1 << bit))
        } else if random.chance(5) {
            answer.sums.correctCount += 1
        } else if var gradient = answer.gradient {
            let place = random.number(in: 0...3)
            gradient.vector[place] = Float(
                bitPattern: gradient.vector[place].bitPattern ^ (1 << bit)
            )
            answer.gradient = gradient
        }
        answer.gradient?.wrong = WrongBits(worker: worker, number: random.next())
    }

    package static func violation(in numbers: ToyNumbers) -> String? { numbers.violation }

    package static func violation(in numbers: ToyRelayNumbers) -> String? { numbers.violation }

    package static func taints(in numbers: ToyNumbers) -> [Taint] { numbers.taints }

    package static func lastWrong(
        in numbers: ToyNumbers
    ) -> (work: Work, workers: [WorkerID])? { numbers.lastWrong }

    package func digest(
        of numbers: ToyNumbers,
        _ epochs: [EpochRecord],
        _ test: Metrics?
    ) -> UInt64 {
        var digest = ToyDigest()
        for epoch in epochs { digest.add(epoch.epochIndex, epoch.training, epoch.validation) }
        digest.add(epochs.count, test, nil)
        return digest.value(with: numbers.model)
    }

    package func expectedDigest() -> UInt64 {
        var reference = ToyReference(schedule: schedule, stopping: stopping, seed: seed)
        return reference.digest()
    }
}

/// What a worker computes the toy's gradients with.
package final class ToyArithmetic: WorkerNumbers {
    package typealias Payloads = ToyPayloads

    package private(set) var answerCount = 0

    package func prepare(_ input: InputSettings, _ offer: ToyOffer) -> Bool {
        answerCount = 0
        return true
    }

    package func prepare(_ work: Work, _ samples: ToyBatch) {}

    package func begin(_ work: Work, _ parameters: Never) {}

    package func answer(
        _ work: Work,
        _ samples: ToyBatch,
        _ parameters: ToyParameters,
        into buffer: ToyGradient?,
        whenFullyConnected: (ToyGradient) -> Void
    ) -> WorkerAnswer<ToyPayloads> {
        let total = ToyModel.total(of: samples.numbers, parameters.vector)
        guard work.round.isTraining else { return WorkerAnswer(gradient: nil, sums: total.sums) }
        answerCount += 1
        let gradient = ToyGradient(vector: total.gradient)
        whenFullyConnected(gradient)
        return WorkerAnswer(gradient: gradient, sums: total.sums)
    }

    package func profile(into buffer: ToyGradient?) -> Never? { nil }
}
