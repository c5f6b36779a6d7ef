import Checkpoints
import Configuration
import Figures
import Model
import NetworkTransport
import Reporting
import Training
import TrainingDriver
import TrainingProtocol
import Transport

// What the run's figures are in the files and lines that a user sees.

extension Metrics {
    /// The figures of the test set, as `train` and `evaluate` print them.
    var testLine: String {
        "test loss \(DecimalText.metric(loss)), test accuracy \(DecimalText.metric(accuracy))\n"
    }
}

extension RunProfile {
    init(_ result: RunResult) {
        let profile = result.profile
        self.init(
            steps: profile.stepCount,
            messages: profile.traffic.messageCount,
            bytes: profile.traffic.byteCount,
            sealedMessages: profile.traffic.sealedMessageCount,
            allocations: profile.allocationCount,
            processorSeconds: Double(profile.processorTime) / 1_000_000_000,
            coordinator: profile.totals.seconds,
            workers: result.workerProfiles.sorted { $0.key < $1.key }.map { _, worker in
                Worker(
                    answers: worker.answerCount,
                    allocations: profile.allocationCount.map { _ in worker.allocationCount },
                    seconds: worker.totals.seconds
                )
            }
        )
    }
}

extension PhaseTotals {
    /// The phases that took any time, in seconds by name.
    fileprivate var seconds: [String: Double] {
        let taken = Phase.allCases.filter { self[$0] > 0 }
        return Dictionary(
            uniqueKeysWithValues: taken.map { ($0.name, Double(self[$0]) / 1_000_000_000) }
        )
    }
}

extension RunSummary.UnverifiedSteps {
    /// The steps that a worker leaves in doubt, a row for those that follow each other.
    static func all(of doubt: SoleAnswers, name: String) -> [Self] {
        doubt.steps.ranges.map {
            Self(
                worker: name,
                first: $0.lowerBound + 1,
                last: $0.upperBound
            )
        }
    }
}

extension RunSummary.Findings {
    /// Takes what a run came to on the way, and beside its parameters.
    init(of result: RunResult, _ stopping: RunConfiguration.StopSettings) {
        self.init()
        average = result.average.map {
            RunSummary.Model(
                test: result.progress.averageTest ?? Metrics(loss: .nan, accuracy: .nan),
                digest: Digest.sha256(of: UnsafeRawBufferPointer($0.bytes)).description
            )
        }
        let epochs = result.progress.epochs
        func milestone(_ index: Int?) -> RunSummary.Milestone? {
            index.flatMap { RunSummary.Milestone(endOf: epochs[...$0]) }
        }
        best = milestone(EpochRecord.best(of: epochs))
        untilAccuracy = milestone(
            StoppingRule(accuracy: stopping.untilAccuracy).reachingEpochIndex(in: epochs)
        )
    }
}
