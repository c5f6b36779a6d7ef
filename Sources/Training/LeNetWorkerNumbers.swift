import Arithmetic
import Kernels
import Model
import NetworkTransport
import TrainingDriver
import TrainingProtocol
import Transport
import Wire

/// What a worker computes LeNet-5's gradients with. Belongs to the worker's thread.
final class LeNetWorkerNumbers: WorkerNumbers {
    typealias Payloads = NetworkPayloads

    private let kernels: KernelSet
    private let simulatedDuration: Duration?
    private let clock: WorkerProfiler
    private var computer: SubtreeComputer?

    /// Will compute with `kernels`.
    ///
    /// - Parameter simulatedDuration: how long to sleep a shard instead; nil to compute.
    init(kernels: KernelSet, simulatedDuration: Duration?, clock: WorkerProfiler) {
        self.kernels = kernels
        self.simulatedDuration = simulatedDuration
        self.clock = clock
    }

    var answerCount: Int { clock.answerCount }

    func prepare(_ input: InputSettings, _ offer: WelcomeOffer) -> Bool {
        clock.restart(sliceCountMax: offer.sliceCountMax)
        computer = SubtreeComputer(
            kernels: kernels,
            input: input,
            network: offer.network,
            clock: clock.phases,
            simulatedDuration: simulatedDuration
        )
        return computer != nil
    }

    func prepare(_ work: Work, _ samples: StoredSamples) {
        samples.withUnsafeBytes { computer?.prepare(work, $0) }
    }

    func begin(_ work: Work, _ parameters: ParameterAssembler.Begun) {
        guard parameters.version == work.version else { return }
        computer?.begin(work, convolutions: parameters.buffer)
    }

    func answer(
        _ work: Work,
        _ samples: StoredSamples,
        _ parameters: StoredParameters,
        into buffer: ParameterBuffer?,
        whenFullyConnected: (ParameterBuffer) -> Void
    ) -> WorkerAnswer<NetworkPayloads> {
        guard let computer else {
            preconditionFailure("\(work) is to be computed before a welcome")
        }
        let totals = clock.phases.totals
        let sum = samples.withUnsafeBytes {
            computer.total(
                of: work,
                $0,
                parameters: parameters.buffer,
                into: buffer,
                whenFullyConnected: whenFullyConnected
            )
        }
        // Evaluation is no part of a step.
        if work.round.isTraining { clock.countAnswer() } else { clock.phases.totals = totals }
        return WorkerAnswer(gradient: sum.gradient, sums: sum.sums)
    }

    func profile(into buffer: ParameterBuffer?) -> SentProfile? {
        computer == nil ? nil : clock.profile(into: buffer ?? ParameterBuffer())
    }
}
